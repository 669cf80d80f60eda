"""A revision that no file defines.

Either the command names one that does not exist, or the database recorded one whose file is not in
this checkout: it was deleted, renamed, or is on a branch that is not checked out.

Fix: check out the branch that has the file, or correct the revision that you typed.

Bad::

    $ alembic safe-upgrade 0009

Good::

    $ alembic safe-upgrade 0001
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.missing import UnknownRevision

JUDGES = UnknownRevision
NEVER_ALLOWED = True


def judge(unknown: UnknownRevision) -> Iterator[Finding]:
    """Refuse, with what is known instead."""
    if unknown.recorded:
        yield Finding(
            "missing-revision",
            f"The database is at {unknown.revision}, and no revision file defines it.",
            why="The file was deleted or renamed, is on a branch that is not checked out here, or "
            "the database belongs to another project.",
            next=(
                f"git log --all --oneline -S'{unknown.revision}' -- '*.py'  # who has the file",
                "alembic history  # what this checkout has",
            ),
            revision=unknown.revision,
        )
        return
    near = difflib.get_close_matches(unknown.revision, unknown.known, n=1, cutoff=0.7)
    hint = f" Did you mean {near[0]}?" if near else ""
    yield Finding(
        "missing-revision",
        f"There is no revision {unknown.revision!r}.{hint}",
        why=unknown.said,
        next=("alembic history  # what there is",),
        revision=unknown.revision,
    )
