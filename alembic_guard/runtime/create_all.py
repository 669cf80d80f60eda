"""Where a project's code makes tables by itself: `Base.metadata.create_all()`, `db.create_all()`.

Promises: nothing is imported or run. Only calls on the metadata that was handed in count; tests and
the Alembic environment are not read. A receiver that is a local value of unknown origin is passed
over.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import MetaData

from alembic_guard.runtime.following import Binding, Follower, Source, parse
from alembic_guard.runtime.project_files import CodeFile, code_files, loaded_modules, names_of, real

_NAME = "create_all"


class CodeLine(NamedTuple):
    """A line of a file, counted from 1."""

    path: Path
    line: int


def create_all_calls(
    metadata: Sequence[MetaData], roots: Sequence[Path], skip: Sequence[Path]
) -> tuple[CodeLine, ...]:
    """The lines on which the project has all tables of some metadata created.

    :param roots: the folders that belong to the project; :param skip: folders not to enter.
    """
    follower, loaded = Follower(metadata), loaded_modules()
    homes = [path for path, names in loaded.items() if follower.holds(names)]
    files = code_files(real(roots), real(skip), loaded, homes)
    follower.places = list(dict.fromkeys(file.place for file in files))
    found = {line for file in files for line in _calls(follower, file)}
    return tuple(sorted(found))


def _calls(follower: Follower, file: CodeFile) -> Iterator[CodeLine]:
    source = _source(file)
    for node in ast.walk(source.tree) if source else ():
        # `run_sync(Base.metadata.create_all)` hands it on without calling it
        if source and isinstance(node, ast.Attribute) and node.attr == _NAME:
            with suppress(RecursionError):
                if follower.metadata(follower.value(source, node.value)) is not None:
                    yield CodeLine(file.path, node.lineno)


def _source(file: CodeFile) -> Source | None:
    with suppress(OSError, RecursionError):
        text = file.path.read_bytes()
        if _NAME.encode() in text:
            source = parse(text, file.path, file.place, everywhere=True)
            return _as_loaded(source) if source and file.loaded else source
    return None


def _as_loaded(source: Source) -> Source:
    """With the names of a loaded module standing for what they are bound to there."""
    live = names_of(sys.modules.get(source.module))
    bound: dict[str, list[Binding]] = {
        name: [(source.module, name)] if name in live else list(each)
        for name, each in source.bound.items()
    }
    return source._replace(bound=bound)
