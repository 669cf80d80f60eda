"""An index is dropped while every query on its table waits: each text, and where it is silent."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "index-drop-blocks-reads"
WHY = "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table and keeps it to the commit."
ORDERS = Table("orders", rows=5, indexes={"ix": Index("ix", ("status",))})


def finding(message: str, fix: str, why: str = WHY) -> Finding:
    return Finding(
        RULE,
        message,
        why,
        (fix,),
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_a_drop_is_found_with_the_table_that_the_database_knows() -> None:
    fix = (
        "with op.get_context().autocommit_block():\n"
        '    op.drop_index("ix", table_name="orders", postgresql_concurrently=True)'
    )
    assert found("DROP INDEX ix", tables=[ORDERS], only=RULE) == [
        finding("Dropping ix makes every query on orders wait.", fix)
    ]


def test_a_drop_is_found_where_nobody_knows_the_table() -> None:
    fix = (
        "with op.get_context().autocommit_block():\n"
        '    op.drop_index("ix", schema="sales", postgresql_concurrently=True)'
    )
    assert found("DROP INDEX sales.ix", only=RULE) == [
        finding("Dropping sales.ix makes every query on its table wait.", fix)
    ]


def test_the_index_of_a_partitioned_table_has_no_other_way() -> None:
    events = Table("events", partitioned=True, indexes={"ix": Index("ix", ("kind",))})
    assert found("DROP INDEX ix", tables=[events], only=RULE) == [
        finding(
            "Dropping ix makes every query on events wait.",
            'op.drop_index("ix", table_name="events")  '
            "# guard: allow(index-drop-blocks-reads) an index of a partitioned table",
            f"{WHY} PostgreSQL can't drop the index of a partitioned table concurrently.",
        )
    ]


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP INDEX CONCURRENTLY ix"],
        ["CREATE TABLE fresh (a int)", "CREATE INDEX iy ON fresh (a)", "DROP INDEX iy"],
        ["ALTER TABLE orders ADD x int", "DROP INDEX ix"],
        ["DROP INDEX ix", "DROP TABLE orders"],
    ],
)
def test_nothing_is_found_where_nobody_waits_longer_for_it(statements: list[str]) -> None:
    assert found(*statements, only=RULE, tables=[ORDERS]) == []


def test_nothing_is_found_on_an_empty_table() -> None:
    empty = Table("orders", rows=0, indexes={"ix": Index("ix", ("status",))})
    assert found("DROP INDEX ix", tables=[empty], only=RULE) == []


def test_nothing_is_found_where_if_exists_finds_no_index() -> None:
    table = Table("orders", indexes={"ix": Index("ix", ("status",))}, complete=True, rows=5)
    assert found("DROP INDEX IF EXISTS iy", tables=[table], only="index-drop-blocks-reads") == []
    assert (
        len(found("DROP INDEX IF EXISTS ix", tables=[table], only="index-drop-blocks-reads")) == 1
    )
    assert len(found("DROP INDEX IF EXISTS iy", only="index-drop-blocks-reads")) == 1
