"""What a rule has to say of one action: the harm, and the migration that does without it."""

from __future__ import annotations

from dataclasses import dataclass

from alembic_guard.finding import Place, Severity
from alembic_guard.schema import Index


@dataclass(frozen=True)
class Harm:
    """A harm, in the words of the user's own tables.

    :param message: one sentence.
    :param why: what would happen, and the lock that it takes.
    :param fix: Alembic code to write instead: the body of ``upgrade()``, one text for each revision
        that it takes, oldest first. It runs as it is.
    :param table: the table whose size decides how bad it is; "" where size has no part in it.
    :param severity: where this one weighs something else than its rule says.
    :param place: where it is, if that is not the line of the step.
    """

    message: str
    why: str = ""
    fix: tuple[str, ...] = ()
    table: str = ""
    severity: Severity | None = None
    place: Place | None = None


def called(index: Index) -> str:
    """An index in a sentence: its name, or what it is on."""
    return index.name or f"an index on {', '.join(index.columns)}"
