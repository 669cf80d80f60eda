"""When a constraint is checked: as SQLAlchemy's options, and as the catalogue writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Fact


def deferred(fact: Fact) -> dict[str, Any]:
    """The options of a constraint of the database."""
    options: dict[str, Any] = {"deferrable": True} if fact.notes["deferrable"] else {}
    return options | ({"initially": "DEFERRED"} if fact.notes["deferred"] else {})


def words_of(options: dict[str, Any]) -> str:
    """The same as the catalogue writes it, behind the rest."""
    words = " DEFERRABLE" if options.get("deferrable") else ""
    return words + (" INITIALLY DEFERRED" if options.get("initially") else "")
