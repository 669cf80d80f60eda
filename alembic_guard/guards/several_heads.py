"""The history has several heads where one is needed.

Two people wrote a migration on top of the same revision. ``upgrade head`` does not know which one
is meant, and neither does a new migration. Heads that are kept apart on purpose, by branch labels,
version locations, dependencies or bases of their own, are none of this; only a command that needs
one of them asks which.

Heads without a common base that nothing marks as kept apart are a warning: somebody may have
forgotten what their revision follows, and ``upgrade head`` stops at them.

Fix: join them with ``alembic merge`` (``guard-revision`` does it on the way, when the models have
changed), or apply all of them with ``heads``.

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

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._harms import join
from alembic_guard.runtime.history import SeveralHeads
from alembic_guard.runtime.revision_files import RevisionFiles, Unrelated
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = (SeveralHeads, RevisionFiles)
SEVERITY = "error; a warning for heads without a common base"
NEVER_ALLOWED = (SeveralHeads,)
NEVER_ALLOWED_WHERE = "where one target is needed"


def judge(subject: SeveralHeads | RevisionFiles) -> Iterator[Finding]:
    """Refuse, and name every head with its message and file."""
    if isinstance(subject, SeveralHeads):
        yield _ambiguous(subject)
    else:
        for heads in subject.diverged:
            yield _diverged(heads, subject)
        yield from map(_unrelated, subject.unrelated)


def _ambiguous(several: SeveralHeads) -> Finding:
    lines = [f"{head.id} {head.message} ({head.path})" for head in several.heads]
    if several.apart:
        lines.append(f"They are kept apart on purpose: {', '.join(several.apart)}.")
    return Finding(
        "several-heads",
        f"The history has {len(several.heads)} heads, and {several.target!r} needs one.",
        why="\n".join(lines),
        next=tuple(_ways([head.id for head in several.heads], several)),
    )


def _ways(ids: Sequence[str], several: SeveralHeads) -> Iterator[str]:
    if several.apart and several.command:
        yield from (f"{several.command} --head {id}" for id in ids)
        return
    if not several.apart:
        yield f"{join(ids)}  # join them"
    yield "alembic safe-upgrade heads  # apply all of them"


def _diverged(heads: Sequence[RevisionFile], files: RevisionFiles) -> Finding:
    ids = [str(head.revision) for head in heads]
    youngest = max(heads, key=lambda head: (head.created, head.path))
    # `alembic merge` sees what is checked out, and nothing else.
    brought = not files.absent.isdisjoint(head.path for head in heads)
    return Finding(
        "several-heads",
        f"The history has {len(heads)} heads that nobody joined: {', '.join(ids)}.",
        why="\n".join(f"{head.revision} {head.message} ({head.path})" for head in heads),
        next=(*([shlex.join(["git", "merge", files.against])] if brought else []), join(ids)),
        place=Place(youngest.path),
    )


def _unrelated(unrelated: Unrelated) -> Finding:
    heads, base = unrelated.heads, unrelated.base
    ids = " and ".join(str(head.revision) for head in heads)
    return Finding(
        "several-heads",
        f"{ids} have no common base, and nothing says that they are kept apart.",
        why="\n".join(f"{head.revision} {head.message} ({head.path})" for head in heads)
        + "\n`head` names neither of them: whatever needs one target stops.",
        next=(
            f'down_revision = "{unrelated.follows}"  # {base.at("down_revision")}: '
            f"if {base.revision} is to follow {unrelated.follows}",
            f'branch_labels = ("branch_{base.revision}",)  # {base.at("branch_labels")}: '
            "if it is a branch of its own, which `heads` applies",
        ),
        severity=Severity.WARNING,
        revision=base.revision,
        place=Place(base.path, base.lines.get("down_revision")),
    )
