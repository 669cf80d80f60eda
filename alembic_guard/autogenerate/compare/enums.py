"""Enums: their values, in order, and the types themselves.

Values are added in place. One that goes where another comes, in the same place, is renamed; any
other that goes, and another order, takes a new type, to which the columns move over. Alembic has no
operation for a type: ``op.create_table`` makes one on the way, and fails where it is there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.enum_values import InPlace, followed, in_place, used
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.type_changes import (
    comment_change,
    commented,
    may_go,
    only_name,
    rebuilt,
    spelled,
    string,
    with_functions,
    with_users,
)
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference, Fact

_LAST = 1000
"""Rank behind the views, triggers and policies that leave, or before those that come again: columns
that they read can't move over to another type."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make types before what uses them, drop them after it, and change their values."""
    subject = subject_of(context)
    if subject is not None:
        followed(subject.comparison)
        only_name(subject, upgrade_ops, "enum")
        for difference in subject.comparison.of("enum"):
            if subject.filters.include(difference.thing):
                add(upgrade_ops, operations(subject, upgrade_ops, difference))
    return PriorityDispatchResult.CONTINUE


def operations(subject: Subject, upgrade_ops: UpgradeOps, difference: Difference) -> Iterator[Any]:
    """What makes one type as the models have it."""
    thing, live, model = difference.thing, difference.live, difference.model
    live, model = (fact and with_functions(subject, fact) for fact in (live, model))
    gone = f"DROP TYPE {spelled(thing)}"
    if live is None and model is not None:
        made = [creating(thing, model), *commented(thing, model)]
        yield at("types", BothWaysOp(made, [gone], f"adds {thing}", f"drops {thing}"))
    elif model is None and live is not None:
        if may_go(subject, upgrade_ops, difference):
            made = [creating(thing, live), *commented(thing, live)]
            yield at("left", BothWaysOp([gone], made, f"drops {thing}", f"adds {thing}"))
    elif live is not None and model is not None:
        if "labels" in difference.parts:
            yield _changed(subject, thing, live, model)
        if "comment" in difference.parts and model.parts["comment"] is not None:
            yield at("types", comment_change(thing, live, model))


def _changed(subject: Subject, thing: Thing, live: Fact, model: Fact) -> Any:
    old, new = live.parts["labels"] or [], model.parts["labels"] or []
    plan = in_place(old, new)
    if plan is not None:
        return at("leaving", _in_place(subject, thing, live, model, plan), _LAST)
    come = [value for value in new if value not in old]
    # While the models' defaults and constraints come before a value goes, one that is new has to
    # be there before them.
    late = bool(set(old) - set(new)) and not used(subject.comparison, thing, come)
    fact = with_users(model, _elsewhere(subject, live)) if late else live
    there = rebuilt(thing, creating(thing, model), fact.notes)
    back = rebuilt(thing, creating(thing, live), fact.notes)
    script = ScriptOp(_anew(thing, there, old, new), _anew(thing, back, new, old))
    return at("coming", script, -_LAST) if late else at("leaving", script, _LAST)


def _in_place(subject: Subject, thing: Thing, live: Fact, model: Fact, plan: InPlace) -> ScriptOp:
    name, come = spelled(thing), [value for value, _ in plan.added]
    own = used(subject.comparison, thing, come)
    add = "ADD VALUE IF NOT EXISTS" if own else "ADD VALUE"  # what was committed may be run again
    there = (
        *_renamed(name, plan.renamed),
        *(f"ALTER TYPE {name} {add} {string(value)}{place}" for value, place in plan.added),
    )
    back = _renamed(name, [(new, old) for old, new in plan.renamed])
    if come:
        back += rebuilt(thing, creating(thing, live), live.notes)
    return ScriptOp(
        Script(there, _says(thing, plan.renamed, come, "adds"), own, of=str(thing)),
        Script(
            back,
            _says(thing, [(new, old) for old, new in plan.renamed], come, "removes"),
            moves=bool(come),
            removes=tuple(come),
            of=str(thing),
        ),
    )


def _renamed(name: str, pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(
        f"ALTER TYPE {name} RENAME VALUE {string(old)} TO {string(new)}" for old, new in pairs
    )


def _anew(
    thing: Thing, statements: tuple[str, ...], old: Sequence[str], new: Sequence[str]
) -> Script:
    """One direction of what takes a new type."""
    gone = [value for value in old if value not in new]
    says = f"removes {_list(gone)} from {thing}" if gone else f"makes {thing} anew"
    kept = [value for value in old if value in new]
    reorders = kept != [value for value in new if value in old]
    return Script(
        statements, says, moves=True, removes=tuple(gone), reorders=reorders, of=str(thing)
    )


def _says(
    thing: Thing, renamed: Iterable[tuple[str, str]], values: Sequence[str], verb: str
) -> str:
    said = [f"renames value {string(old)} of {thing} to {string(new)}" for old, new in renamed]
    if values:
        said.append(f"{verb} {_list(values)} {'to' if verb == 'adds' else 'from'} {thing}")
    return ", ".join(said)


def _list(values: Sequence[str]) -> str:
    return f"value{'s' if len(values) > 1 else ''} {', '.join(map(string, values))}"


def _elsewhere(subject: Subject, live: Fact) -> Iterator[Any]:
    """The columns of tables that are not among the models."""
    for user in live.notes.get("users") or ():
        schema = "" if user["schema"] == subject.default else user["schema"]
        if Thing("table", user["table"], schema=schema) not in subject.comparison.model:
            yield user


def creating(thing: Thing, fact: Fact) -> str:
    """What makes an enum."""
    labels = ", ".join(string(label) for label in fact.parts["labels"] or ())
    return f"CREATE TYPE {spelled(thing)} AS ENUM ({labels})"
