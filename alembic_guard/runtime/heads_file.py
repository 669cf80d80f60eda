"""The ``HEADS`` file of a version folder: the revisions of it that nothing follows, one a line.

Two people who each add a revision write two files, which git merges without a word, and the history
has two heads. Both also change this file, in the same line: git reports that as a conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.heads import version_locations

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

NAME = "HEADS"
_NOTICE = "# Kept by alembic guard-revision. A conflict in this file: the history has two heads."
_MARKER = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)


@dataclass(frozen=True)
class HeadsFile:
    """One version folder's file, as it is and as it should be.

    :param text: what it holds; None where there is no such file.
    :param heads: the revisions in its folder that nothing follows, sorted.
    """

    path: Path
    text: str | None
    heads: tuple[str, ...]

    @property
    def in_conflict(self) -> bool:
        """Whether git left the marks of a conflict in it."""
        return _MARKER.search(self.text or "") is not None

    @property
    def listed(self) -> tuple[str, ...]:
        """The revisions that it names; meaningless in a conflict."""
        lines = (line.partition("#")[0].strip() for line in (self.text or "").splitlines())
        return tuple(line for line in lines if line)

    @property
    def should_be(self) -> str:
        """The text that is true."""
        return "".join(f"{line}\n" for line in (_NOTICE, *self.heads))


def heads_files(script: ScriptDirectory) -> tuple[HeadsFile, ...]:
    """The file of each version folder that has revisions, or has such a file.

    :param script: whose files could be loaded, or that has just generated a revision.
    """
    folders = version_locations(script)
    revisions = list(script.walk_revisions())
    heads = set(script.get_heads())
    inhabited = {_home(revision.path, folders) for revision in revisions}
    return tuple(
        HeadsFile(
            folder / NAME,
            _text(folder / NAME),
            tuple(
                sorted(
                    revision.revision
                    for revision in revisions
                    if revision.revision in heads and _home(revision.path, folders) == folder
                )
            ),
        )
        for folder in dict.fromkeys(folders)
        if folder in inhabited or (folder / NAME).is_file()
    )


def _home(path: str, folders: Iterable[Path]) -> Path | None:
    """The version folder that a file is in, or below."""
    around = [folder for folder in folders if Path(path).resolve().is_relative_to(folder)]
    return max(around, key=lambda folder: len(folder.parts), default=None)


def _text(path: Path) -> str | None:
    return path.read_text("utf-8", errors="replace") if path.is_file() else None
