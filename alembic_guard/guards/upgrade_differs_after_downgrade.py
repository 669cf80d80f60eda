"""Upgraded again after its downgrade, a revision fails or makes another schema.

``safe-upgrade --rehearse`` upgrades, downgrades and upgrades again on a scratch database. Where the
two upgrades differ, a database that was once rolled back is not the same as one that never was: an
upgrade that depends on what it finds (``IF NOT EXISTS``, ``sa.inspect()``), or a downgrade that left
something in its way, such as a type.

Fix: mend what ``downgrade-leaves-changes`` names; where it names nothing, let ``upgrade()`` say what it
makes, and not look at what there is.

Bad::

    # file: migrations/versions/0002_notes.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
        op.create_table("tags", sa.Column("id", sa.Integer(), primary_key=True))
    def downgrade():
        op.drop_table("notes")
    $ alembic safe-upgrade --rehearse

Good::

    # file: migrations/versions/0002_notes.py
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
        op.create_table("tags", sa.Column("id", sa.Integer(), primary_key=True))
    def downgrade():
        op.drop_table("tags")
        op.drop_table("notes")
    $ alembic safe-upgrade --rehearse
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.rehearsed import AnotherSchema

JUDGES = AnotherSchema

_SHOWN = 10
"""Differences that are told one by one."""


def judge(other: AnotherSchema) -> Iterator[Finding]:
    """Say what differs, or what it raised."""
    revision = other.revision
    lines = [f"After it {each}." for each in other.differences[:_SHOWN]]
    more = len(other.differences) - _SHOWN
    message = f"Upgraded again after its downgrade, {revision} makes another schema."
    if other.message:
        message = f"Upgraded again after its downgrade, {revision} failed: {other.message}"
    yield Finding(
        "upgrade-differs-after-downgrade",
        message,
        why="\n".join([*lines, *([f"And {more} more."] if more > 0 else [])]),
        next=("alembic safe-upgrade --rehearse  # when downgrade() undoes what upgrade() does",),
        revision=revision.id,
        place=Place(revision.path, other.line),
    )
