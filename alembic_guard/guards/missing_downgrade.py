r"""A revision that is to be reverted has no way back.

Its ``upgrade()`` did something, and its ``downgrade()`` does nothing: the version table would say
that it is reverted, while what it made stays, and the next upgrade fails on it. Or ``downgrade()`` is
missing, or raises ``NotImplementedError``: then nothing lets it through. It is refused before
anything is reverted.

With ``forward_only = true`` one that does nothing is let through: the database then has what the
revision made, and no record of the revision.

Fix: write the ``downgrade()``; or go forward, with a revision that undoes the change; or put a backup
back.

Bad::

    # file: migrations/versions/0002_email.py
    import sqlalchemy as sa
    from alembic import op
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("email", sa.String(50)))
    def downgrade():
        pass
    $ alembic safe-upgrade
    $ alembic safe-downgrade -1

Good::

    # file: migrations/versions/0002_email.py
    import sqlalchemy as sa
    from alembic import op
    revision, down_revision = "0002", "0001"
    def upgrade():
        op.add_column("users", sa.Column("email", sa.String(50)))
    def downgrade():
        op.drop_column("users", "email")
    $ alembic safe-upgrade
    $ alembic safe-downgrade -1
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._downgrading import EmptyDowngrades, RefusingDowngrades
from alembic_guard.runtime.downward import WithoutDowngrade
from alembic_guard.runtime.history import Revision

JUDGES = (EmptyDowngrades, RefusingDowngrades, WithoutDowngrade)
NEVER_ALLOWED = (RefusingDowngrades, WithoutDowngrade)
NEVER_ALLOWED_WHERE = "where there is no `downgrade()`, or it raises `NotImplementedError`"


def judge(subject: EmptyDowngrades | RefusingDowngrades | WithoutDowngrade) -> Iterator[Finding]:
    """Refuse for each revision."""
    if isinstance(subject, EmptyDowngrades):
        found = (_empty(one, subject.target) for one in subject.revisions)
        let_through = "the setting forward_only"
        yield from (one.allow(let_through) if subject.forward_only else one for one in found)
    elif isinstance(subject, RefusingDowngrades):
        yield from (_refusing(one, place) for one, place in subject.revisions)
    else:
        yield from (_absent(one) for one in subject.revisions)


def _empty(revision: Revision, target: str) -> Finding:
    return Finding(
        "missing-downgrade",
        f"downgrade() of {revision} does nothing, and its upgrade() did something.",
        why="The database would not have the revision any more, and what it made would stay: the "
        "next upgrade would meet it.",
        next=(
            f"write downgrade() in {revision.path}",
            f"alembic safe-downgrade {target} --allow missing-downgrade  # what it made may stay",
        ),
        revision=revision.id,
        place=Place(revision.path),
    )


def _refusing(revision: Revision, place: Place | None) -> Finding:
    return Finding(
        "missing-downgrade",
        f"downgrade() of {revision} raises NotImplementedError: it cannot be reverted.",
        why="Nothing below it can be reached by a downgrade.",
        next=tuple(_ways_out(revision)),
        revision=revision.id,
        place=place or Place(revision.path),
    )


def _absent(revision: Revision) -> Finding:
    return Finding(
        "missing-downgrade",
        f"{revision.path} defines no downgrade(): {revision} cannot be reverted.",
        why="Nothing below it can be reached by a downgrade.",
        next=tuple(_ways_out(revision)),
        revision=revision.id,
        place=Place(revision.path),
    )


def _ways_out(revision: Revision) -> Iterator[str]:
    yield f"write downgrade() in {revision.path}"
    yield f"alembic safe-downgrade {revision.id}  # the lowest that can be reached"
