"""A migration could not get its lock in time, however often it tried.

A statement that queues for a lock makes every query behind it wait too, so each try waits only
``lock_timeout`` and steps back. On PostgreSQL it is looked first who holds the tables, and waited
outside the queue as long as a transaction does that is not about to end.

Fix: end the transaction that blocks (the finding says whose it is), or try again at a quieter time;
``--retry-for`` sets how long to go on trying.

Bad::

    # file: hold.py
    import sqlite3, time
    connection = sqlite3.connect("app.db")
    connection.execute("BEGIN IMMEDIATE")
    print("held", flush=True)
    time.sleep(20)
    $ alembic revision -m "by hand" --rev-id 0002
    & python hold.py
    $ alembic safe-upgrade --retry-for 1s

Good::

    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade --retry-for 1s
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import LockNotGranted

JUDGES = LockNotGranted
NEVER_ALLOWED = True


def judge(refused: LockNotGranted) -> Iterator[Finding]:
    """Say which revision, how long it tried, and who held the lock."""
    revision = refused.revision
    who = "\n".join(f"Blocked by {blocker}." for blocker in refused.blockers)
    tries = f"{refused.tries} {'try' if refused.tries == 1 else 'tries'}"
    how = f" in {tries} over {refused.waited:.1f} s"
    if not refused.tries:
        how = f": it waited {refused.waited:.1f} s outside the queue"
    yield Finding(
        "lock-not-granted",
        f"Revision {revision} did not get its lock{how}."
        if revision
        else f"The database stayed locked over {tries} in {refused.waited:.1f} s.",
        why=f"{refused.message}\n{who or 'Nobody was seen holding it.'}",
        next=()
        if refused.committed  # partly-applied says what to do
        else ("alembic safe-upgrade", "alembic safe-upgrade --retry-for 1h"),
        revision=revision.id if revision else None,
    )
