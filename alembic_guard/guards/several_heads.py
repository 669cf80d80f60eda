"""The history has several heads where one is needed.

Two people wrote a migration on top of the same revision. ``upgrade head`` does not know which one
is meant, and neither does a new migration.

Fix: join them, which ``guard-revision`` does by itself, or apply all of them with ``heads``.

Bad::

    $ alembic revision -m "one" --rev-id one
    $ alembic revision -m "two" --rev-id two --head 0001 --splice
    $ alembic safe-upgrade

Good::

    $ alembic revision -m "one" --rev-id one
    $ alembic revision -m "two" --rev-id two --head 0001 --splice
    $ alembic safe-upgrade heads
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.history import SeveralHeads

JUDGES = SeveralHeads
NEVER_ALLOWED = True


def judge(several: SeveralHeads) -> Iterator[Finding]:
    """Refuse, and name every head with its message and file."""
    lines = [f"{head.id} {head.message} ({head.path})" for head in several.heads]
    ids = " ".join(head.id for head in several.heads)
    if several.apart:
        lines.append(f"They are kept apart on purpose: {', '.join(several.apart)}.")
    yield Finding(
        "several-heads",
        f"The history has {len(several.heads)} heads, and {several.target!r} needs one.",
        why="\n".join(lines),
        next=tuple(f"{several.command} --head {head.id}" for head in several.heads)
        if several.apart
        else (
            "alembic safe-upgrade heads  # apply all of them",
            f"alembic merge -m MESSAGE {ids}  # join them; guard-revision does it by itself",
        ),
    )
