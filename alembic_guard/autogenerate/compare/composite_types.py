"""Composite types: their attributes, in order.

Attributes come and go at the end, and one is renamed in its place; any other change takes a new
type, to which the columns move over, attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.operations import quoted
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.type_changes import (
    comment_change,
    commented,
    may_go,
    rebuilt,
    spelled,
)

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing

Attributes = Sequence[Sequence[str]]
"""Name and type of each."""

_LAST = 1000
"""Rank behind the views that leave: columns that they read can't move over."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make types before what uses them, drop them after it, and change their attributes."""
    subject = subject_of(context)
    if subject is not None:
        for difference in subject.comparison.of("composite type"):
            if subject.filters.include(difference.thing):
                add(upgrade_ops, operations(subject, upgrade_ops, difference))
    return PriorityDispatchResult.CONTINUE


def operations(subject: Subject, upgrade_ops: UpgradeOps, difference: Difference) -> Iterator[Any]:
    """What makes one type as the models have it."""
    thing, live, model = difference.thing, difference.live, difference.model
    gone, says = f"DROP TYPE {spelled(thing)}", (f"adds {thing}", f"drops {thing}")
    if live is None and model is not None:
        made = [creating(thing, model), *commented(thing, model)]
        yield at("types", BothWaysOp(made, [gone], *says))
    elif model is None and live is not None:
        if may_go(subject, upgrade_ops, difference):
            made = [creating(thing, live), *commented(thing, live)]
            yield at("left", BothWaysOp(made, [gone], *says).reverse())
    elif live is not None and model is not None:
        if "attributes" in difference.parts:
            yield _changed(thing, live, model)
        if "comment" in difference.parts and model.parts["comment"] is not None:
            yield at("types", comment_change(thing, live, model))


def _changed(thing: Thing, live: Fact, model: Fact) -> Any:
    old, new = live.parts["attributes"] or [], model.parts["attributes"] or []
    used, says = bool(live.notes.get("users")), f"changes {thing}"
    there, back = _in_place(thing, old, new, used), _in_place(thing, new, old, used)
    up, down = Script((), says, of=str(thing)), Script((), says, of=str(thing))
    if used or live.notes.get("others"):
        up = replace(up, loses=_lost(old, new))
    if there is not None and back is not None:
        return at("types", ScriptOp(replace(up, statements=there), replace(down, statements=back)))
    there = rebuilt(thing, creating(thing, model), live.notes, _cast(old, new))
    back = rebuilt(thing, creating(thing, live), live.notes, _cast(new, old))
    up, down = (
        replace(script, statements=each, moves=True) for script, each in ((up, there), (down, back))
    )
    return at("leaving", ScriptOp(up, down), _LAST)


def _lost(old: Attributes, new: Attributes) -> tuple[str, ...]:
    """The attributes that go; one that is renamed in its place stays."""
    if _renamed(old, new) is not None:
        return ()
    names = {name for name, _ in new}
    return tuple(name for name, _ in old if name not in names)


def _renamed(old: Attributes, new: Attributes) -> tuple[str, str] | None:
    """The old name and the new one, where a single attribute has another one and nothing else."""
    other = [(one, two) for one, two in zip(old, new, strict=False) if one != two]
    if len(old) == len(new) and len(other) == 1 and other[0][0][1] == other[0][1][1]:
        return other[0][0][0], other[0][1][0]
    return None


def _in_place(thing: Thing, old: Attributes, new: Attributes, used: bool) -> tuple[str, ...] | None:
    """What changes the type in place, None where that can't be."""
    name = f"ALTER TYPE {spelled(thing)}"
    other = [(one, two) for one, two in zip(old, new, strict=False) if one != two]
    names = {each for each, _ in old}
    renamed = _renamed(old, new)
    if renamed is not None:
        before, after = renamed
        return (f"{name} RENAME ATTRIBUTE {quoted(before)} TO {quoted(after)}",)
    if any(one[0] != two[0] for one, two in other) or (used and other):
        return None
    changed = [f"{name} ALTER ATTRIBUTE {quoted(two[0])} TYPE {two[1]}" for _, two in other]
    gone = [f"{name} DROP ATTRIBUTE {quoted(each)}" for each, _ in old[len(new) :]]
    come = [
        f"{name} ADD ATTRIBUTE {quoted(each)} {type_}"
        for each, type_ in new[len(old) :]
        if each not in names
    ]
    return (*changed, *gone, *come)


def _cast(old: Attributes, new: Attributes) -> str:
    """A value of the new type, from one of the old."""
    names = {name for name, _ in old}
    values = (
        f"({{column}}).{quoted(name)}::{type_}".replace("{column}", "\0")
        if name in names
        else "NULL"
        for name, type_ in new
    )
    row = ", ".join(values).replace("{", "{{").replace("}", "}}").replace("\0", "{column}")
    return f"CASE WHEN {{column}} IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW({row})::{{type}} END"


def creating(thing: Thing, fact: Fact) -> str:
    """What makes a composite type."""
    attributes = ", ".join(
        f"{quoted(name)} {type_}" for name, type_ in fact.parts["attributes"] or ()
    )
    return f"CREATE TYPE {spelled(thing)} AS ({attributes})"
