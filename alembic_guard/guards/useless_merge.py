"""A merge that joins nothing.

It has one parent, as ``alembic merge heads`` writes it where there is one head, or a parent that
another parent rests on already. It does no harm to a database; whoever reads the history looks for
a branch that is not there, so it is a warning.

Fix: leave out the parent that is not needed. A merge of one parent can be deleted, as long as no
database is at it and nothing follows it.

Bad::

    $ alembic merge -m "merge" heads
    $ alembic guard-check

Good::

    $ alembic revision -m "one" --rev-id one
    $ alembic revision -m "two" --rev-id two --head 0001 --splice
    $ alembic merge -m "merge" heads
    $ alembic safe-upgrade
    $ alembic guard-check
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.merges import merges_of_one, needless_parents
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = RevisionFiles
SEVERITY = "warning"


def judge(files: RevisionFiles) -> Iterator[Finding]:
    """Warn of each merge that could be left out, or of a parent of it that could be."""
    for file in merges_of_one(files):
        yield _finding(
            file,
            f"{file.path} is called a merge, has the one parent {file.down[0]} and does nothing.",
            f"rm {shlex.quote(file.path)}  # if no database is at {file.revision}, and no file "
            "follows it",
        )
    for file, older, younger in needless_parents(files):
        kept = [f'"{name}"' for name in file.down if name != older]
        value = kept[0] if len(kept) == 1 else f"({', '.join(kept)})"
        yield _finding(
            file,
            f"{file.path} merges {older} and {younger}, and {younger} rests on {older} already.",
            f"down_revision = {value}  # {file.at('down_revision')}",
        )


def _finding(file: RevisionFile, message: str, command: str) -> Finding:
    return Finding(
        "useless-merge",
        message,
        why="There is no branch to join.",
        next=(command,),
        severity=Severity.WARNING,
        revision=file.revision,
        place=Place(file.path, file.lines.get("down_revision")),
    )
