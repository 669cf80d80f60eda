"""A downgrade raised when it was rehearsed.

``safe-upgrade --rehearse`` takes the pending revisions back on a scratch database. A downgrade that
fails there fails in the night when it is needed, too. A revision without one (``pass``, or one that
only raises) is no error of a rehearsal: the report says that it was not tried.

Fix: mend ``downgrade()``; or let it raise and do nothing else, where there is no way back.

Bad::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
    def downgrade():
        op.drop_column("users", "aged")
    $ alembic safe-upgrade --rehearse

Good::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
    def downgrade():
        op.drop_column("users", "age")
    $ alembic safe-upgrade --rehearse
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.rehearsed import DowngradeFailed

JUDGES = DowngradeFailed


def judge(failed: DowngradeFailed) -> Iterator[Finding]:
    """Say which revision, at which line, and what the database said."""
    revision = failed.revision
    yield Finding(
        "downgrade-fails",
        f"The downgrade of {revision} failed: {failed.message}",
        why="It was upgraded and downgraded on the scratch database; this one is unchanged.",
        next=("alembic safe-upgrade --rehearse  # when downgrade() is mended",),
        revision=revision.id,
        place=Place(revision.path, failed.line),
    )
