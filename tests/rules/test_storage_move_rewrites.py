"""SET TABLESPACE and SET ACCESS METHOD."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "storage-move-rewrites"
ASSUMED = "No database was asked how large shops is: it is judged as a large table."
COPIES = (
    "It copies all files under an ACCESS EXCLUSIVE lock; pg_repack moves a table while it is in "
    "use."
)
WRITES = (
    "It writes the table and its indexes anew under an ACCESS EXCLUSIVE lock: choose a time when "
    "nobody uses it."
)


@pytest.mark.parametrize(
    ("clause", "why"), [("SET TABLESPACE fast", COPIES), ("SET ACCESS METHOD heap", WRITES)]
)
def test_both_move_the_table_and_the_fix_says_when(clause: str, why: str) -> None:
    sql = f"ALTER TABLE shops {clause}"
    assert found(sql, only=NAME) == [
        Finding(
            NAME,
            f"{clause.rpartition(' ')[0]} moves shops while nobody can read it.",
            f"{why}\n{ASSUMED}",
            (f'op.execute("{sql}")  # guard: allow({NAME}) in a maintenance window',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "ALTER MATERIALIZED VIEW totals SET TABLESPACE fast",
            "SET TABLESPACE moves totals while nobody can read it.",
        ),
        (
            "ALTER INDEX ix_orders_status SET TABLESPACE fast",
            "SET TABLESPACE moves ix_orders_status while nobody can read it.",
        ),
        (
            "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast",
            "SET TABLESPACE moves every table of a tablespace while nobody can read it.",
        ),
    ],
)
def test_so_do_views_indexes_and_whole_tablespaces(sql: str, message: str) -> None:
    assert [each.message for each in found(sql, only=NAME)] == [message]


def test_a_new_and_an_empty_table_and_other_changes_are_silent() -> None:
    sql = "ALTER TABLE shops SET TABLESPACE fast"
    assert found("CREATE TABLE shops (id bigint)", sql, only=NAME) == []
    assert found(sql, tables=[Table("shops", rows=0)], only=NAME) == []
    assert found("ALTER TABLE shops OWNER TO joe", "ALTER VIEW v OWNER TO joe", only=NAME) == []
