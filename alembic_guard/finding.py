"""What a guard, a rule or a run has to say: one frozen value, and nothing that prints it.

A :class:`Finding` names a harm, gives one cause and the next commands to type. It promises to be
complete (a report adds no words of its own) and it never holds a password: whoever makes one from
text that came from outside passes that text through :class:`alembic_guard.masking.Mask`.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, replace
from typing import Any

from alembic_guard.catalogue import entries

DOCS = "https://alembic-guardrails.readthedocs.io/en/stable/"
"""Where pages are published; ``docs/guards/`` and ``docs/rules/`` hold their sources."""


class Severity(enum.Enum):
    """How much a finding weighs; only an error refuses."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """Where in the user's own files.

    :param path: as the user would type it, relative to the working directory where possible.
    :param line: counted from 1, or None for the whole file.
    """

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Finding:
    """One harm that was seen.

    :param name: the kebab-case name of the harm; also its file, its docs page and what ``--allow``
        takes.
    :param message: one sentence with the user's own table, revision or path.
    :param why: what would happen, and the cause.
    :param next: commands to type, filled in for this project.
    :param revision: the revision that it is about, if one.
    :param place: file and line, if there is one.
    :param allowed: why it does not refuse although it would; None when it does.
    """

    name: str
    message: str
    why: str = ""
    next: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    revision: str | None = None
    place: Place | None = None
    allowed: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether going on would be against the guard."""
        return self.severity is Severity.ERROR and self.allowed is None

    @property
    def docs(self) -> str:
        """The page that explains the name."""
        folder = "rules" if self.name in entries("alembic_guard.rules") else "guards"
        return f"{DOCS}{folder}/{self.name}/"

    def allow(self, reason: str) -> Finding:
        """The same finding, let through for ``reason``."""
        return replace(self, allowed=reason)

    def as_json(self) -> dict[str, Any]:
        """The object of the JSON report, exactly as the design lists its keys."""
        values = asdict(self)
        place = values.pop("place")
        return {
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "why": self.why,
            "next": list(self.next),
            "revision": self.revision,
            "path": place["path"] if place else None,
            "line": place["line"] if place else None,
            "allowed": self.allowed,
            "docs": self.docs,
        }
