"""A migration failed, and a part of it is in the database for good.

It had left its transaction: an ``autocommit_block()``, or MariaDB and MySQL, which commit with
every DDL statement. The version table does not have the revision, so running it again would begin
with what is already done.

Fix: undo by hand what the finding lists, or finish it by hand and ``alembic stamp`` the revision.
Keep autocommit blocks in revisions of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.stopped import Stopped

JUDGES = Stopped
NEVER_ALLOWED = True
EXPLAINS_ANOTHER = True


def judge(stopped: Stopped) -> Iterator[Finding]:
    """List the statements that were run, oldest first."""
    revision = stopped.revision
    if not stopped.committed or revision is None:
        return
    yield Finding(
        "partly-applied",
        f"A part of revision {revision} stays in the database, and is not recorded.",
        why="\n".join(f"done: {statement}" for statement in stopped.committed),
        next=(
            "undo these by hand, then: alembic safe-upgrade",
            f"alembic stamp {revision.id}  # or this, when the revision is finished by hand",
        ),
        revision=revision.id,
        place=Place(revision.path),
    )
