"""A table that begins or ceases to inherit."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "inheritance-change"
IN = "ALTER TABLE old_orders INHERIT orders"
OUT = "ALTER TABLE old_orders NO INHERIT orders"


def test_both_are_found() -> None:
    assert found(IN, only=NAME) == [
        Finding(
            NAME,
            "Queries on orders find the rows of old_orders too.",
            ("A query on a table reads those that inherit from it, and none of them fails."),
            (
                (
                    'op.execute("ALTER TABLE old_orders INHERIT orders")  # guard: '
                    "allow(inheritance-change) every query on the parent was looked at"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(OUT, only=NAME) == [
        Finding(
            NAME,
            "The rows of old_orders vanish from orders.",
            ("A query on a table reads those that inherit from it, and none of them fails."),
            (
                (
                    'op.execute("ALTER TABLE old_orders NO INHERIT orders")  # guard: '
                    "allow(inheritance-change) every query on the parent was looked at"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_parent_and_an_empty_child_are_silent() -> None:
    assert found("CREATE TABLE orders (id integer)", IN, only=NAME) == []
    assert found(IN, tables=[Table("old_orders", rows=0, complete=True)], only=NAME) == []
    assert found("CREATE TABLE old_orders () INHERITS (orders)", only=NAME) == []
