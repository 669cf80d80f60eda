"""A column of type json."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import NEW
from tests.rules.judging import found

NAME = "json-column"
SQL = "ALTER TABLE orders ADD COLUMN details json"


def test_a_new_json_column_can_not_be_compared_and_the_fix_is_jsonb() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "orders.details as json makes DISTINCT, GROUP BY and UNION over orders fail.",
            "The type json has no equality; jsonb has.",
            ('op.add_column("orders", sa.Column("details", sa.dialects.postgresql.JSONB()))',),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_column_that_becomes_json_can_not_be_compared_either() -> None:
    judged = found("ALTER TABLE orders ALTER COLUMN note TYPE json USING note::json", only=NAME)
    assert [(each.message, each.next[0].splitlines()[-1]) for each in judged] == [
        (
            "orders.note as json makes DISTINCT, GROUP BY and UNION over orders fail.",
            'op.add_column("orders", sa.Column("note_as_jsonb", sa.dialects.postgresql.JSONB()))',
        )
    ]


def test_jsonb_and_new_tables_are_silent() -> None:
    assert found(SQL + "b") == []
    assert found("CREATE TABLE visits (id integer PRIMARY KEY, details json)", only=NAME) == []
    assert found(NEW, SQL, only=NAME) == []
