"""Revisions that follow each other in a circle.

Each of them waits for another one, so none can be applied, and Alembic stops at every command. It
happens when a ``down_revision`` is edited by hand to reorder two migrations, and only one of them
is changed. Some circles (one that a base leads into) Alembic does not see.

Fix: one of the lines has to name an older revision. The finding lists them; git knows what the line
was before.

Bad::

    # edit: migrations/versions/0001_users.py: down_revision = None -> down_revision = "0002"
    # file: migrations/versions/0002_next.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_next.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    $ alembic safe-upgrade
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import BrokenHistory
from alembic_guard.runtime.revision_files import RevisionFiles, files_of
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = (BrokenHistory, RevisionFiles)
NEVER_ALLOWED = True


def judge(subject: BrokenHistory | RevisionFiles) -> Iterator[Finding]:
    """Refuse, with each line of the circle, from the oldest file to the youngest."""
    cycle = files_of(subject).cycle
    if not cycle:
        return
    parents = (cycle[-1], *cycle[:-1])
    ids = " -> ".join(str(file.revision) for file in (*cycle, cycle[0]))
    oldest = cycle[0]
    line = oldest.lines.get(_by(oldest, cycle[-1]))
    yield Finding(
        "revision-cycle",
        f"The revisions follow each other in a circle: {ids}.",
        why="\n".join(map(_reference, cycle, parents)),
        next=(f"git log -p -- {shlex.quote(oldest.path)}  # what its `down_revision` was",),
        revision=oldest.revision,
        place=Place(oldest.path, line),
    )


def _reference(file: RevisionFile, parent: RevisionFile) -> str:
    identifier = _by(file, parent)
    return f"{file.at(identifier)}: {file.revision} has {parent.revision} as its {identifier}"


def _by(file: RevisionFile, parent: RevisionFile) -> str:
    names = {parent.revision, *parent.branch_labels}
    return "depends_on" if names.isdisjoint(file.down) else "down_revision"
