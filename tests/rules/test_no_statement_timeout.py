"""Statements that run without a limit."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "no-statement-timeout"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_the_first_statement_of_a_transaction_that_locks_a_table() -> None:
    update = "UPDATE orders SET note = '' WHERE note IS NULL"
    assert lint(update, update) == [
        Finding(
            NAME,
            "Nothing limits how long this runs, and holds its lock on orders.",
            next=(
                "op.execute(\"SET LOCAL statement_timeout = '1min'\")\n"
                "op.execute(\"UPDATE orders SET note = '' WHERE note IS NULL\")",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_limit_raises_nothing() -> None:
    assert lint("SET LOCAL statement_timeout = '1min'", "DELETE FROM orders WHERE a") == []


def test_new_tables_and_reads_raise_nothing() -> None:
    assert lint("CREATE TABLE orders (id int)", "DELETE FROM orders") == []
    assert lint("SELECT * FROM orders") == []
