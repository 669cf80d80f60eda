"""Columns that are filled up with blanks."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "char-type"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_a_new_column() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a char(2)") == [
        Finding(
            NAME,
            "orders.a is filled up with blanks: its type is char(2).",
            "PostgreSQL stores the blanks, and char(n) is no faster than text.",
            ('op.add_column("orders", sa.Column("a", sa.Text()))',),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_and_a_new_type() -> None:
    new = "CREATE TABLE notes (id bigint NOT NULL, a char(2))"
    change = "ALTER TABLE orders ALTER a TYPE char(2)"
    assert [(each.message, each.next) for each in lint(new, change)] == [
        ("notes.a is filled up with blanks: its type is char(2).", ('sa.Column("a", sa.Text())',)),
        (
            "orders.a is filled up with blanks: its type is char(2).",
            ('op.alter_column("orders", "a", type_=sa.Text())',),
        ),
    ]


def test_other_types_raise_nothing_and_neither_does_a_rule_that_is_not_enabled() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a varchar(2)") == []
    assert found("ALTER TABLE orders ADD COLUMN a char(2)", only=NAME) == []
