"""LOCK TABLE."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "explicit-lock"
REASON = f"# guard: allow({NAME}) keeps the order of locks, and is short"


def test_the_lock_is_held_to_the_commit_and_the_fix_gives_up_waiting() -> None:
    assert found("LOCK TABLE orders", only=NAME) == [
        Finding(
            NAME,
            "Nobody reads or writes orders until the transaction of this LOCK TABLE ends.",
            "It holds ACCESS EXCLUSIVE to the commit, whatever the migration does in between.",
            (
                "op.execute(\"SET LOCAL lock_timeout = '2s'\")\n"
                f'op.execute("LOCK TABLE orders")  {REASON}',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize("mode", ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"])
def test_the_modes_under_which_others_read_only_block_writes(mode: str) -> None:
    (judged,) = found(f"LOCK TABLE orders IN {mode} MODE", only=NAME)
    assert (judged.message, judged.why) == (
        "Nobody writes to orders until the transaction of this LOCK TABLE ends.",
        f"It holds {mode} to the commit, whatever the migration does in between.",
    )


def test_each_of_several_tables_is_told_of() -> None:
    assert [each.message.split()[4] for each in found("LOCK orders, users", only=NAME)] == [
        "orders",
        "users",
    ]


def test_a_new_table_and_modes_that_let_writes_pass_are_silent() -> None:
    assert found("CREATE TABLE orders (id bigint)", "LOCK TABLE orders", only=NAME) == []
    for mode in ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"):
        assert found(f"LOCK TABLE orders IN {mode} MODE", only=NAME) == []
