"""A downgrade does not bring back the schema that was there before its upgrade.

``safe-upgrade --rehearse`` upgrades, downgrades and compares on a scratch database. What a
downgrade forgets stays for good: the next upgrade fails over it, and a rollback in a hurry leaves a
schema that no revision describes. The order of columns, privileges and rows are not compared.

Fix: let ``downgrade()`` undo all that ``upgrade()`` does, the newest first; or let it raise, where
there is no way back.

Bad::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
        op.create_index("ix_users_age", "users", ["age"])
    def downgrade():
        op.drop_index("ix_users_age", "users")
    $ alembic safe-upgrade --rehearse

Good::

    # file: migrations/versions/0002_age.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
        op.create_index("ix_users_age", "users", ["age"])
    def downgrade():
        op.drop_index("ix_users_age", "users")
        op.drop_column("users", "age")
    $ alembic safe-upgrade --rehearse
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.rehearsed import LeftBehind

JUDGES = LeftBehind

_SHOWN = 10
"""Differences that are told one by one."""


def judge(left: LeftBehind) -> Iterator[Finding]:
    """Say what differs."""
    revision = left.revision
    lines = [f"After it {each}." for each in left.differences[:_SHOWN]]
    more = len(left.differences) - _SHOWN
    yield Finding(
        "downgrade-leaves-changes",
        f"The downgrade of {revision} does not bring back the schema of before.",
        why="\n".join([*lines, *([f"And {more} more."] if more > 0 else [])]),
        next=("alembic safe-upgrade --rehearse  # when downgrade() undoes what upgrade() does",),
        revision=revision.id,
        place=Place(revision.path, None),
    )
