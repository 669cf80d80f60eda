"""What a command says at the end: one module a format, each with ``render(report, colour)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alembic_guard.finding import Finding, Place


@dataclass(frozen=True)
class Report:
    """Everything that a command has to say.

    :param lines: what people read, in text; other formats have it in ``data``.
    :param data: what programs read, by the keys of the command.
    """

    command: str
    exit_status: int
    findings: Sequence[Finding] = ()
    data: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()

    def masked(self, mask: Callable[[str], str]) -> Report:
        """The same report with every text passed through a mask."""
        return replace(
            self,
            findings=[masked_finding(finding, mask) for finding in self.findings],
            data=_deep(self.data, mask),
            lines=[mask(line) for line in self.lines],
        )


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
