"""The replica identity of a table."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "replica-identity-change"
SQL = "ALTER TABLE orders REPLICA IDENTITY {}"


def test_nothing_and_full_and_an_index_are_found() -> None:
    assert found(SQL.format("NOTHING"), only=NAME) == [
        Finding(
            NAME,
            "UPDATE and DELETE on orders fail while it is published.",
            "The replica identity is how logical replication knows a row.",
            (
                (
                    'op.execute("ALTER TABLE orders REPLICA IDENTITY NOTHING")  # guard: '
                    "allow(replica-identity-change) those who read the publication know"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL.format("FULL"), only=NAME) == [
        Finding(
            NAME,
            "Each UPDATE and DELETE on orders writes the old row whole into the log.",
            "The replica identity is how logical replication knows a row.",
            (
                (
                    'op.execute("ALTER TABLE orders REPLICA IDENTITY FULL")  # guard: '
                    "allow(replica-identity-change) those who read the publication know"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL.format("USING INDEX uq"), only=NAME) == [
        Finding(
            NAME,
            "Subscribers know the changed rows of orders by another index.",
            "The replica identity is how logical replication knows a row.",
            (
                (
                    'op.execute("ALTER TABLE orders REPLICA IDENTITY USING INDEX uq")  # '
                    "guard: allow(replica-identity-change) those who read the "
                    "publication know"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_default_and_a_new_table_are_silent() -> None:
    assert found(SQL.format("DEFAULT"), only=NAME) == []
    assert found("CREATE TABLE orders (id integer)", SQL.format("FULL"), only=NAME) == []
