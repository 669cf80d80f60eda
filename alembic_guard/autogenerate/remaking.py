"""What is built on a column in its table goes with the column, and has to come again with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.column_changes import work_of
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.autogenerate.constraint_texts import added
from alembic_guard.autogenerate.index_texts import created
from alembic_guard.autogenerate.operations import SqlOp

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Fact, Thing

_RANKS = {"primary key": 0, "unique": 1, "index": 2, "check": 3, "exclude": 3, "foreign key": 4}
"""In which order things come; they go the other way round."""


def around(subject: Subject, things: Collection[Thing]) -> Iterator[Any]:
    """Drop what is in the way, and make it again: in both directions the same.

    :param things: the same on both sides; what differs is seen to by the comparators of its kind.
    """
    for thing in sorted(things):
        fact, rank = subject.comparison.live[thing], _RANKS[thing.kind]
        yield at("loosening", _made(fact).reverse(), -rank)
        yield at("tightening", _made(fact), rank)


def built_on(subject: Subject, column: Thing) -> list[Fact]:
    """The constraints and indexes, the same on both sides, that a column takes with it."""
    comparison = subject.comparison
    found = [
        fact
        for thing, fact in comparison.live.items()
        if thing.kind in _RANKS and comparison.same(thing) and _needs(fact, column)
    ]
    return sorted(found, key=lambda fact: (_RANKS[fact.thing.kind], fact.thing))


def goes_along(subject: Subject, live: Fact) -> bool:
    """Whether a column that is made anew takes it along: nothing is left to be changed in place."""
    return any(_needs(live, column) for column in work_of(subject.context).remade)


def made_again(fact: Fact) -> str:
    """The statement that makes it."""
    return _made(fact).sql


def _made(fact: Fact) -> SqlOp:
    if fact.thing.kind == "index":
        return created(fact, fact.definition)
    return added(fact.thing, fact.definition)


def _needs(fact: Fact, column: Thing) -> bool:
    """One that merely might, since the column's name is among its words, costs its making only."""
    target = fact.notes.get("target") or {}
    if target and (target["schema"], target["table"]) == (column.schema, column.table):
        return column.name in target["columns"]
    if fact.thing.owner != column.owner:
        return False
    name = re.escape(column.name.replace('"', '""'))
    return re.search(rf"(?<!\w){name}(?!\w)", fact.definition) is not None
