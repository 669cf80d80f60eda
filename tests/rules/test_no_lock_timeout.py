"""Locks that are waited for without a limit."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "no-lock-timeout"
ADD = "ALTER TABLE orders ADD COLUMN memo text"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_the_first_lock_of_a_transaction_without_a_limit() -> None:
    assert lint(ADD, ADD) == [
        Finding(
            NAME,
            "Nothing limits how long this waits for its lock on orders, and others behind it.",
            next=(
                "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_outside_of_a_transaction_the_session_gets_the_limit() -> None:
    assert lint("DROP INDEX ix", ADD, autocommit=[2])[0].next == (
        "with op.get_context().autocommit_block():\n"
        "    op.execute(\"SET lock_timeout = '3s'\")\n"
        '    op.execute("ALTER TABLE orders ADD COLUMN memo text")',
    )


def test_a_session_without_a_limit_is_named_as_the_reason() -> None:
    assert [each.why for each in lint(ADD, target={"lock_timeout": 0.0})] == [
        "The session's lock_timeout is 0."
    ]


def test_a_limit_of_the_session_or_the_migration_raises_nothing() -> None:
    assert lint(ADD, target={"lock_timeout": 3.0}) == []
    assert lint("SET LOCAL lock_timeout = '3s'", ADD) == []
    assert lint("SET lock_timeout = 3000", ADD) == []
    assert lint("SELECT set_config('lock_timeout', '3s', true)", ADD) == []


def test_a_limit_that_is_over_is_none() -> None:
    assert len(lint("SET LOCAL lock_timeout = '3s'", "SELECT 1", ADD, autocommit=[2])) == 1
    assert len(lint(["SET LOCAL lock_timeout = '3s'"], [ADD])) == 1
    assert len(lint("SET lock_timeout = '3s'", "RESET lock_timeout", ADD)) == 1
    assert len(lint("SET lock_timeout = '0ms'", ADD)) == 1


def test_reads_writes_and_new_tables_raise_nothing() -> None:
    assert lint("UPDATE orders SET a = 1 WHERE b", "SELECT * FROM orders") == []
    assert lint("CREATE TABLE orders (id int)", ADD) == []
    assert found(ADD) == []
