"""An autovacuum that does not give way is told apart from one that does."""

from __future__ import annotations

from dataclasses import replace

from alembic_guard import guards
from alembic_guard.finding import Severity
from alembic_guard.runtime.blocking import Blocker
from alembic_guard.runtime.table_locks import BusyTable, BusyTables, Holder

HOLDER = Holder(
    table="users",
    granted=True,
    pid=12,
    transaction="3/4",
    age=600.0,
    query_age=600.0,
    same_role=False,
    vacuum=True,
    wraparound=True,
    blocker=Blocker("pid 12", state="active", age=600.0, verb="AUTOVACUUM:"),
)


def judged(holder: Holder) -> list[tuple[object, ...]]:
    busy = BusyTables((BusyTable("0002", "ACCESS EXCLUSIVE", holder),))
    return [
        (each.name, each.severity, each.message, each.why, each.next, each.revision)
        for each in guards.judge(busy)
    ]


def test_it_says_which_table_and_how_to_follow_it() -> None:
    assert judged(HOLDER) == [
        (
            "wraparound-vacuum-running",
            Severity.WARNING,
            "users, which revision 0002 locks in ACCESS EXCLUSIVE mode, is being vacuumed to "
            "prevent transaction wraparound.",
            "Pid 12 has been at it for 600 s and does not give way. The upgrade waits until it is "
            "over, with nobody waiting behind it, and gives up in the end.",
            ("SELECT * FROM pg_stat_progress_vacuum WHERE pid = 12;",),
            "0002",
        )
    ]


def test_one_that_gives_way_is_no_harm() -> None:
    assert judged(replace(HOLDER, wraparound=False)) == []
