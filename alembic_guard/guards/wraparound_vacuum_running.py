"""Autovacuum works on a table that a pending revision locks, to prevent transaction wraparound.

A plain autovacuum gives way to whoever waits for its table; this one does not (PostgreSQL's manual,
25.1.6, "Autovacuum Daemon"). It may take hours on a large table. The revision can have its lock
only when it is over; ``safe-upgrade`` waits outside the queue and gives up after ``retry_for``.

PostgreSQL only, and only of tables that are about to be locked in a mode that conflicts.

Fix: wait until it is over (``pg_stat_progress_vacuum`` shows how far it is). To cancel it only puts
it off: autovacuum begins again at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.table_locks import BusyTables

JUDGES = BusyTables
SEVERITY = "warning"


def judge(busy: BusyTables) -> Iterator[Finding]:
    """Warn, with the worker's pid and for how long it has been running."""
    for each in busy.tables:
        holder = each.holder
        if holder.wraparound:
            yield Finding(
                "wraparound-vacuum-running",
                f"{holder.table}, which revision {each.revision} locks in {each.mode} mode, is "
                "being vacuumed to prevent transaction wraparound.",
                why=f"Pid {holder.pid} has been at it for {holder.age or 0:.0f} s and does not "
                "give way. The upgrade waits until it is over, with nobody waiting behind it, and "
                "gives up in the end.",
                next=(f"SELECT * FROM pg_stat_progress_vacuum WHERE pid = {holder.pid};",),
                revision=each.revision,
                severity=Severity.WARNING,
            )
