"""Another default, for those who ask."""

from __future__ import annotations

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, ORDERS, finding
from tests.rules.judging import found

NAME = "changed-default"
CHANGED = "ALTER TABLE orders ALTER status SET DEFAULT 'open'"


def test_running_instances_get_the_new_default() -> None:
    assert found(CHANGED, tables=[ORDERS], enable=[NAME], only=NAME) == [
        finding(
            NAME,
            "Running instances that leave orders.status out get 'open' from then on.",
            "Rows that are there keep the value that they have, and models with a default of their "
            "own in Python go on writing that.",
            'op.alter_column("orders", "status", server_default=sa.text("\'open\'"))'
            "  # guard: allow(changed-default) running instances may write either value",
            severity=Severity.WARNING,
        )
    ]


def test_it_is_not_judged_unless_it_is_asked_for() -> None:
    assert found(CHANGED, tables=[ORDERS], only=NAME) == []


def test_nobody_meets_a_default_where_there_was_none_or_the_column_is_new() -> None:
    first = "ALTER TABLE orders ALTER note SET DEFAULT ''"
    added = "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new'"
    young = "ALTER TABLE orders ALTER state SET DEFAULT 'open'"
    assert found(first, tables=[ORDERS], enable=[NAME], only=NAME) == []
    assert found(added, young, tables=[ORDERS], enable=[NAME], only=NAME) == []
    assert found(CHANGED, tables=[EMPTY], enable=[NAME], only=NAME) == []


def test_the_same_default_again_changes_nothing() -> None:
    same = "ALTER TABLE orders ALTER status SET DEFAULT 'open'"
    assert len(found(CHANGED, same, tables=[ORDERS], enable=[NAME], only=NAME)) == 1
