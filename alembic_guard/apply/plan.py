"""What a run is about to do to one database, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alembic_guard.runtime.history import Revision, shown


@dataclass(frozen=True)
class Plan:
    """One database, where it is, and what is to be done to it, in that order.

    :param database: the URL without its password.
    :param server: product and version.
    :param target: as it was asked for.
    :param notes: what is done differently here, said once.
    :param label: of the list, for people.
    """

    database: str
    server: str
    current: tuple[str, ...]
    target: str
    pending: tuple[Revision, ...]
    notes: tuple[str, ...] = ()
    label: str = "Pending"

    def lines(self) -> list[str]:
        """For people."""
        lines = [
            f"Database  {self.database} ({self.server})",
            f"Current   {shown(self.current, 'no revision')}",
            f"Target    {self.target}",
        ]
        if not self.pending:
            return [*lines, f"{self.label:<9} nothing"]
        lines.append(f"{self.label:<9} {len(self.pending)}")
        lines += [f"          {revision}" for revision in self.pending]
        return [*lines, *(f"Note      {note}" for note in self.notes)]

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "database": self.database,
            "server": self.server,
            "current": list(self.current),
            "target": self.target,
            "pending": [revision.as_json() for revision in self.pending],
            "notes": list(self.notes),
        }
