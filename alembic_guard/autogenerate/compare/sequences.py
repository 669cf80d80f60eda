"""Sequences that stand alone: their options, and the column that owns them.

Alembic compares none; ``op.create_table`` does not make the one that a column draws from. Those of
serial and identity columns belong to their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.operations import SqlOp
from alembic_guard.autogenerate.type_changes import column_goes, comment_change, commented, spelled
from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing, differing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

_OPTIONS = {"type": "AS", "increment": "INCREMENT BY", "minvalue": "MINVALUE"}
_OPTIONS |= {"maxvalue": "MAXVALUE", "start": "START WITH", "cache": "CACHE"}
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make, change and drop sequences."""
    subject = subject_of(context)
    if subject is not None:
        for difference in subject.comparison.of("sequence"):
            if subject.filters.include(difference.thing):
                add(upgrade_ops, operations(subject, upgrade_ops, difference))
    return PriorityDispatchResult.CONTINUE


def operations(subject: Subject, upgrade_ops: UpgradeOps, difference: Difference) -> Iterator[Any]:
    """What makes one sequence as the models have it."""
    thing, model = difference.thing, difference.model
    serial = replace(thing, kind="serial sequence")
    live = difference.live or subject.comparison.live.get(serial)
    if model is None and live is not None:
        if serial not in subject.comparison.model and _may_go(subject, upgrade_ops, live):
            if live.parts["owned by"] is not None:
                yield at("loosening", owning(live, live.parts["owned by"], None))
            yield at("left", _whole(live).reverse())
    elif live is None and model is not None:
        yield at("sequences", _whole(model))
        if model.parts["owned by"] is not None:
            yield at("tightening", owning(model, None, model.parts["owned by"]))
    elif live is not None and model is not None:
        yield from _changed(replace(live, thing=thing), model)


def _changed(live: Fact, model: Fact) -> Iterator[Any]:
    thing, parts = model.thing, set(differing(live, model))
    name, says = f"ALTER SEQUENCE {spelled(thing)}", f"changes {thing}"
    if parts & {*_OPTIONS, "cycle"}:
        new, old = (" ".join(_words(fact.parts, parts)) for fact in (model, live))
        yield at("sequences", SqlOp(f"{name} {new}", f"{name} {old}", says, says))
    if "owned by" in parts:
        owner = model.parts["owned by"]
        operation = owning(model, live.parts["owned by"], owner)
        yield at("tightening" if owner else "loosening", operation)
    if "comment" in parts and model.parts["comment"] is not None:
        yield at("sequences", comment_change(thing, live, model))


def _may_go(subject: Subject, upgrade_ops: UpgradeOps, live: Fact) -> bool:
    """Whether nothing draws from it afterwards, and the models have sequences at all."""
    users = live.notes.get("users") or ()
    going = (
        column_goes(subject, upgrade_ops, schema, table, column, "default")
        for schema, table, column in users
    )
    return subject.comparison.declares("sequence") and all(going)


def _whole(fact: Fact) -> BothWaysOp:
    thing = fact.thing
    made = [creating(thing, fact), *commented(thing, fact)]
    gone = f"DROP SEQUENCE {spelled(thing)}"
    return BothWaysOp(made, [gone], f"adds {thing}", f"drops {thing}")


def creating(thing: Thing, fact: Fact) -> str:
    """What makes a sequence that no column owns yet."""
    natural = _natural(fact.parts)
    said = {word for word, value in natural.items() if fact.parts[word] != value}
    return " ".join([f"CREATE SEQUENCE {spelled(thing)}", *_words(fact.parts, said)])


def _natural(parts: Mapping[str, Any]) -> dict[str, Any]:
    """What PostgreSQL takes where nothing is said (manual, CREATE SEQUENCE)."""
    highest = 2 ** _BITS[parts["type"]] - 1
    up = parts["increment"] > 0
    low, high = (1, highest) if up else (-highest - 1, -1)
    start = parts["minvalue"] if up else parts["maxvalue"]
    natural = {"type": "bigint", "increment": 1, "minvalue": low, "maxvalue": high}
    return {**natural, "start": start, "cache": 1, "cycle": False}


def _words(parts: Mapping[str, Any], said: set[str]) -> Iterator[str]:
    for word, clause in _OPTIONS.items():
        if word in said:
            yield f"{clause} {parts[word]}"
    if "cycle" in said:
        yield "CYCLE" if parts["cycle"] else "NO CYCLE"


def owning(fact: Fact, old: str | None, new: str | None) -> SqlOp:
    """What gives a sequence to a column, or to none."""
    name, thing = f"ALTER SEQUENCE {spelled(fact.thing)} OWNED BY", fact.thing
    there, back = f"{name} {new or 'NONE'}", f"{name} {old or 'NONE'}"
    return SqlOp(there, back, f"gives {thing} to {new or 'no column'}", f"gives {thing} back")
