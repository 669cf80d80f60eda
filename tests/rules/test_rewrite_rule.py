"""A rule on a table."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "rewrite-rule"
SQL = "CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING"


def test_making_and_dropping_and_disabling_one_is_found() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            "The rule keep changes what queries on orders do.",
            "PostgreSQL rewrites the queries of every session by it.",
            (
                (
                    'op.execute("CREATE RULE keep AS ON DELETE TO orders DO INSTEAD '
                    'NOTHING")  # guard: allow(rewrite-rule) every query on the table '
                    "was looked at"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP RULE keep ON orders", only=NAME) == [
        Finding(
            NAME,
            "The rule keep no longer changes what queries on orders do.",
            "PostgreSQL rewrites the queries of every session by it.",
            (
                (
                    'op.execute("DROP RULE keep ON orders")  # guard: '
                    "allow(rewrite-rule) every query on the table was looked at"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER TABLE orders DISABLE RULE keep", only=NAME) == [
        Finding(
            NAME,
            "The rule keep no longer changes what queries on orders do.",
            "PostgreSQL rewrites the queries of every session by it.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE RULE keep")  # guard: '
                    "allow(rewrite-rule) every query on the table was looked at"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_and_a_view_are_silent() -> None:
    assert found("CREATE TABLE orders (id integer)", SQL, only=NAME) == []
    assert found(SQL, tables=[Table("orders", kind="view", complete=True)], only=NAME) == []
    assert found("CREATE VIEW a AS SELECT 1", only=NAME) == []
