"""Reads the revision files of every version folder, as Alembic lists them; none is run.

Where they make no history, git is asked what it knows: which of two files that say the same is not
in it, and where the file is that another one refers to. Files that make one cost no question.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``Script._list_py_dir``,
``script.base._only_source_rev_file``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script.base import Script, _only_source_rev_file

from alembic_guard.runtime.git import uncommitted
from alembic_guard.runtime.git_search import search
from alembic_guard.runtime.heads import version_locations
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.revision_files import RevisionFiles, without_warnings
from alembic_guard.runtime.revision_syntax import Harm, Problem, RevisionFile, read_text

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_NOT_IN_GIT = ("untracked", "ignored", "added but not committed")


def read_revision_files(script: ScriptDirectory) -> RevisionFiles:
    """The files of every version location, as Alembic lists them; none is run."""
    locations = version_locations(script)
    there = [location for location in locations if location.exists()]
    listed = [path for location in there for path in Script._list_py_dir(script, location)]
    named = _by_shown_path(listed)
    with without_warnings():
        files = [
            read_file(name, path, read_text)
            for name, path in named.items()
            if _only_source_rev_file.match(path.name)
        ]
    files += _compiled(named) if script.sourceless else ()
    return _with_what_git_knows(RevisionFiles(tuple(files), locations))


def _by_shown_path(listed: Sequence[Path]) -> dict[str, Path]:
    """Each file once, by the path that a user would type; links are followed, as Alembic does."""
    resolved = {folder: folder.resolve() for folder in {path.parent for path in listed}}
    paths = dict.fromkeys(
        # Path.resolve raises where links go in a circle.
        Path(os.path.realpath(path)) if path.is_symlink() else resolved[path.parent] / path.name
        for path in listed
    )
    shown = {folder: Path(relative(folder)) for folder in {path.parent for path in paths}}
    return {str(shown[path.parent] / path.name): path for path in paths}


def read_file(
    name: str, path: str | Path, read: Callable[[str, bytes], RevisionFile]
) -> RevisionFile:
    """Read a file that may not let itself be read.

    :param name: its path as the user would type it.
    """
    try:
        with open(path, "rb") as file:
            return read(name, file.read())
    except OSError as error:
        problem = Problem(Harm.UNREADABLE, said=error.strerror or str(error))
        return RevisionFile(name, problem=problem, opaque=True)


def _compiled(paths: Mapping[str, Path]) -> Iterator[RevisionFile]:
    """Revisions of which only the bytecode is there."""
    sources = {path.name.split(".")[0] for path in paths.values() if path.suffix == ".py"}
    for name, path in paths.items():
        if path.suffix in (".pyc", ".pyo") and path.name.split(".")[0] not in sources:
            yield RevisionFile(name, problem=Problem(Harm.COMPILED), opaque=True)


def _with_what_git_knows(files: RevisionFiles) -> RevisionFiles:
    doubtful = [Path(file.path) for several in files.duplicates for file in several]
    states = uncommitted(doubtful) if doubtful else {}
    lost = tuple(dict.fromkeys(missing.revision for missing in files.missing))
    return replace(
        files,
        untracked=frozenset(str(path) for path, state in states.items() if state in _NOT_IN_GIT),
        search=search(files.locations, lost, files.by_id) if lost else files.search,
    )
