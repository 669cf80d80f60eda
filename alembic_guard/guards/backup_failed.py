"""The backup before an upgrade could not be taken.

``--backup`` asked for one, and it failed: the path cannot be written or exists already, ``pg_dump``
or ``mariadb-dump`` is missing, older than the server or failed, or the disk is full. A backup that
is not complete is worth nothing and is removed; the upgrade ends before anything is applied.

Fix: mend what the finding names and run the command again. Give a folder for ``--backup``, in which
each backup gets a name of its own.

Bad::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
    $ alembic safe-upgrade --backup no/such/folder/app.db

Good::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
    $ alembic safe-upgrade --backup before.db
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import BackupFailed

JUDGES = BackupFailed
NEVER_ALLOWED = True


def judge(failed: BackupFailed) -> Iterator[Finding]:
    """Say what is in the way of a backup."""
    option = f" --backup {shlex.quote(failed.wanted)}" if failed.wanted else ""
    yield Finding(
        "backup-failed",
        f"No backup was taken: {failed.message}.",
        why="Nothing of this database was changed, and no part of a backup is left.",
        next=(f"alembic safe-upgrade{option}  # when that is mended",),
    )
