"""Which views, functions, triggers, policies… go, come, are replaced, and are made again.

A view cannot stay while a column that it reads changes its type, nor a trigger while its function
is dropped: such things leave before and come back afterwards, whether they changed or not, and
whoever made them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import claims, leaves
from alembic_guard.autogenerate.replaceable import replaceable
from alembic_guard.autogenerate.typed_words import CALLED, QUERIES
from alembic_guard.runtime.comparing.comparison import Built
from alembic_guard.runtime.comparing.facts import Difference, Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject

PLANNED = CALLED | QUERIES | {"trigger", "rule", "policy", "row security", "event trigger"}
"""Kinds that are made by what people type; indexes of materialized views are with these."""

SOFT = frozenset({"comment", "column comments", "enabled", "forced"})
"""Parts that change in place."""

_CARRIERS = frozenset({"default", "check", "constraint", "index"})
"""What of a table may call a function, and is made by operations of others."""


@dataclass(frozen=True)
class Plan:
    """What becomes of each thing.

    :param leaving: what is dropped, in that order; :param coming: what is made, in that order.
    :param rebuilt: what does both; :param replaced: what is replaced in place.
    :param soft: what changes in parts that need neither.
    :param early: functions that tables need, of those that come; :param late: of those that leave.
    """

    leaving: tuple[Thing, ...]
    coming: tuple[Thing, ...]
    rebuilt: frozenset[Thing]
    replaced: frozenset[Thing]
    soft: tuple[Thing, ...]
    early: frozenset[Thing]
    late: frozenset[Thing]


def plan_of(subject: Subject, upgrade_ops: ops.UpgradeOps) -> Plan:
    """Decide, from the differences and from the operations of all others."""
    comparison = subject.comparison
    built = comparison.built
    tables, columns = _disturbed(subject, upgrade_ops)
    mine = [each for each in comparison.differences.values() if _ours(subject, each)]
    new = {each.thing for each in mine if each.live is None}
    gone = {each.thing for each in mine if each.model is None}
    gone |= set(_parts(subject, {*tables, *gone}))
    hard = [each for each in mine if each.parts - SOFT]
    replaced = {each.thing for each in hard if replaceable(subject, each)}
    rebuilt = {each.thing for each in hard} - replaced
    around = built.live.around({*tables, *columns, *gone, *rebuilt})
    rebuilt |= {
        each
        for each in around - gone
        if _is_planned(subject, each) and _returns(subject, each, {*gone, *tables, *columns})
    }
    replaced -= rebuilt
    late = {each for each in gone if each.kind in CALLED and _carries(built.live, each)}
    coming = new | rebuilt | replaced
    return Plan(
        leaving=_leaving(built, (gone - late) | rebuilt),
        coming=_coming(subject, coming),
        rebuilt=frozenset(rebuilt),
        replaced=frozenset(replaced),
        soft=tuple(sorted(each.thing for each in mine if each.thing not in coming | gone)),
        early=_early(built, coming),
        late=frozenset(late),
    )


def _parts(subject: Subject, gone: set[Thing]) -> Iterator[Thing]:
    """What is on tables and views that go."""
    for each in subject.comparison.live if gone else ():
        if not each.table or each.kind not in PLANNED | {"index"}:
            continue
        owners = {Thing(kind, each.table, schema=each.schema) for kind in (*QUERIES, "table")}
        if owners & gone and (each.kind in PLANNED or _is_planned(subject, each)):
            yield each


def _disturbed(subject: Subject, upgrade_ops: ops.UpgradeOps) -> tuple[set[Thing], set[Thing]]:
    """The tables that operations drop, and the columns that they drop or give another type."""
    tables, columns = set(), set()
    live = subject.comparison.live
    for _, operation in leaves(upgrade_ops):
        said = claims(operation, live, subject.sources, subject.default)
        if isinstance(operation, ops.DropTableOp):
            tables |= {thing for thing in said if thing.kind == "table"}
        elif isinstance(operation, ops.DropColumnOp) or (
            isinstance(operation, ops.AlterColumnOp)
            and (operation.modify_type is not None or getattr(operation, "words", ("",))[0])
        ):
            columns |= set(said)
        columns |= set(_retyped(subject, operation))
    return tables, columns | set(_generated(subject))


def _generated(subject: Subject) -> Iterator[Thing]:
    """The columns that are dropped and added because another expression makes them."""
    for difference in subject.comparison.of("column"):
        live, model = difference.live, difference.model
        if live is None or model is None or not subject.filters.include(difference.thing):
            continue
        if model.parts.get("generated") and difference.parts & {"generated", "stored"}:
            yield difference.thing


def _retyped(subject: Subject, operation: Any) -> Iterator[Thing]:
    """The columns of a type that is made anew, in one direction or the other."""
    if not getattr(operation, "moves", False):
        return
    name = operation.of.partition(" ")[2].replace('"', "")
    for thing, fact in subject.comparison.live.items():
        type_ = str(fact.parts.get("type")).removesuffix("[]").replace('"', "")
        if thing.kind == "column" and type_ == name:
            yield thing


def _is_planned(subject: Subject, thing: Thing) -> bool:
    if thing.kind == "index":
        return _view_of(thing) in subject.comparison.live
    return thing.kind in PLANNED and thing.kind not in ("row security", "event trigger")


def _view_of(thing: Thing) -> Thing:
    return Thing("materialized view", thing.table, schema=thing.schema)


def _ours(subject: Subject, difference: Difference) -> bool:
    """Whether a thing may be made or dropped for its own sake.

    Of tables that only the database has, Alembic says all; and nothing is dropped of a kind of
    which nothing is declared.
    """
    thing, comparison = difference.thing, subject.comparison
    if thing.kind == "index":
        if _view_of(thing) not in comparison.live and _view_of(thing) not in comparison.model:
            return False
    elif thing.kind not in PLANNED:
        return False
    owners = {Thing(kind, thing.table, schema=thing.schema) for kind in (*QUERIES, "table")}
    if thing.table and not any(owner in comparison.model for owner in owners):
        return False
    if difference.model is None and thing.kind != "index":
        declared = comparison.declares(thing.kind) or _name_is_taken(subject, thing)
        return declared and subject.filters.include(thing)
    return subject.filters.include(thing)


def _name_is_taken(subject: Subject, thing: Thing) -> bool:
    """Whether the models have something else that PostgreSQL would know by the same name."""
    others = QUERIES if thing.kind in QUERIES else CALLED if thing.kind in CALLED else frozenset()
    model = subject.comparison.model
    return any(Thing(kind, thing.name, schema=thing.schema) in model for kind in others)


def _returns(subject: Subject, thing: Thing, gone: set[Thing]) -> bool:
    """Whether a thing can be made again: of what nobody declares, if all of it is still there."""
    if wanted(subject, thing):
        return True
    dropped = {each for each in gone if each not in subject.comparison.model}
    return not subject.comparison.built.live.needs.get(thing, frozenset()) & dropped


def wanted(subject: Subject, thing: Thing) -> bool:
    """Whether the models say how a thing is made."""
    comparison = subject.comparison
    return thing in comparison.model and comparison.knows(thing) and subject.filters.include(thing)


def _leaving(built: Built, things: set[Thing]) -> tuple[Thing, ...]:
    order = built.live.ordered(things, lambda each: (built.order.get(each, 0), each))
    return tuple(reversed(order))


def _coming(subject: Subject, things: set[Thing]) -> tuple[Thing, ...]:
    comparison = subject.comparison
    places = {id(each): place for place, each in enumerate(comparison.compiled.statements)}

    def place(thing: Thing) -> tuple[int, Thing]:
        makers = comparison.built.makers.get(thing, ())
        return places.get(id(makers[0]), 0) if makers else -1, thing

    needs = {**comparison.built.live.needs, **comparison.built.model.needs}
    found = type(comparison.built.model)(needs).ordered(things, place)
    # what calls their functions is not known of those in scratch, and all else may set them off
    return tuple(sorted(found, key=lambda each: each.kind == "event trigger"))


def _early(built: Built, coming: set[Thing]) -> frozenset[Thing]:
    """The functions that a default, a constraint or an index calls, and what these are made of."""
    found = {each for each in coming if each.kind in CALLED and _carries(built.model, each)}
    waiting = list(found)
    while waiting:
        for each in built.model.needs.get(waiting.pop(), ()):
            if each in coming and each.kind in CALLED and each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found)


def _carries(side: Any, thing: Thing) -> bool:
    return any(each.kind in _CARRIERS for each in side.around({thing}))


def carriers(subject: Subject, rebuilt: frozenset[Thing]) -> list[Thing]:
    """What of tables calls a function that is made again, and is the same on both sides."""
    comparison = subject.comparison
    called = {each for each in rebuilt if each.kind in CALLED}
    found = []
    for each in sorted(comparison.built.live.around(called)):
        if each.kind in _CARRIERS and not _is_planned(subject, each):
            fact = as_fact(each)
            if comparison.same(fact) or _same_default(subject, each):
                found.append(each)
    return found


def as_fact(carrier: Thing) -> Thing:
    """What a carrier is called among the facts."""
    kind = {"default": "column", "constraint": "exclude"}.get(carrier.kind, carrier.kind)
    return Thing(kind, carrier.name, carrier.table, carrier.schema)


def _same_default(subject: Subject, carrier: Thing) -> bool:
    column = as_fact(carrier)
    difference = subject.comparison.differences.get(column)
    both = column in subject.comparison.live and column in subject.comparison.model
    return (
        carrier.kind == "default"
        and both
        and (difference is None or not difference.parts & {"default", "generated"})
    )
