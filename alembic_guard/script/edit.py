"""A change to one file, as a value: what it held, what it is to hold, and the difference to show.

It neither reads nor writes. Whoever does must leave line endings alone (``read_bytes().decode()``
and ``write_bytes``; text mode would turn CRLF into LF), or the file does not come back as it was.
"""

from __future__ import annotations

import difflib
import io
from dataclasses import dataclass
from pathlib import Path

from alembic_guard.masking import Mask

_NO_NEWLINE = "\\ No newline at end of file\n"  # as GNU diff and git say it


@dataclass(frozen=True)
class Edit:
    """One file's text, before and after.

    :param path: the file, as it is to be shown.
    :param before: the text that it holds.
    :param after: the text that it is to hold.
    """

    path: Path
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after

    def diff(self) -> str:
        """The difference, to be read by people.

        Passwords in it are masked (the lines around a change may hold a URL), so it is no patch.

        :returns: a unified diff with three lines of context; empty when nothing changes.
        """
        name = str(self.path)
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), name, name)
        return Mask()("".join(map(_ended, lines)))


def _lines(text: str) -> list[str]:
    # not str.splitlines, to which a form feed or U+2028 ends a line too
    return list(io.StringIO(text, newline="\n"))


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"
