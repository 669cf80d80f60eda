"""The revision files of a history that Alembic has loaded: its values, and the text only in doubt.

Promises: what :func:`~alembic_guard.runtime.revision_folder.read_revision_files` finds, without
parsing a file that says plainly what Alembic read from it. Of 5,000 files that is most of the time.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``RevisionMap._revision_map``, whose order is
that in which the files were loaded.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, cast

from alembic.script import Script

from alembic_guard.runtime.heads import version_locations
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_folder import read_file, read_revision_files
from alembic_guard.runtime.revision_syntax import (
    IDENTIFIERS,
    RevisionFile,
    described,
    read_text,
)

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_FUNCTION = re.compile(rb"^(?:def|async def|class) ", re.MULTILINE)
_LINE = re.compile(
    rb"^(revision|down_revision|branch_labels|depends_on)\b"
    rb"[ \t]*(?::[^=\n]*)?=[ \t]*(.*?)[ \t\r]*$",
    re.MULTILINE,
)
# A call of `op`, or another name for it; a word in a comment costs the parsing of one file.
_OP = re.compile(rb"\bop(?:\.| +as )")


def loaded_files(script: ScriptDirectory) -> RevisionFiles:
    """The files of a history that :func:`~alembic_guard.runtime.history.load` returned."""
    if script.sourceless:
        return read_revision_files(script)
    with warnings.catch_warnings():  # of what compiles; shown when Alembic loaded the file
        warnings.simplefilter("ignore")
        return RevisionFiles(tuple(_files(script)), version_locations(script))


def _files(script: ScriptDirectory) -> Iterator[RevisionFile]:
    shown = cache(relative)
    for found in dict.fromkeys(script.revision_map._revision_map.values()):
        if isinstance(found, Script):
            folder, name = os.path.split(found.path)
            read = partial(read_loaded, module=vars(found.module))
            yield read_file(os.path.join(shown(folder), name), found.path, read)


def read_loaded(path: str, source: bytes, module: dict[str, object]) -> RevisionFile:
    """Read one file.

    :param path: as the user would type it.
    :param module: what it left behind when it was loaded.
    """
    first = _FUNCTION.search(source)
    head = source[: first.start()] if first else source
    lines = _plain_lines(head, {name: module[name] for name in IDENTIFIERS if name in module})
    if lines is None:
        return read_text(path, source)
    down = cast("str | None", module["down_revision"])
    return described(
        RevisionFile(
            path,
            revision=cast("str", module["revision"]),
            down=(down,) if down else (),
            depends_on=_one(module.get("depends_on")),
            branch_labels=_one(module.get("branch_labels")),
            lines=lines,
            source=source,
        ),
        str(module.get("__doc__") or ""),
    )


def _plain_lines(head: bytes, values: dict[str, object]) -> dict[str, int] | None:
    """On which line each identifier is, if each is on one and the line says what was loaded."""
    lines: dict[str, int] = {}
    for match in _LINE.finditer(head):
        name = match[1].decode()
        if name in lines or name not in values or match[2] not in _spellings(values[name]):
            return None
        lines[name] = head.count(b"\n", 0, match.start()) + 1
    plain = lines.keys() == values.keys() >= {"revision", "down_revision"}
    return lines if plain and values["revision"] and not _OP.search(head) else None


def _spellings(value: object) -> tuple[bytes, ...]:
    """How a text, or None, is written; what else there may be is parsed."""
    if isinstance(value, str):
        return (f"'{value}'".encode(), f'"{value}"'.encode()) if "\\" not in value else ()
    return (b"None",) if value is None else ()


def _one(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else ()
