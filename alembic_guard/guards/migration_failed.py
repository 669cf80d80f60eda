"""A migration raised.

Its transaction was rolled back, unless ``partly-applied`` says otherwise. Revisions before it stay.

Fix: look at the line; mend the migration or the data, and run the command again.

Bad::

    # file: migrations/versions/0002_wrong.py
    from alembic import op
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        op.execute("INSERT INTO no_such_table VALUES (1)")
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_right.py
    from alembic import op
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        op.execute("INSERT INTO users (id, name) VALUES (1, 'a')")
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.rehearsed import RehearsalFailed
from alembic_guard.runtime.stopped import MigrationFailed

JUDGES = MigrationFailed
NEVER_ALLOWED = True
_NO_ROOM = ("No space left on device", "database or disk is full", "is full")
"""What PostgreSQL, SQLite and MariaDB say of a full disk."""


def judge(failed: MigrationFailed) -> Iterator[Finding]:
    """Say which revision, at which line, and what the database said."""
    revision, command = failed.revision, "alembic safe-upgrade"
    why = "" if failed.committed else "Its transaction was rolled back."
    if isinstance(failed, RehearsalFailed):
        why = "It ran on the scratch database; this one is unchanged."
        command = f"{command} --rehearse"
    again = f"{command}  # when the migration is mended"
    if any(words in failed.message for words in _NO_ROOM):
        again = f"{command}  # when there is room on the disk"
    yield Finding(
        "migration-failed",
        f"Revision {revision} failed: {failed.message}"
        if revision
        else f"The upgrade failed: {failed.message}",
        why=why,
        next=()
        if failed.committed  # partly-applied says what to do
        else (again,),
        revision=revision.id if revision else None,
        place=Place(revision.path, failed.line) if revision else None,
    )
