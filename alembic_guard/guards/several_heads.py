"""The history has several heads where one is needed.

Two people wrote a migration on top of the same revision. ``upgrade head`` does not know which one
is meant, and neither does a new migration. Heads that are kept apart on purpose, by branch labels,
version locations, dependencies or bases of their own, are none of this; only a command that needs
one of them asks which.

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

import shlex
from collections.abc import Iterator, Sequence

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import SeveralHeads
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = (SeveralHeads, RevisionFiles)
NEVER_ALLOWED = (SeveralHeads,)
NEVER_ALLOWED_WHERE = "where one target is needed"


def judge(subject: SeveralHeads | RevisionFiles) -> Iterator[Finding]:
    """Refuse, and name every head with its message and file."""
    if isinstance(subject, SeveralHeads):
        yield _ambiguous(subject)
    else:
        yield from map(_diverged, subject.diverged)


def _ambiguous(several: SeveralHeads) -> Finding:
    lines = [f"{head.id} {head.message} ({head.path})" for head in several.heads]
    ids = " ".join(head.id for head in several.heads)
    if several.apart:
        lines.append(f"They are kept apart on purpose: {', '.join(several.apart)}.")
    return Finding(
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


def _diverged(heads: Sequence[RevisionFile]) -> Finding:
    ids = [str(head.revision) for head in heads]
    youngest = max(heads, key=lambda head: (head.created, head.path))
    return Finding(
        "several-heads",
        f"The history has {len(heads)} heads that nobody joined: {', '.join(ids)}.",
        why="\n".join(f"{head.revision} {head.message} ({head.path})" for head in heads),
        next=(shlex.join(["alembic", "merge", "-m", f"merge {' and '.join(ids)}", *ids]),),
        place=Place(youngest.path),
    )
