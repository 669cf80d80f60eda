r"""The database is not at the newest revision.

Autogenerate compares the models with the database as it is. Where a revision is not applied yet, it
would write the same change a second time, or take it for one to undo.

Fix: apply what is pending first; ``guard-revision --upgrade`` does both.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
    # edit: models.py: name: -> phone: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add phone"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
    # edit: models.py: name: -> phone: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add phone" --upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Position
from alembic_guard.runtime.history import shown

JUDGES = Position
NEVER_ALLOWED = True


def judge(position: Position) -> Iterator[Finding]:
    """Refuse unless the database is at every head."""
    if set(position.current) == set(position.heads):
        return
    several = len(position.heads) > 1
    pending = "".join(f"\npending: {revision}" for revision in position.pending)
    yield Finding(
        "database-behind",
        f"{position.url} is at {shown(position.current, 'no revision')}, "
        f"and {'the heads are' if several else 'head is'} {shown(position.heads)}.",
        why=f"{_count(len(position.pending))} not applied, so autogenerate would write "
        f"what {'it' if len(position.pending) == 1 else 'they'} already "
        f"{'does' if len(position.pending) == 1 else 'do'}.{pending}",
        next=(f"alembic safe-upgrade {'heads' if several else 'head'}",),
    )


def _count(number: int) -> str:
    return "1 revision is" if number == 1 else f"{number} revisions are"
