"""The live side of a comparison: what stands in the database, and what is built on what there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.dependencies import read_dependencies
from alembic_guard.runtime.comparing.postgresql.grants import read_grants
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace
from alembic_guard.runtime.comparing.postgresql.reading import read

if TYPE_CHECKING:
    from sqlalchemy import Connection

BUILT = ("views", "functions", "triggers", "rules", "policies")
"""Kinds that are made again around what they are built on, whoever made them."""


@dataclass(frozen=True)
class Standing:
    """What a database has.

    :param facts: of the compared schemas; :param grants: privileges in them.
    :param own: privileges of the owners.
    :param order: the things as they came; :param outside: what is built on them in other schemas.
    """

    facts: dict[Thing, Fact]
    grants: Mapping[Thing, Fact] = field(default_factory=dict)
    own: Mapping[Thing, Fact] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)
    order: Mapping[Thing, int] = field(default_factory=dict)
    outside: Mapping[Thing, Fact] = field(default_factory=dict)


def read_standing(connection: Connection, default: str, schemas: Iterable[str]) -> Standing:
    """The facts of the live schemas, shown as whoever works in the default schema sees them."""
    names = {**{each: each for each in schemas}, default: ""}
    savepoint = connection.begin_nested()
    try:
        Namespace(connection, default, {"": default}).look()
        facts = read(connection, names)
        grants, own = read_grants(connection, names)
        dependencies, origins = read_dependencies(connection, names, everywhere=True)
        users = dependencies.around(facts)
        other = sorted({each.schema for each in users if each not in facts} - {"", *schemas})
        outside = read(connection, {each: each for each in other}, BUILT) if other else {}
    finally:
        savepoint.rollback()
    return Standing(facts, grants, own, dependencies, origins.order, outside)


def granted(
    standing: Standing, model: Mapping[Thing, Fact], objects: set[tuple[str, str]]
) -> dict[Thing, Fact]:
    """Live privileges on what the models grant or revoke, but for those that came by default.

    :param objects: those, with their schemas.
    """
    return {
        thing: fact
        for thing, fact in (*standing.own.items(), *standing.grants.items())
        if (thing.schema, fact.notes["object"]) in objects
        and (thing in model or not (fact.notes["own"] or fact.notes["by default"]))
    }
