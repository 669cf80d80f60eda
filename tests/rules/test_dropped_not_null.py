"""DROP NOT NULL, for those who ask."""

from __future__ import annotations

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, ORDERS, finding
from tests.rules.judging import found

NAME = "dropped-not-null"
DROPPED = "ALTER TABLE orders ALTER number DROP NOT NULL"


def test_readers_meet_null() -> None:
    assert found(DROPPED, tables=[ORDERS], enable=[NAME], only=NAME) == [
        finding(
            NAME,
            "Code that reads orders.number meets NULL there from then on.",
            "DROP NOT NULL itself costs nothing; a reader that never had to think of NULL fails.",
            'op.alter_column("orders", "number", nullable=True)'
            "  # guard: allow(dropped-not-null) every running instance takes NULL there",
            severity=Severity.WARNING,
        )
    ]


def test_it_is_not_judged_unless_it_is_asked_for() -> None:
    assert found(DROPPED, tables=[ORDERS], only=NAME) == []


def test_nobody_reads_what_is_nullable_already_or_new_or_empty() -> None:
    nullable = "ALTER TABLE orders ALTER note DROP NOT NULL"
    added = "ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new'"
    young = "ALTER TABLE orders ALTER state DROP NOT NULL"
    assert found(nullable, tables=[ORDERS], enable=[NAME], only=NAME) == []
    assert found(added, young, tables=[ORDERS], enable=[NAME], only=NAME) == []
    assert found(DROPPED, tables=[EMPTY], enable=[NAME], only=NAME) == []
