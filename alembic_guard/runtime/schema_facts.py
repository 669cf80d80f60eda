"""The schema of a database as facts that can be compared: one text for each thing, by its name.

It promises that two schemas with the same facts behave alike, as far as tables, columns,
constraints, indexes, views, sequences, types, functions, triggers, policies and extensions go. Left
out is what a round trip cannot keep and nobody relies on: the order of columns, privileges and
owners, statistics, the next value of a sequence or AUTO_INCREMENT. Read-only; a transaction that is
open stays open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic_guard.runtime import (
    schema_facts_mysql,
    schema_facts_postgresql,
    schema_facts_sqlite,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

Facts = Mapping[str, str]
"""What there is, by kind and name (``column users.age``), and how it is defined."""

Changes = Mapping[str, tuple[str | None, str | None]]
"""What one revision made of which facts: before, and after."""

_LONGEST = 120
"""Characters of a definition in a sentence."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be.

    :param name: its kind and name; :param expected: its definition, None where it should not be.
    :param found: its definition, None where it is not there.
    """

    name: str
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.name} is there, and was not"
        if self.found is None:
            return f"{self.name} is missing"
        return f"{self.name} is {_cut(self.found)}, and was {_cut(self.expected)}"


def schema_facts(connection: Connection) -> dict[str, str]:
    """The schema that a connection sees, its open transaction included.

    :returns: nothing for a kind of database that is not known.
    """
    name = connection.dialect.name
    if name == "postgresql":
        return dict(schema_facts_postgresql.read(connection))
    if name in ("mysql", "mariadb"):
        return dict(schema_facts_mysql.read(connection))
    if name == "sqlite":
        return dict(schema_facts_sqlite.read(connection))
    return {}


def changes(before: Facts, after: Facts) -> Changes:
    """What happened between two moments."""
    return {
        name: (before.get(name), after.get(name))
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    }


def changed(facts: Facts, done: Changes, *, back: bool = False) -> dict[str, str]:
    """The facts after changes.

    :param back: take the changes back instead.
    """
    found = dict(facts)
    for name, (before, after) in done.items():
        wanted = before if back else after
        if wanted is None:
            found.pop(name, None)
        else:
            found[name] = wanted
    return found


def differences(expected: Facts, found: Facts) -> tuple[Difference, ...]:
    """In what two schemas differ, by name; of what is there or not as a whole, no parts."""
    differ = {
        name: Difference(name, expected.get(name), found.get(name))
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    }
    whole = {
        each.name.partition(" ")[2]
        for each in differ.values()
        if None in (each.expected, each.found) and each.name.startswith("table ")
    }
    return tuple(each for each in differ.values() if not _is_part(each.name, whole))


def _is_part(name: str, whole: set[str]) -> bool:
    """Whether a thing comes and goes with one of these tables."""
    kind, _, path = name.partition(" ")
    return kind != "table" and any(path.startswith(f"{table}.") for table in whole)


def _cut(text: str) -> str:
    text = " ".join(text.split()) or "without definition"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
