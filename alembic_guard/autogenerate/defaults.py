"""Sets and drops the default of a column, and the sequence of a serial one, in both directions.

The default of the models is written as they have it; that of the database in the catalogue's words,
which are never run here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.schema import DefaultClause

from alembic_guard.autogenerate.change_column import unchecked
from alembic_guard.autogenerate.column_words import SERIAL
from alembic_guard.autogenerate.complement import at
from alembic_guard.autogenerate.operations import escaped
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.sequences import drop_serial, make_serial

if TYPE_CHECKING:
    from alembic_guard.autogenerate.column_changes import ColumnChange
    from alembic_guard.runtime.comparing.facts import Fact


def plain(fact: Fact) -> bool:
    """Whether there is a default, and it is no serial's."""
    return fact.parts["default"] not in (None, SERIAL)


def existing(fact: Fact) -> DefaultClause | None:
    """The default of the database, in the catalogue's words."""
    return DefaultClause(text(escaped(fact.parts["default"]))) if plain(fact) else None


def declared(change: ColumnChange) -> Any:
    """The default of the models, as they have it; one that a typed statement set, as it is."""
    said = change.column.server_default
    if not plain(change.model):
        return None
    return existing(change.model) if said is None else said


def dropping(change: ColumnChange) -> Iterator[Any]:
    """Drop the default of the database, on its own; a serial's with its sequence."""
    if change.live.parts["default"] == SERIAL:
        yield unserial(change)
    elif plain(change.live):
        operation = change.operation()
        operation.existing_server_default = existing(change.live)
        operation.modify_server_default = None
        yield at("tables", operation)


def setting(change: ColumnChange) -> Iterator[Any]:
    """Set the default of the models, on its own; a serial's with a sequence."""
    if change.model.parts["default"] == SERIAL:
        yield serial(change)
    elif plain(change.model):
        operation = change.operation()
        if change.pair is not None and "type" in change.parts:
            operation.existing_type = unchecked(change.column.type)
        operation.existing_server_default = None
        operation.modify_server_default = declared(change)
        yield at("setting" if change.live.parts["default"] == SERIAL else "tables", operation)


def unserial(change: ColumnChange) -> Any:
    """Take the sequence away from a serial column."""
    return at("unsetting", ScriptOp(_going(change, change.live), _coming(change, change.live)))


def serial(change: ColumnChange) -> Any:
    """Give a column a sequence of its own."""
    return at("setting", ScriptOp(_coming(change, change.model), _going(change, change.model)))


def _coming(change: ColumnChange, fact: Fact) -> Script:
    return Script(make_serial(change, fact), f"makes {change.shown} serial")


def _going(change: ColumnChange, fact: Fact) -> Script:
    return Script(drop_serial(change, fact), f"drops the sequence of {change.shown}")
