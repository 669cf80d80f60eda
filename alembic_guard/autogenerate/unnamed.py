"""Constraints that come into tables of the database, and that the models leave without a name.

A comparator writes the name that this database would make up; whoever judges the draft is told that
the models have none.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from alembic_guard.runtime.comparing.comparison import Comparison
from alembic_guard.runtime.comparing.facts import Thing

KEY = "alembic_guard_unnamed"
"""The note among the options of Alembic's MigrationContext."""

_KINDS = ("unique", "foreign key")
"""Those that Alembic itself adds, with None for a name."""


def note_unnamed(options: MutableMapping[str, Any], comparison: Comparison) -> None:
    """Leave a note of them for the command that asked.

    :param options: of the migration context that was compared.
    """
    options[KEY] = tuple(
        thing
        for thing, each in comparison.differences.items()
        if each.live is None
        and thing.kind in _KINDS
        and thing in comparison.names
        and thing.owner in comparison.live
    )


def unnamed_in(options: Mapping[str, Any]) -> tuple[Thing, ...]:
    """What the last autogenerate of a migration context has noted.

    :param options: of that context.
    """
    found: tuple[Thing, ...] = options.get(KEY, ())
    return found
