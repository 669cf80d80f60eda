"""A revision file that cannot be loaded, or that refers to one that is not there.

Alembic loads every ``.py`` file of a version location before it does anything. One that does not
compile, imports what is not there, calls ``op`` outside of its functions or is no revision at all
stops every command, also those that have nothing to do with it. So does a reference to a revision
whose file was deleted.

Fix: mend the file, move what is no revision elsewhere, or restore the file that is referred to.

Bad::

    # file: migrations/versions/0002_broken.py
    revision = "0002"
    down_revision = "0001"
    def upgrade(:
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_mended.py
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
from alembic_guard.guards._harms import HARMLESS, LOADED, finding
from alembic_guard.runtime.history import BrokenHistory
from alembic_guard.runtime.revision_files import Clash, Missing, RevisionFiles, files_of

JUDGES = (BrokenHistory, RevisionFiles)
SEVERITY = "error; a note for what only Alembic can read"
NEVER_ALLOWED = True


def judge(subject: BrokenHistory | RevisionFiles) -> Iterator[Finding]:
    """Refuse, with the file and line, and what is wrong with them."""
    broken = subject if isinstance(subject, BrokenHistory) else None
    files = files_of(subject)
    faulty = {
        file.path for file in files.files if file.problem and file.problem.harm not in HARMLESS
    }
    if broken and broken.path not in {None, *faulty}:
        yield _raised(broken, broken.path or "")
    elif broken and not faulty and not files.contradicts_itself:
        said = str(broken).rstrip(".")
        message = f"The revision files make no history: {said}."
        yield Finding("broken-revision-file", message, next=("alembic history --verbose",))
    for file in files.files:
        if file.problem and (file.path in faulty or not broken):
            yield finding("broken-revision-file", file, file.problem)
    yield from map(_missing, files.missing)
    yield from map(_clash, files.clashes)


def _raised(broken: BrokenHistory, path: str) -> Finding:
    cause = broken.__cause__
    again = f"alembic history  # again, when {path} is mended"
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        again = shlex.join(["python", "-c", f"import {cause.name}"])
    place = Place(path, broken.line)
    return Finding(
        "broken-revision-file",
        f"{place} raises {str(broken).rstrip('.')}.",
        why=f"{LOADED}.",
        next=(again,),
        place=place,
    )


def _missing(missing: Missing) -> Finding:
    file, revision = missing.file, missing.revision
    return Finding(
        "broken-revision-file",
        f"{file.at(missing.identifier)} has {revision} as its `{missing.identifier}`, "
        "and no file defines that revision.",
        why="Its file was deleted or renamed, or is on a branch that is not checked out here.",
        next=(f"git log --all --oneline -S{shlex.quote(revision)} -- '*.py'  # who has the file",),
        revision=file.revision,
        place=Place(file.path, file.lines.get(missing.identifier)),
    )


def _clash(clash: Clash) -> Finding:
    file, other = clash.file, clash.other
    owner = "it is the id of" if clash.label == other.revision else "it is a label of"
    return Finding(
        "broken-revision-file",
        f"{file.at('branch_labels')} has the branch label {clash.label}, and {owner} {other.path}.",
        why="Alembic could not tell the two apart.",
        next=(f"branch_labels = None  # {file.at('branch_labels')}; or another label",),
        revision=file.revision,
        place=Place(file.path, file.lines.get("branch_labels")),
    )
