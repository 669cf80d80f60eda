"""A migration stopped, and a part of it is in the database for good.

It had left its transaction: an ``autocommit_block()``, or MariaDB and MySQL, which commit with
every DDL statement. ``alembic safe-upgrade`` goes on at the first statement that is not done (see
"After a crash" in the page on upgrading), except where that can't be right: the file was edited
since, its statements are others now, or nobody knows whether the last one was done. Then nothing is
changed, and the finding says which.

On SQLite a revision that runs ``VACUUM`` or ``PRAGMA foreign_keys`` leaves it as well. A copy of the
database is made before, beside it, and put back by itself when the revision fails. The copy stays,
and is named, where others have written since; without a journal also where the process was killed.

Fix: mend the cause and run the command again. Where it cannot go on, undo by hand what the finding
lists and begin anew with ``--restart``, or finish it by hand and ``alembic stamp`` the revision.
On SQLite put the copy back, or remove it when the database is right as it is.
Keep autocommit blocks in revisions of their own.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.stopped import CopyFound, PartlyApplied, Stopped

JUDGES = Stopped
NEVER_ALLOWED = True
EXPLAINS_ANOTHER = True


def judge(stopped: Stopped) -> Iterator[Finding]:
    """List the statements that were run, oldest first; and say where a copy is."""
    if isinstance(stopped, CopyFound):
        yield _found(stopped)
        return
    revision = stopped.revision
    if revision is None:
        return
    if isinstance(stopped, PartlyApplied):
        yield _not_continued(stopped, revision)
        return
    done = (*stopped.earlier, *stopped.committed)
    if not done:
        return
    yield Finding(
        "partly-applied",
        f"A part of revision {revision} stays in the database, and is not recorded.",
        why="\n".join([*_kept(stopped), *(f"done: {one}" for one in done)]),
        next=(
            *_restored(stopped),
            *(_GO_ON if stopped.resumable else ("undo these by hand, then: alembic safe-upgrade",)),
            _stamp(revision),
        ),
        revision=revision.id,
        place=Place(revision.path),
    )


_BEGIN_ANEW = "alembic safe-upgrade --restart  # when these are undone by hand: it begins anew"
_GO_ON = (
    "alembic safe-upgrade  # goes on with the next statement, if the file stays as it is",
    _BEGIN_ANEW,
)


def _stamp(revision: Revision) -> str:
    return f"alembic stamp {revision.id}  # or this, when the revision is finished by hand"


def _not_continued(stopped: PartlyApplied, revision: Revision) -> Finding:
    lines = [*(f"done: {one}" for one in stopped.done)]
    lines += [f"unknown: {one}" for one in stopped.unknown]
    return Finding(
        "partly-applied",
        f"A part of revision {revision} is in the database, and it can't go on from there: "
        f"{stopped.message}.",
        why="\n".join([*lines, "not done: whatever comes after that"]),
        next=(_BEGIN_ANEW, _stamp(revision)),
        revision=revision.id,
        place=Place(revision.path),
    )


def _found(found: CopyFound) -> Finding:
    copy = found.copy
    assert copy is not None
    return Finding(
        "partly-applied",
        f"An earlier run ended in revision {copy.revision}, and a part of it may be in {copy.file}.",
        why=f"It leaves its transaction, so a copy was made before it: {copy.path}.",
        next=(
            *_restored(found),
            f"rm {shlex.quote(str(copy.path))}  # or this, when the database is right as it is",
        ),
        revision=copy.revision,
    )


def _kept(stopped: Stopped) -> list[str]:
    if stopped.copy is None:
        return []
    return [
        "The database was not put back as it was before, for others may have written since; "
        f"the copy from before is {stopped.copy.path}."
    ]


def _restored(stopped: Stopped) -> list[str]:
    if stopped.copy is None:
        return []
    remove = f"rm {shlex.quote(str(stopped.copy.path))}"
    return [f"{stopped.copy.restore} && {remove}  # loses what others wrote since"]
