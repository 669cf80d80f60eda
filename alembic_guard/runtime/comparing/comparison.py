"""What came of comparing the models of a project with one database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts, Thing
from alembic_guard.runtime.comparing.model import Model, Statement

TYPED = frozenset({"view", "materialized view", "function", "procedure", "aggregate", "trigger"})
TYPED |= {"event trigger", "rule", "policy", "domain", "enum", "composite type", "sequence"}
TYPED |= {"extension", "grant", "schema", "row security"}
"""Kinds that people make by statements of their own: one that failed leaves them unknown, and what
nobody declares of them is unmanaged."""


class NotCompared(Exception):
    """A database could not be compared at all.

    :param reason: why, as a clause; :param ways: commands that would help.
    """

    def __init__(self, reason: str, *ways: str) -> None:
        super().__init__(reason)
        self.reason, self.ways = reason, ways


@dataclass(frozen=True)
class Unknown:
    """What is neither absent nor equal, because the models' side of it could not be made.

    :param source: what the models call it; :param reason: what the server said, as a clause.
    :param thing: the thing, where it is known which; a table stands for all of its parts.
    :param kinds: the kinds of which anything may be missing, where it is not.
    """

    source: str
    reason: str
    thing: Thing | None = None
    kinds: frozenset[str] = frozenset()

    def covers(self, thing: Thing) -> bool:
        """Whether nothing may be said of a thing."""
        if self.thing is not None:
            return self.thing in (thing, thing.owner if thing.table else thing)
        return thing.kind in self.kinds


@dataclass(frozen=True)
class Unsafe:
    """A declared statement that is not run.

    :param where: what declares it; :param reason: why it is not run, as a clause.
    """

    where: str
    statement: str
    reason: str


@dataclass(frozen=True)
class Uncompared:
    """What Alembic alone has compared in one database, if anything.

    :param url: of the database, without its password.
    :param unknown: the things that could not be compared.
    :param reason: why nothing was, as a clause; :param ways: commands that would help.
    :param unsafe: what is declared, and was not run.
    :param by_text: whether all that is not unknown was compared by its text, for this reason.
    """

    url: str
    unknown: tuple[Unknown, ...] = ()
    reason: str | None = None
    ways: tuple[str, ...] = ()
    unsafe: tuple[Unsafe, ...] = ()
    by_text: bool = False


@dataclass(frozen=True)
class Unmanaged:
    """What a database has and nobody declares, of kinds of which nothing is dropped therefore.

    :param url: of the database, without its password; :param things: in a stable order.
    """

    url: str
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class Reordered:
    """Tables whose columns are in another order than in the models.

    :param url: of the database, without its password; :param tables: in a stable order.
    """

    url: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class NotAdopted:
    """What ``guard-revision --adopt`` does not write down.

    :param what: the thing, or the file for it; :param reason: why, as a clause.
    """

    what: str
    reason: str


@dataclass(frozen=True)
class Built:
    """Who made what on the models' side, and what is built on what on either.

    :param makers: the statements that made a thing, of those that were typed or make a view.
    :param model: what is built on what there; :param live: the same of the database.
    :param order: the things of the database as they came.
    :param outside: what is built on compared things in schemas that are not compared.
    :param grants: the privileges of others than owners in the database.
    :param revoked: those that the models take, of what comes by default.
    """

    makers: Mapping[Thing, tuple[Statement, ...]] = field(default_factory=dict)
    model: Dependencies = field(default_factory=Dependencies)
    live: Dependencies = field(default_factory=Dependencies)
    order: Mapping[Thing, int] = field(default_factory=dict)
    outside: Facts = field(default_factory=dict)
    grants: Facts = field(default_factory=dict)
    revoked: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Both sides, in what they differ, and what is not known.

    :param differences: without what is unknown; in a stable order.
    :param compiled: the models' statements, to tell where a thing comes from.
    """

    live: Facts
    model: Facts
    differences: Mapping[Thing, Difference]
    compiled: Model
    unknown: tuple[Unknown, ...] = ()
    names: Mapping[Thing, Thing] = field(default_factory=dict)
    """Of things that the models leave unnamed: what they were called when they were made."""
    built: Built = field(default_factory=Built)
    settled: frozenset[Thing] = frozenset()
    """Tables that the database has to the last word, with all that belongs to them."""
    by_text: NotCompared | None = None
    """Why nothing could be made of the models, where their text was compared instead."""

    def knows(self, thing: Thing) -> bool:
        """Whether the two sides of a thing could be compared."""
        return not any(each.covers(thing) for each in self.unknown)

    def declares(self, kind: str) -> bool:
        """Whether the models have anything of a kind."""
        return any(thing.kind == kind for thing in self.model)

    def of(self, *kinds: str) -> Iterable[Difference]:
        """The differences of some kinds."""
        return [each for each in self.differences.values() if each.thing.kind in kinds]

    def same(self, thing: Thing) -> bool:
        """Whether both sides have a thing, and alike."""
        return (
            self.knows(thing)
            and thing in self.live
            and thing in self.model
            and thing not in self.differences
        )


def settled_tables(
    both: Collection[Thing], found: Collection[Thing], unknown: Iterable[Unknown]
) -> frozenset[Thing]:
    """Of the things of both sides, the tables of which nothing differs or is unknown."""
    open_ = {*found}
    for each in unknown:
        if each.thing is None:
            return frozenset()
        open_.add(each.thing)
    open_ |= {thing.owner for thing in open_ if thing.table}
    return frozenset(thing for thing in both if thing.kind == "table" and thing not in open_)
