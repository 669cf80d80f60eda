"""Statements that make a thing as the database has it, for whoever declares it from now on.

As the server writes it, with its comments, with the privileges of others than its owner, and, of a
materialized view, with its indexes. Whose it is is not said: migrations make it for whoever runs
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.compare import composite_types, domains, enums, sequences
from alembic_guard.autogenerate.operations import quoted
from alembic_guard.autogenerate.type_changes import commented, spelled
from alembic_guard.autogenerate.typed_words import CALLED, QUERIES, making, object_words, privileges
from alembic_guard.runtime.comparing.facts import Fact, Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject

_MADE: dict[str, Callable[[Thing, Fact], str]] = {
    "enum": enums.creating,
    "domain": domains.creating,
    "composite type": composite_types.creating,
    "sequence": sequences.creating,
}
_GRANTED = {"materialized view": "TABLE", "view": "TABLE", "aggregate": "FUNCTION"}
_GRANTED |= {"enum": "TYPE", "domain": "TYPE", "sequence": "SEQUENCE"}
"""What GRANT calls a kind, where it is not the kind's own word."""


def adopted_words(subject: Subject, fact: Fact) -> list[str]:
    """The statements that make a thing of the database, whole.

    :param subject: the comparison that it comes from.
    """
    thing = fact.thing
    if subject.context.dialect is not None and subject.context.dialect.name != "postgresql":
        return [fact.definition]
    if thing.kind in _MADE:
        words = [_MADE[thing.kind](thing, fact), *_owner(fact), *commented(thing, fact)]
    elif thing.kind == "extension":
        words = list(_extension(subject, fact))
    else:
        words = [*making(subject, fact, model=False), *_indexes(subject, thing)]
    if thing.kind in _GRANTED or thing.kind in CALLED:
        words += privileges(subject.comparison, thing, _granted_words(fact))
    return words


def _granted_words(fact: Fact) -> str:
    kind = _GRANTED.get(fact.thing.kind)
    if kind is None or fact.thing.kind in CALLED | QUERIES:
        own = object_words(fact)
        return own if kind is None else f"{kind} {own[len(fact.thing.kind) + 1 :]}"
    return f"{kind} {spelled(fact.thing)}"


def _owner(fact: Fact) -> Iterator[str]:
    if fact.parts.get("owned by") is not None:
        yield sequences.owning(fact, None, fact.parts["owned by"]).sql


def _extension(subject: Subject, fact: Fact) -> Iterator[str]:
    """In its own schema, which is made with it where that is not the default one."""
    home = fact.notes["schema"]
    words = f"CREATE EXTENSION IF NOT EXISTS {quoted(fact.thing.name)}"
    if home in (subject.default, quoted(subject.default or "")):
        yield words
        return
    if home != "pg_catalog":
        yield f"CREATE SCHEMA IF NOT EXISTS {home}"
    yield f"{words} WITH SCHEMA {home}"


def _indexes(subject: Subject, view: Thing) -> Iterator[str]:
    if view.kind != "materialized view":
        return
    for thing, fact in sorted(subject.comparison.live.items()):
        if thing.kind == "index" and (thing.table, thing.schema) == (view.name, view.schema):
            yield from making(subject, fact, model=False)
