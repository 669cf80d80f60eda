"""Another program moved the database while an upgrade was at it.

``safe-upgrade`` lets one deployer work at a time, and plain ``alembic upgrade``, ``downgrade`` and
``stamp`` do not ask for the lock. The version table is read again in the transaction of each
revision, and after a failure; where it is not what this run left there, the run stops before it
applies a revision twice or in the wrong place.

Fix: let everything that migrates this database use ``safe-upgrade``, and run the command again.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.history import shown
from alembic_guard.runtime.stopped import MovedMeanwhile

JUDGES = MovedMeanwhile
NEVER_ALLOWED = True


def judge(moved: MovedMeanwhile) -> Iterator[Finding]:
    """Say from where to where, and what failed because of it."""
    revision = moved.revision
    why = "It did not ask for the deployer lock; plain alembic upgrade, downgrade and stamp do not."
    if moved.failure:
        why += f"\nBecause of it this run failed: {moved.failure}"
    elif revision:
        why += f"\nRevision {revision} was not begun."
    yield Finding(
        "moved-meanwhile",
        f"Another program moved {moved.url} from {shown(moved.expected, 'no revision')} "
        f"to {shown(moved.found, 'no revision')} meanwhile.",
        why=why,
        next=("alembic safe-upgrade",),
        revision=revision.id if revision else None,
    )
