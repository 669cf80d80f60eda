"""Identities and their options; serial columns that become identities, and back.

Alembic sees them, and writes SQL that fails for nearly all. An identity that comes, and one that
takes the place of a serial column's sequence, goes on behind the rows that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns
from alembic_guard.autogenerate.column_words import SERIAL
from alembic_guard.autogenerate.complement import at
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.sequences import (
    alter_identity,
    drop_identity,
    identity_to_serial,
    make_identity,
    serial_to_identity,
)

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

PARTS = frozenset({"identity", "identity options"})


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add, drop and change them."""
    return compare_columns(context, upgrade_ops, PARTS, operations, "server_default")


def operations(change: ColumnChange) -> Iterator[Any]:
    """What comes stands behind the type and NOT NULL, what goes before them."""
    live, model = change.live, change.model
    before, after = live.parts["identity"], model.parts["identity"]
    if before and after:
        yield _script(
            "setting",
            (alter_identity(change, live, model), f"changes the identity {change.shown}"),
            (alter_identity(change, model, live), f"changes the identity {change.shown} back"),
        )
    elif after and live.parts["default"] == SERIAL:
        change.settle("default")
        yield _script(
            "setting",
            (serial_to_identity(change, live, model), f"makes {change.shown} an identity"),
            (identity_to_serial(change, model, live), f"makes {change.shown} serial"),
        )
    elif before and model.parts["default"] == SERIAL:
        change.settle("default")
        yield _script(
            "setting",
            (identity_to_serial(change, live, model), f"makes {change.shown} serial"),
            (serial_to_identity(change, model, live), f"makes {change.shown} an identity"),
        )
    elif after:
        yield _script(
            "setting",
            (make_identity(change, model), f"makes {change.shown} an identity"),
            (drop_identity(change), f"drops the identity {change.shown}"),
        )
    else:
        yield _script(
            "unsetting",
            (drop_identity(change), f"drops the identity {change.shown}"),
            (make_identity(change, live), f"makes {change.shown} an identity"),
        )


def _script(phase: str, up: tuple[tuple[str, ...], str], down: tuple[tuple[str, ...], str]) -> Any:
    return at(phase, ScriptOp(Script(*up), Script(*down)))
