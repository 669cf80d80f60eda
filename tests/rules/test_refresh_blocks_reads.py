"""REFRESH MATERIALIZED VIEW."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Index, Table
from tests.rules.judging import found

NAME = "refresh-blocks-reads"
SQL = "REFRESH MATERIALIZED VIEW totals"
ASSUMED = "No database was asked how large totals is: it is judged as a large table."
WHY = "It holds an ACCESS EXCLUSIVE lock until its query is done."
CONCURRENTLY = 'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")'


def view(*indexes: Index, rows: int = 5) -> Table:
    return Table(
        "totals",
        {"user_id": Column("user_id"), "total": Column("total")},
        indexes={str(each.name): each for each in indexes},
        complete=True,
        kind="materialized view",
        rows=rows,
    )


def indexed(column: str) -> str:
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.create_index("uq_totals_{column}", "totals", ["{column}"], unique=True, '
        "postgresql_concurrently=True)"
    )


def test_nobody_reads_it_meanwhile_and_the_fix_makes_an_index_and_is_concurrent() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "Nobody can read totals while it is refreshed.",
            f"{WHY} CONCURRENTLY needs a unique index; id must tell its rows apart.\n{ASSUMED}",
            (indexed("id"), CONCURRENTLY),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_unique_index_that_the_database_has_is_enough() -> None:
    (judged,) = found(SQL, tables=[view(Index("uq", ("user_id",), unique=True))], only=NAME)
    assert judged.why == f"{WHY}\ntotals has about 5 rows."
    assert judged.next == (CONCURRENTLY,)


@pytest.mark.parametrize(
    "index",
    [
        Index("ix", ("user_id",)),
        Index("uq", ("user_id",), unique=True, where="total > 0"),
        Index("uq", ("lower(user_id)",), unique=True, expressions=True),
        Index("uq", ("user_id",), unique=True, valid=False),
    ],
)
def test_an_index_that_concurrently_cannot_use_is_not(index: Index) -> None:
    (judged,) = found(SQL, tables=[view(index)], only=NAME)
    assert judged.next == (indexed("user_id"), CONCURRENTLY)


def test_with_no_data_empties_it() -> None:
    tables = [view(Index("uq", ("user_id",), unique=True))]
    (judged,) = found(f"{SQL} WITH NO DATA", tables=tables, only=NAME)
    assert (judged.message, judged.why, judged.next) == (
        "Nobody can read totals any more.",
        "WITH NO DATA empties it: every query on it fails until the next refresh.\n"
        "totals has about 5 rows.",
        (CONCURRENTLY,),
    )


def test_a_new_an_empty_and_a_concurrent_one_are_silent() -> None:
    made = "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS user_id WITH NO DATA"
    assert found(made, SQL, only=NAME) == []
    assert found(SQL, tables=[view(rows=0)], only=NAME) == []
    assert found("REFRESH MATERIALIZED VIEW CONCURRENTLY totals", only=NAME) == []
