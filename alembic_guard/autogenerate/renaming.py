"""What a user says is a rename: ``table.old:new`` (a column) or ``old:new`` (a table)."""

from __future__ import annotations

from dataclasses import dataclass


class NotARename(ValueError):
    """What was given as a rename is not among the operations, or is no rename at all."""


@dataclass(frozen=True)
class Rename:
    """One rename.

    :param table: key of the table, or None when a table itself is renamed.
    """

    table: str | None
    old: str
    new: str

    @classmethod
    def parse(cls, text: str) -> Rename:
        """Read ``table.old:new`` or ``old:new``.

        :raises NotARename: when it is neither.
        """
        before, colon, new = text.partition(":")
        table, dot, old = before.rpartition(".")
        if not colon or not new or not old or (dot and not table) or "." in new or ":" in new:
            raise NotARename(f"{text!r} is no rename; write table.old:new, or old:new for a table")
        return cls(table or None, old, new)

    @property
    def back(self) -> Rename:
        """The other direction."""
        return Rename(self.table, self.new, self.old)

    def __str__(self) -> str:
        return f"{self.table + '.' if self.table else ''}{self.old}:{self.new}"
