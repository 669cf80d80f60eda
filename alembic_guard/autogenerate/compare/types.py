"""Types of columns with all of their arguments, collations, arrays, domains and enums.

Alembic compares names and some arguments, and writes no USING: a migration from text to integer
fails. Here the server says how values get from one type to the other, in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.change_column import Using, unchecked
from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns
from alembic_guard.autogenerate.column_words import faithful, type_words
from alembic_guard.autogenerate.complement import at
from alembic_guard.autogenerate.defaults import dropping, setting
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.remaking import around, built_on
from alembic_guard.runtime.comparing.facts import Fact

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Change types in place."""
    if context.opts.get("compare_type", True) is False:
        from alembic.util import PriorityDispatchResult as Result

        return Result.CONTINUE
    return compare_columns(context, upgrade_ops, {"type", "collation"}, operations, "types")


def operations(change: ColumnChange) -> Iterator[Any]:
    """Out of the way with a default that could not follow, then the type, then the default."""
    if change.live.notes["inherited"]:  # the parent's change is this one's too
        return
    using = Using(_using(change, change.model), _using(change, change.live))
    casts = bool(using.up or using.down) and not change.live.parts["generated"]
    alone = casts and not change.settled("default")
    if casts:
        yield from _keys(change)
    if alone:
        yield from dropping(change)
    yield from _typed(change, using, alone=alone)
    if alone:
        change.settle("default")
        yield from setting(change)
    yield from _sequence(change)


def _keys(change: ColumnChange) -> Iterator[Any]:
    """A foreign key can't stay while its columns are of types that do not compare."""
    found = {fact.thing for fact in built_on(change.subject, change.thing)}
    keys = {thing for thing in found if thing.kind == "foreign key"}
    yield from around(change.subject, keys - change.work.around)
    change.work.around |= keys


def _using(change: ColumnChange, side: Fact) -> str:
    way: str = side.notes.get("using", "")
    return way.replace("{c}", quoted(change.thing.name))


def _typed(change: ColumnChange, using: Using, *, alone: bool) -> Iterator[Any]:
    live, model = type_words(change.live), type_words(change.model)
    dialect = change.subject.context.dialect
    statements = (_statement(change, model, using.up), _statement(change, live, using.down))
    said = unchecked(change.column.type)
    # Alembic hands USING to the driver as it is
    if said is None or "%" in using.up + using.down:
        says = f"changes the type of column {change.shown}"
        yield at("tables", SqlOp(*statements, says, f"{says} back"))
        return
    if change.pair is not None and faithful(change.pair.live.type, change.live, dialect):
        operation, new = change.altered()
    else:
        operation = change.operation()
        new = [at("tables", operation)]
        operation.words = statements
    if alone:
        operation.existing_server_default = None
    operation.modify_type = said
    operation.go(using)
    yield from new


def _statement(change: ColumnChange, type_: str, using: str) -> str:
    return f"{change.alter} TYPE {type_}" + (f" USING {using}" if using else "")


def _sequence(change: ColumnChange) -> Iterator[Any]:
    """The sequence of a serial column ends where its own type does."""
    before, after = (side.notes["sequence type"] for side in (change.live, change.model))
    name = change.live.notes["sequence"]
    if before and after and before != after:
        statement = f"ALTER SEQUENCE {name} AS"
        says = f"changes the type of sequence {name} to"
        operation = SqlOp(
            f"{statement} {after}", f"{statement} {before}", f"{says} {after}", f"{says} {before}"
        )
        yield at("setting", operation)
