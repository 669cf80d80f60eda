r"""A revision was edited after this database had applied it.

The database keeps what the file said then; a new database gets what it says now, and the two differ
from there on. It is told by the journal: formatting, comments, docstrings, type hints and a new
place in the history are no edit. Where the journal cannot say, because it was written by another
version, a note says so.

Fix: put the old text back and the change into a revision of its own. Where editing is part of how a
team works, it is only a warning; with ``frozen = true`` it is an error that nothing lets through.

Bad::

    # file: migrations/versions/0002_count.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        op.execute("UPDATE users SET name = 'a'")
    $ alembic safe-upgrade
    # edit: migrations/versions/0002_count.py: 'a' -> 'b'
    $ alembic guard-check

Good::

    # file: migrations/versions/0002_count.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        op.execute("UPDATE users SET name = 'a'")
    $ alembic safe-upgrade
    # edit: migrations/versions/0002_count.py: "UPDATE users SET -> "UPDATE users " "SET
    $ alembic guard-check
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.recorded import Edited, FrozenHistory, RecordedHistory

JUDGES = RecordedHistory
SEVERITY = "warning; an error with `frozen = true`; a note where nothing can be compared"
NEVER_ALLOWED = (FrozenHistory,)
NEVER_ALLOWED_WHERE = "with `frozen = true`"
_SHOWN = 5


def judge(history: RecordedHistory) -> Iterator[Finding]:
    """Warn of each; refuse where the history is frozen."""
    frozen = isinstance(history, FrozenHistory)
    for edited in history.edited:
        yield _edited(edited, Severity.ERROR if frozen else Severity.WARNING)
    if history.incomparable:
        yield _incomparable(history.incomparable)


def _edited(edited: Edited, severity: Severity) -> Finding:
    path = edited.revision.path
    return Finding(
        "edited-after-applied",
        f"{path} was edited after this database {_applied(edited)}.",
        why="The database has what the file said then; a new one gets what it says now.",
        next=(
            *(_uncommitted(path) if edited.modified else ()),
            f"git log -p -- {path}",
            "alembic guard-revision -m MESSAGE  # the change as a revision of its own",
        ),
        severity=severity,
        revision=edited.revision.id,
        place=Place(path),
    )


def _uncommitted(path: str) -> tuple[str, str]:
    return f"git diff HEAD -- {path}", f"git checkout HEAD -- {path}  # to take the edit back"


def _applied(edited: Edited) -> str:
    then = edited.then
    by = f" by {then.by}" if then.by else ""
    when = f"{then.when:%Y-%m-%d %H:%M:%S} UTC"
    if then.adopted:
        return f"had it: that was put on record on {when}{by}"
    return f"applied it on {when}{by}"


def _incomparable(revisions: tuple[Revision, ...]) -> Finding:
    number = len(revisions)
    names = ", ".join(one.id for one in revisions[:_SHOWN]) + (" …" if number > _SHOWN else "")
    which = "1 revision" if number == 1 else f"{number} revisions"
    return Finding(
        "edited-after-applied",
        f"The file{'' if number == 1 else 's'} of {which} changed after this database had "
        f"{'it' if number == 1 else 'them'}, and what {'it' if number == 1 else 'they'} did then "
        f"cannot be compared: {names}.",
        why="The journal has no normal form of them that this version knows; the change may be one "
        "of formatting only.",
        next=(f"git log -p -- {' '.join(one.path for one in revisions[:_SHOWN])}",),
        severity=Severity.NOTE,
    )
