r"""A revision with this identifier, or a file of this name, is there already.

Alembic loads both and says only "present more than once"; which of them runs is chance. It happens
when a file is copied, when two people choose the same number, or when a merge in git brings one
revision under two names.

Fix: delete the copy, or give one of them another id; the finding has the line to paste. When a
migration is written: leave ``--rev-id`` out, or choose another one; where the ``file_template`` of
the config has no ``%%(rev)s``, choose another message.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id 0001

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id 0002
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._harms import new_id
from alembic_guard.guards._subjects import Taken
from alembic_guard.runtime.history import BrokenHistory
from alembic_guard.runtime.revision_files import RevisionFiles, files_of
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = (Taken, BrokenHistory, RevisionFiles)
NEVER_ALLOWED = True


def judge(subject: Taken | BrokenHistory | RevisionFiles) -> Iterator[Finding]:
    """Refuse, with the file that is in the way, or the files that say the same of themselves."""
    if isinstance(subject, Taken):
        yield _taken(subject)
    else:
        yield from map(_duplicate, files_of(subject).duplicates)


def _taken(taken: Taken) -> Finding:
    return Finding(
        "duplicate-revision",
        f"There is a revision {taken.revision} already: {taken.path}."
        if taken.revision
        else f"There is a file {taken.path} already.",
        why="Nothing is ever overwritten.",
        next=(
            "leave --rev-id out, or choose another one"
            if taken.revision
            else "choose another message, or put %%(rev)s into file_template",
        ),
        revision=taken.revision,
        place=Place(taken.path),
    )


def _duplicate(files: Sequence[RevisionFile]) -> Finding:
    first, *others = sorted(files, key=lambda file: (file.created, file.path))
    younger = others[-1]
    copy = younger.source == first.source
    paths = " and ".join(file.path for file in (first, *others))
    return Finding(
        "duplicate-revision",
        f"The revision {first.revision} is in {len(files)} files: {paths}.",
        why="They are copies of each other."
        if copy
        else "Alembic keeps the one that it reads last; which of them runs is chance.",
        next=(
            shlex.join(["rm", younger.path])
            if copy
            else f'revision = "{new_id(younger)}"  # {younger.at("revision")}',
        ),
        revision=first.revision,
        place=Place(younger.path, younger.lines.get("revision")),
    )
