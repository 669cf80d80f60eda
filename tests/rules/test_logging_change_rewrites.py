"""SET LOGGED and SET UNLOGGED."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "logging-change-rewrites"
ASSUMED = "No database was asked how large shops is: it is judged as a large table."
WHY = (
    "It rewrites the table and its indexes under an ACCESS EXCLUSIVE lock. No other way does "
    "without it: choose a time when nobody uses the table."
)


@pytest.mark.parametrize(
    ("verb", "after"), [("SET UNLOGGED", " After a crash it is empty."), ("SET LOGGED", "")]
)
def test_both_ways_rewrite_the_table_and_the_fix_says_when(verb: str, after: str) -> None:
    sql = f"ALTER TABLE shops {verb}"
    assert found(sql, only=NAME) == [
        Finding(
            NAME,
            f"{verb} writes all of shops anew while nobody can read it.",
            f"{WHY}{after}\n{ASSUMED}",
            (f'op.execute("{sql}")  # guard: allow({NAME}) in a maintenance window',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_small_table_makes_it_a_note() -> None:
    small = Table("shops", rows=5)
    (judged,) = found("ALTER TABLE shops SET LOGGED", tables=[small], small=100, only=NAME)
    assert judged.severity is Severity.NOTE


def test_a_new_and_an_empty_table_and_other_clauses_are_silent() -> None:
    sql = "ALTER TABLE shops SET UNLOGGED"
    assert found("CREATE TABLE shops (id bigint)", sql, only=NAME) == []
    assert found(sql, tables=[Table("shops", rows=0)], only=NAME) == []
    assert found("ALTER TABLE shops SET (fillfactor = 90)", only=NAME) == []
