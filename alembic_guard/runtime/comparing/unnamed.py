"""Finds what the models leave without a name among what the database has named itself.

A constraint without a name is the one with its definition, whatever that is called there, in the
same words or in such as mean the same. One that the database lacks gets the name that PostgreSQL
would give to it, so that a downgrade can drop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from alembic_guard.runtime.comparing.chosen_names import chosen_name, could_be_chosen
from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts, Thing, differing
from alembic_guard.runtime.comparing.model import UNNAMED

_CONSTRAINTS = frozenset({"primary key", "unique", "exclude", "check", "foreign key"})
"""Kinds that share the names of a table."""

RELATIONS = frozenset({"primary key", "unique", "exclude", "index", "table", "sequence"})
RELATIONS |= {"view", "materialized view"}
"""Kinds that share the names of a schema."""

Alike = Callable[[Sequence[Difference]], Iterable[Thing]]
"""Which of some differences are differences of words only, by their thing."""

_MOST = 100
"""Pairs of one kind and table that are worth asking about."""

_WORDED = ("check", "exclude", "index")
"""Kinds that the server may describe in several ways."""


def named_alike(
    live: Facts, model: Facts, alike: Alike
) -> tuple[dict[Thing, Fact], dict[Thing, Thing]]:
    """The models' facts with names for everything.

    What has another name on each side and means the same is in the same words afterwards, so that
    a rename is seen as such.

    :returns: the facts, and for each new name the token that it had.
    """
    pairing = _Pairing(live, model)
    pairing.pair(_equal)
    same = _asked(pairing, alike)
    pairing.pair(lambda ours, theirs: (ours.thing, theirs.thing) in same)
    pairing.pair(lambda ours, _: ours.thing.kind == "primary key")
    pairing.pair(lambda ours, theirs: could_be_chosen(theirs.thing.name, ours))
    pairing.choose()
    for theirs, ours in same:
        name = ours if pairing.tokens.get(ours) == theirs else theirs
        if name in pairing.named:
            pairing.named[name] = _in_words_of(pairing.named[name], live[ours])
    return pairing.named, pairing.tokens


@dataclass
class _Pairing:
    """What is without a name still, and what the database has that the models do not name.

    :param tokens: what was without a name, by the name that it has now.
    """

    live: Facts
    model: Facts
    named: dict[Thing, Fact] = field(default_factory=dict)
    tokens: dict[Thing, Thing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.named = {
            thing: fact for thing, fact in self.model.items() if not _is_token(thing.name)
        }
        self.left = sorted(
            (fact for fact in self.model.values() if _is_token(fact.thing.name)),
            key=lambda each: int(each.thing.name.removeprefix(UNNAMED)),
        )
        self.free: dict[tuple[str, Thing], list[Thing]] = {}
        for thing in sorted(self.live, key=lambda each: (len(each.name), each)):
            if thing.table and thing not in self.named and not self._given_away(thing):
                self.free.setdefault(_group(thing), []).append(thing)

    def _given_away(self, thing: Thing) -> bool:
        """Whether the models give its name to something beside which it cannot keep it."""
        if thing.kind in RELATIONS and (thing.schema, thing.name) in self._relations:
            return True
        return thing.kind != "index" and (thing.owner, thing.name) in self._constraints

    @cached_property
    def _relations(self) -> set[tuple[str, str]]:
        return {(each.schema, each.name) for each in self.named if each.kind in RELATIONS}

    @cached_property
    def _constraints(self) -> set[tuple[Thing, str]]:
        return {(each.owner, each.name) for each in self.named if each.kind in _CONSTRAINTS}

    def pair(self, fit: Callable[[Fact, Fact], bool]) -> None:
        """Give the names of the database to what fits; in the order of both sides."""
        left, self.left = self.left, []
        for fact in left:
            free = self.free.get(_group(fact.thing), [])
            for thing in free:
                if fit(fact, self.live[thing]):
                    free.remove(thing)
                    self._call(fact, thing)
                    break
            else:
                self.left.append(fact)

    def choose(self) -> None:
        """Name the rest as PostgreSQL would."""
        left, self.left = self.left, []
        taken: dict[str, set[str]] = {}
        for each in {*self.live, *self.named} if left else ():
            if each.kind != "column":
                taken.setdefault(each.schema, set()).add(each.name)
        for fact in left:
            names = taken.setdefault(fact.thing.schema, set())
            thing = replace(fact.thing, name=chosen_name(fact, names))
            names.add(thing.name)
            self._call(fact, thing)

    def unpaired(self) -> Iterator[tuple[list[Thing], list[Thing]]]:
        """By kind and table, what only the models have, and what only the database has."""
        mine: dict[tuple[str, Thing], list[Thing]] = {}
        for fact in (*self.left, *self.named.values()):
            if fact.thing.kind in _WORDED and fact.thing not in self.live:
                mine.setdefault(_group(fact.thing), []).append(fact.thing)
        for group, things in mine.items():
            if self.free.get(group):
                yield things, self.free[group]

    def _call(self, fact: Fact, thing: Thing) -> None:
        self.named[thing] = replace(fact, thing=thing)
        self.tokens[thing] = fact.thing


def _asked(pairing: _Pairing, alike: Alike) -> set[tuple[Thing, Thing]]:
    """Pairs of a thing of the models and one of the database that mean the same."""
    asked: list[tuple[Thing, Thing]] = []
    for things, free in pairing.unpaired():
        if len(things) * len(free) <= _MOST:
            asked += [(theirs, ours) for theirs in things for ours in free]
    differences = [
        Difference(
            Thing(theirs.kind, str(number), theirs.table, theirs.schema),
            pairing.live[ours],
            pairing.model[theirs],
        )
        for number, (theirs, ours) in enumerate(asked)
    ]
    return {asked[int(thing.name)] for thing in alike(differences)} if asked else set()


def _equal(one: Fact, other: Fact) -> bool:
    return not set(differing(one, other))


def _in_words_of(fact: Fact, other: Fact) -> Fact:
    return replace(fact, parts={**fact.parts, "definition": other.parts["definition"]})


def _group(thing: Thing) -> tuple[str, Thing]:
    return thing.kind, thing.owner


def _is_token(name: str) -> bool:
    return name.startswith(UNNAMED)
