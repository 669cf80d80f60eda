"""Generated columns, by their expression.

Alembic warns that they can't be modified. PostgreSQL 17 has SET EXPRESSION; before, and where what
the expression reads changes too, the column is made anew: its rows are computed again, and what is
built on it is made again with it. One that is generated no more keeps its values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.column_changes import ALL, ColumnChange, change_of, left_to_server
from alembic_guard.autogenerate.column_words import (
    altering,
    commented,
    dropped,
    live_column,
    model_column,
    type_words,
)
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.remaking import around, built_on, made_again
from alembic_guard.autogenerate.scripts import Script, ScriptOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Thing

_SET_EXPRESSION = {"s": (17,), "v": (18,)}
"""Since when it can be changed in place (PostgreSQL release notes)."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Change expressions, and make columns generated or plain."""
    subject = subject_of(context)
    for thing in () if subject is None else _generated(subject):
        assert subject is not None
        change = change_of(context, subject, thing)
        if change is not None and not left_to_server(change.column):
            add(upgrade_ops, operations(change))
    return PriorityDispatchResult.CONTINUE


def _generated(subject: Subject) -> list[Thing]:
    """The columns that are generated on one of the sides, and what differs or is moved."""
    live, model = subject.comparison.live, subject.comparison.model
    generated = (
        thing
        for thing, fact in model.items()
        if thing.kind == "column"
        and thing in live
        and (live[thing].parts["generated"] or fact.parts["generated"])
    )
    return [
        thing
        for thing in sorted(generated)
        if subject.filters.include(thing)
        and (thing in subject.comparison.differences or _moved(subject, thing))
    ]


def operations(change: ColumnChange) -> Iterator[Any]:
    """In place where PostgreSQL can, else the column goes before the rest, and comes after it."""
    live, model, subject = change.live, change.model, change.subject
    before, after = live.parts["generated"], model.parts["generated"]
    differs = {"generated", "stored"} & change.parts
    if before and not after:
        change.work.remade.add(change.thing)
        yield _plain(change)
    elif after and not before:
        change.settle(*ALL)
        change.work.remade.add(change.thing)
        yield _replaced(change)
        yield from _around(change)
    elif _moved(subject, change.thing) or (differs and not _in_place(change)) or _casts(change):
        change.settle(*ALL)
        change.work.remade.add(change.thing)
        yield from _remade(change)
        yield from _around(change)
    elif differs:
        set_ = f"{change.alter} SET EXPRESSION AS"
        says = f"changes the expression of {change.shown}"
        yield at("setting", SqlOp(f"{set_} ({after})", f"{set_} ({before})", says, f"{says} back"))


def _around(change: ColumnChange) -> Iterator[Any]:
    things = {fact.thing for fact in built_on(change.subject, change.thing)}
    yield from around(change.subject, things - change.work.around)
    change.work.around |= things


def _moved(subject: Subject, thing: Thing) -> bool:
    """Whether a column that the expression reads comes, goes or changes its type."""
    comparison = subject.comparison
    for side in (comparison.live, comparison.model):
        for name in side[thing].notes["uses"] or ():
            other = comparison.differences.get(replace(thing, name=name))
            if other is not None and (not other.parts or {"type", "collation"} & other.parts):
                return True
    return False


def _in_place(change: ColumnChange) -> bool:
    stored = change.live.parts["stored"]
    dialect: Any = change.subject.context.dialect
    same = stored == change.model.parts["stored"] and not {"type", "collation"} & change.parts
    return same and dialect.server_version_info >= _SET_EXPRESSION[stored]


def _casts(change: ColumnChange) -> bool:
    """Whether the type changes in a way for which USING would be needed, which is refused here."""
    return bool(change.live.notes.get("using") or change.model.notes.get("using"))


def _remade(change: ColumnChange) -> Iterator[Any]:
    live, model, thing = change.live, change.model, change.thing
    says = f"makes generated column {change.shown} anew"
    gone = Script((dropped(thing),), says)
    come = Script(model_column(change.subject, model), says)
    yield at("unsetting", ScriptOp(gone, Script(live_column(live), says)))
    yield at("setting", ScriptOp(come, gone))


def _replaced(change: ColumnChange) -> Any:
    """The values of a plain column give way to what is computed; on the way back those stay."""
    up = (dropped(change.thing), *model_column(change.subject, change.model))
    says = f"drops column {change.shown}, and makes it a generated one"
    back = Script(tuple(_as_plain(change)), f"makes {change.shown} a plain column")
    return at("setting", ScriptOp(Script(up, says), back))


def _as_plain(change: ColumnChange) -> Iterator[str]:
    live, model = change.live, change.model
    yield f"{change.alter} DROP EXPRESSION"
    if type_words(live) != type_words(model):
        using = live.notes.get("using", "").replace("{c}", quoted(change.thing.name))
        yield f"{change.alter} TYPE {type_words(live)}" + (f" USING {using}" if using else "")
    if live.parts["default"] is not None:
        yield f"{change.alter} SET DEFAULT {live.parts['default']}"
    if live.parts["not null"] != model.parts["not null"]:
        yield f"{change.alter} {'SET' if live.parts['not null'] else 'DROP'} NOT NULL"
    if live.parts["comment"] != model.parts["comment"]:
        yield from commented(live)


def _plain(change: ColumnChange) -> Any:
    live, thing = change.live, change.thing
    says = f"makes generated column {change.shown} a plain one"
    again = tuple(made_again(fact) for fact in built_on(change.subject, thing))
    back = Script((dropped(thing), *live_column(live), *again), f"generates {change.shown} again")
    return at("unsetting", ScriptOp(Script(_keeping(change), says), back))


def _keeping(change: ColumnChange) -> tuple[str, ...]:
    """PostgreSQL 12 and virtual columns know no DROP EXPRESSION: the values are computed once more,
    and written.
    """
    live, name = change.live, quoted(change.thing.name)
    dialect: Any = change.subject.context.dialect
    if live.parts["stored"] == "s" and dialect.server_version_info >= (13,):
        return (f"{change.alter} DROP EXPRESSION",)
    table = altering(change.thing).removeprefix("ALTER TABLE ")
    return (
        dropped(change.thing),
        f"ALTER TABLE {table} ADD COLUMN {name} {type_words(live)}",
        f"UPDATE {table} SET {name} = {live.parts['generated']}",
        *([f"{change.alter} SET NOT NULL"] if live.parts["not null"] else []),
        *commented(live),
    )
