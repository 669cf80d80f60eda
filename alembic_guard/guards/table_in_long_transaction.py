"""A table that a pending revision locks is used by a transaction that has been open for seconds.

The revision can have its lock only when that transaction is over. ``safe-upgrade`` waits for it
outside the queue, so that nobody waits behind the migration, and gives up after ``retry_for``; an
application that forgot to end its transaction lets it wait in vain.

PostgreSQL only, and only of tables that are about to be locked in a mode that conflicts. A role
that may not see the sessions of others (it is not in ``pg_monitor``) is told nothing.

Fix: end that transaction: it is the application's, a report's, or somebody's at a prompt. Or upgrade
at a quieter time.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.table_locks import BusyTables

JUDGES = BusyTables
SEVERITY = "warning"


def judge(busy: BusyTables) -> Iterator[Finding]:
    """Warn, with who it is."""
    for each in busy.tables:
        holder = each.holder
        if holder.vacuum:
            continue
        uses = "is used by" if holder.granted else "is waited for by"
        yield Finding(
            "table-in-long-transaction",
            f"{holder.table}, which revision {each.revision} locks in {each.mode} mode, {uses} a "
            f"transaction that has been open for {holder.age or 0:.0f} s.",
            why=f"It is {holder.blocker}. The upgrade waits until it is over, with nobody waiting "
            "behind it, and gives up in the end.",
            next=(
                f"SELECT * FROM pg_stat_activity WHERE pid = {holder.pid};"
                if holder.pid
                else "SELECT * FROM pg_prepared_xacts;",
            ),
            revision=each.revision,
            severity=Severity.WARNING,
        )
