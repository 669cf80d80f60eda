"""Money without a currency."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "money-type"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_a_new_column() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a money") == [
        Finding(
            NAME,
            "orders.a is of the type money, whose values depend on lc_monetary.",
            "numeric keeps what was written, whatever the server is set to.",
            ('op.add_column("orders", sa.Column("a", sa.Numeric(12, 2)))',),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_and_a_new_type() -> None:
    new = "CREATE TABLE notes (id bigint NOT NULL, a money)"
    change = "ALTER TABLE orders ALTER a TYPE money"
    assert [(each.message, each.next) for each in lint(new, change)] == [
        (
            "notes.a is of the type money, whose values depend on lc_monetary.",
            ('sa.Column("a", sa.Numeric(12, 2))',),
        ),
        (
            "orders.a is of the type money, whose values depend on lc_monetary.",
            ('op.alter_column("orders", "a", type_=sa.Numeric(12, 2))',),
        ),
    ]


def test_other_types_raise_nothing_and_neither_does_a_rule_that_is_not_enabled() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a numeric(12, 2)") == []
    assert found("ALTER TABLE orders ADD COLUMN a money", only=NAME) == []
