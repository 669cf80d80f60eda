"""The upgrade was interrupted, with Ctrl-C or SIGTERM.

The statement that was running was ended in the database as well, and its revision was rolled back;
the ones before it stay. With ``--verify`` it may also come when the upgrade itself was done, while
models and database are compared, and the finding says so. A second Ctrl-C or SIGTERM ends the process at once, without any of that.

Fix: run the command again when you like.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import ComparisonInterrupted, Interrupted

JUDGES = Interrupted
NEVER_ALLOWED = True


def judge(interrupted: Interrupted) -> Iterator[Finding]:
    """Say what it was at."""
    if isinstance(interrupted, ComparisonInterrupted):
        yield _compared()
        return
    revision = interrupted.revision
    yield Finding(
        "interrupted",
        f"Interrupted at revision {revision}." if revision else "Interrupted.",
        why="" if interrupted.committed else "What was running was rolled back.",
        next=() if interrupted.committed else ("alembic safe-upgrade",),
        revision=revision.id if revision else None,
    )


def _compared() -> Finding:
    return Finding(
        "interrupted",
        "Interrupted while models and database were compared.",
        why="The upgrade itself was done.",
        next=("alembic safe-upgrade --verify",),
    )
