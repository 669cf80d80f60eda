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
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath

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
        files = files_of(subject)
        for several in files.duplicates:
            yield _duplicate(several, files.untracked)


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


def _duplicate(several: Sequence[RevisionFile], untracked: Collection[str]) -> Finding:
    files = sorted(several, key=lambda file: (file.created, file.path))
    copies = all(file.source == files[0].source for file in files)
    spare = _spare(files, untracked)
    paths = [file.path for file in files]
    place = spare or files[-1]
    if copies and spare:
        command = shlex.join(["rm", spare.path])
    elif copies:
        command = f"{shlex.join(['ls', '-l', *paths])}  # delete the copy"
    else:
        either = [spare] if spare else files
        command = f'revision = "{new_id(place)}"  # {" or ".join(f.at("revision") for f in either)}'
    return Finding(
        "duplicate-revision",
        f"The revision {place.revision} is in {len(files)} files: {' and '.join(paths)}.",
        why="They are copies of each other."
        if copies
        else "Alembic keeps the one that it reads last; which of them runs is chance.",
        next=(command,),
        revision=place.revision,
        place=Place(place.path, place.lines.get("revision")),
    )


def _spare(files: Sequence[RevisionFile], untracked: Collection[str]) -> RevisionFile | None:
    """The one of two that came later: git lacks it, it was created later, or is not called so."""
    if len(files) > 2:
        return None
    for odd in (
        [file for file in files if file.path in untracked],
        [file for file in files if file.created > files[0].created],
        [file for file in files if not PurePath(file.path).name.startswith(str(file.revision))],
    ):
        if len(odd) == 1:
            return odd[0]
    return None
