"""A revision that no file defines.

Either the command names one that does not exist, or the database recorded one whose file is not in
this checkout: the database is ahead of it, or the file was deleted or renamed. Where the files are
in a git repository, all branches, stashes, tags and the reflog are searched for it by its id.

Fix: check out or pull what has the file, restore it from there, or correct the revision that you
typed. A file that is lost for good can be given up with ``alembic stamp --purge``: it records
another revision and changes no table, so choose the newest one whose changes the database has.

Bad::

    $ alembic safe-upgrade 0009

Good::

    $ alembic safe-upgrade 0001
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._whereabouts import commands, whereabouts
from alembic_guard.runtime.missing import Lost, UnknownRevision

JUDGES = UnknownRevision
NEVER_ALLOWED = True


def judge(unknown: UnknownRevision) -> Iterator[Finding]:
    """Refuse, with what is known instead; ``foreign-history`` speaks of another project's."""
    if unknown.lost is None:
        yield _typed(unknown)
    elif not unknown.lost.foreign:
        yield from _recorded(unknown.lost)


def _recorded(lost: Lost) -> Iterator[Finding]:
    found = {one.revision: one for one in lost.search.found}
    where = lost.recorder.url if lost.recorder else "The database"
    for revision in lost.revisions:
        yield Finding(
            "missing-revision",
            f"{where} is at {revision}, and no revision file here defines it.",
            why=whereabouts(found.get(revision), lost),
            next=tuple(commands(found.get(revision), lost)),
            revision=revision,
        )


def _typed(unknown: UnknownRevision) -> Finding:
    near = difflib.get_close_matches(unknown.revision, unknown.known, n=1, cutoff=0.7)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Finding(
        "missing-revision",
        f"There is no revision {unknown.revision!r}.{hint}",
        why=unknown.said,
        next=("alembic history  # what there is",),
        revision=unknown.revision,
    )
