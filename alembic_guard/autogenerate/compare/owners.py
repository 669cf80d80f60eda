"""Owners, with the setting ``compare_owners``: of those things of which the models say one.

What is dropped and made again around a change belongs to whoever runs the migration, and is given
back in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.operations import quoted
from alembic_guard.autogenerate.type_changes import spelled
from alembic_guard.autogenerate.typed_plan import plan_of
from alembic_guard.autogenerate.typed_words import CALLED, object_words
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Fact

_LAST = 10**6 + 1
"""Behind privileges, which whoever owned a thing gives; they move with it."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Give things to the owners that the models say."""
    subject = subject_of(context)
    said = [] if subject is None else [t for t in subject.comparison.model if t.kind == "owner"]
    if subject is not None and said:
        again = _made_again(subject, upgrade_ops)
        for each in sorted(said):
            thing = _owned(subject.comparison.model[each])
            if subject.comparison.knows(each) and subject.filters.include(thing):
                add(upgrade_ops, _given(subject, each, thing, again=str(thing) in again))
    return PriorityDispatchResult.CONTINUE


def _owned(fact: Fact) -> Thing:
    return Thing(fact.notes["kind"], fact.notes["name"], schema=fact.thing.schema)


def _made_again(subject: Subject, upgrade_ops: UpgradeOps) -> set[str]:
    """What is dropped and made, in one direction or the other."""
    types = {each.of for _, each in leaves(upgrade_ops) if getattr(each, "moves", False)}
    return types | {str(each) for each in plan_of(subject, upgrade_ops).rebuilt}


def _given(subject: Subject, owner: Thing, thing: Thing, *, again: bool) -> Iterator[Any]:
    live, model = subject.comparison.live.get(owner), subject.comparison.model[owner]
    name, says = _words(subject, thing), f"changes the owner of {thing}"
    there = f"ALTER {name} OWNER TO {quoted(model.parts['owner'])}"
    if live is None:
        if _comes(subject, thing):
            yield at("coming", BothWaysOp([there], [], says), _rank(thing))
        return
    back = f"ALTER {name} OWNER TO {quoted(live.parts['owner'])}"
    if again:  # the last thing in either direction
        yield at("schemas", BothWaysOp([], [back], "", says), -1)
        yield at("coming", BothWaysOp([there], [], says), _rank(thing))
    elif owner in subject.comparison.differences:
        yield at("coming", BothWaysOp([there], [back], says, f"{says} back"), _rank(thing))


def _comes(subject: Subject, thing: Thing) -> bool:
    """Whether a thing that the database lacks is made; a partition is one of its parent."""
    model = subject.comparison.model
    return thing in model or any(
        (each.kind, each.name, each.schema) == ("partition", thing.name, thing.schema)
        for each in model
    )


def _rank(thing: Thing) -> int:
    """Schemas first: the owner of what is in one needs to have a right to it."""
    return _LAST + (thing.kind != "schema")


def _words(subject: Subject, thing: Thing) -> str:
    """What ALTER calls a thing."""
    if thing.kind in CALLED:
        comparison = subject.comparison
        return object_words(comparison.model.get(thing) or comparison.live[thing])
    word = {"enum": "type", "composite type": "type"}.get(thing.kind, thing.kind)
    return f"{word.upper()} {spelled(thing)}"
