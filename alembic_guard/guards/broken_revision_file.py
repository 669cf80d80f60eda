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
from pathlib import PurePath

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._harms import HARMLESS, LOADED, finding
from alembic_guard.guards._whereabouts import bringing, present
from alembic_guard.runtime.git_search import Found, Search
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
    found = {one.revision: one for one in files.search.found}
    for missing in files.missing:
        yield _missing(missing, found.get(missing.revision), files)
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


def _missing(missing: Missing, found: Found | None, files: RevisionFiles) -> Finding:
    file, revision = missing.file, missing.revision
    return Finding(
        "broken-revision-file",
        f"{file.at(missing.identifier)} has {revision} as its `{missing.identifier}`, "
        "and no file defines that revision.",
        why=present(found, files.locations) if found else _unknown(files.search),
        next=tuple(bringing(found, files.locations))
        if found
        else tuple(_instead(missing, files.search)),
        revision=file.revision,
        place=Place(file.path, file.lines.get(missing.identifier)),
    )


def _unknown(search: Search) -> str:
    if search.answered and search.whole:
        return "git knows no file of it anywhere: it was never committed, or is not fetched yet."
    return "Its file was deleted or renamed, or is on a branch that is not checked out here."


def _instead(missing: Missing, search: Search) -> Iterator[str]:
    if search.shallow or search.remotes:
        yield f"git fetch --{'unshallow' if search.shallow else 'all'}  # then try again"
    folder = shlex.quote(str(PurePath(missing.file.path).parent))
    place = missing.file.at(missing.identifier)
    yield f"grep -rn --include='*.py' '^revision' {folder}  # what {place} could name instead"


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
