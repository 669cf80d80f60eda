"""VACUUM FULL and CLUSTER."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "vacuum-full-blocks-reads"
ASSUMED = "No database was asked how large shops is: it is judged as a large table."
WHY = (
    "It holds an ACCESS EXCLUSIVE lock until the copy and its indexes are built. A plain VACUUM "
    "makes room for new rows; to {} while it is in use, run pg_repack."
)


def vacuum(key: str) -> str:
    return f'with op.get_context().autocommit_block():\n    op.execute("VACUUM (ANALYZE){key}")'


@pytest.mark.parametrize(
    ("sql", "verb", "aim"),
    [
        ("VACUUM FULL shops", "VACUUM FULL", "shrink its file"),
        ("VACUUM (FULL, ANALYZE) shops", "VACUUM FULL", "shrink its file"),
        ("CLUSTER shops USING shops_pkey", "CLUSTER", "order its rows"),
    ],
)
def test_both_write_the_table_anew_and_the_fix_vacuums_it(sql: str, verb: str, aim: str) -> None:
    assert found(sql, only=NAME, autocommit=True) == [
        Finding(
            NAME,
            f"{verb} writes shops anew while nobody can read it.",
            f"{WHY.format(aim)}\n{ASSUMED}",
            (vacuum(" shops"),),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("VACUUM FULL", "VACUUM FULL writes every table anew while nobody can read it."),
        ("CLUSTER", "CLUSTER writes every clustered table anew while nobody can read it."),
    ],
)
def test_without_a_table_they_are_about_all(sql: str, message: str) -> None:
    (judged,) = found(sql, only=NAME, autocommit=True)
    assert (judged.message, judged.next) == (message, (vacuum(""),))


def test_a_new_and_an_empty_table_and_what_lets_others_pass_are_silent() -> None:
    sql = "CLUSTER shops USING shops_pkey"
    assert found("CREATE TABLE shops (id bigint PRIMARY KEY)", sql, only=NAME) == []
    assert found(sql, tables=[Table("shops", rows=0)], only=NAME) == []
    assert found("VACUUM (ANALYZE) shops", "ANALYZE shops", only=NAME, autocommit=True) == []
