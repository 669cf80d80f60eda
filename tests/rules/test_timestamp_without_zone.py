"""Timestamps without time zone."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "timestamp-without-zone"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_a_new_column() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a timestamp(3)") == [
        Finding(
            NAME,
            "orders.a is a timestamp without time zone, which does not say what moment it is.",
            "timestamptz takes as many bytes.",
            (
                'op.add_column("orders", sa.Column("a", '
                "sa.dialects.postgresql.TIMESTAMP(timezone=True, precision=3)))",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_and_a_new_type() -> None:
    new = "CREATE TABLE notes (id bigint NOT NULL, a timestamp(3))"
    change = "ALTER TABLE orders ALTER a TYPE timestamp(3)"
    assert [(each.message, each.next) for each in lint(new, change)] == [
        (
            "notes.a is a timestamp without time zone, which does not say what moment it is.",
            ('sa.Column("a", sa.dialects.postgresql.TIMESTAMP(timezone=True, precision=3))',),
        ),
        (
            "orders.a is a timestamp without time zone, which does not say what moment it is.",
            (
                'op.alter_column("orders", "a", '
                "type_=sa.dialects.postgresql.TIMESTAMP(timezone=True, precision=3))",
            ),
        ),
    ]


def test_other_types_raise_nothing_and_neither_does_a_rule_that_is_not_enabled() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a timestamptz") == []
    assert found("ALTER TABLE orders ADD COLUMN a timestamp(3)", only=NAME) == []
