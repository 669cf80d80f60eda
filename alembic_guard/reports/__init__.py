"""What a command says at the end: one module a format, each with ``render(report, colour)``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePath
from typing import Any

from alembic_guard.finding import Finding, Place


@dataclass(frozen=True)
class Report:
    """Everything that a command has to say.

    :param lines: what people read, in text; other formats have it in ``data``.
    :param data: what programs read, by the keys of the command.
    :param folder: the working directory as the root of the repository sees it, with ``/``; empty
        where they are the same.
    :param config: the config file, for formats in which every finding has a place.
    """

    command: str
    exit_status: int
    findings: Sequence[Finding] = ()
    data: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    folder: str = ""
    config: str | None = None

    def in_repository(self, path: str) -> str:
        """A path as the root of the repository sees it, with ``/``; an absolute one stays."""
        return posixpath.normpath(posixpath.join(self.folder, PurePath(path).as_posix()))

    def masked(self, mask: Callable[[str], str]) -> Report:
        """The same report with every text passed through a mask."""
        mask = cache(mask)  # many findings share their path and their reason
        return replace(
            self,
            findings=[masked_finding(finding, mask) for finding in self.findings],
            data=_deep(self.data, mask),
            lines=[mask(line) for line in self.lines],
        )


# Control characters but line ends and tabs, line ends of other alphabets, halves of characters;
# and what turns the direction of text, so that it reads as something else (CVE-2021-42574).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def visible(text: str) -> str:
    """Text from anywhere, as it may be shown: nothing in it does anything to a terminal."""
    return _INVISIBLE.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def masked_finding(finding: Finding, mask: Callable[[str], str]) -> Finding:
    """A finding with every text passed through a mask."""
    place = finding.place
    return replace(
        finding,
        message=mask(finding.message),
        why=mask(finding.why),
        next=tuple(map(mask, finding.next)),
        place=None if place is None else Place(mask(place.path), place.line),
        revision=None if finding.revision is None else mask(finding.revision),
        allowed=None if finding.allowed is None else mask(finding.allowed),
    )


def _deep(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {_deep(key, mask): _deep(item, mask) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(item, mask) for item in value]
    return value
