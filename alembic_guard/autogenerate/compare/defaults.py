"""Server defaults, by what PostgreSQL makes of them, and the sequences of serial columns.

Alembic runs both expressions on the live database to see whether they are equal now: that fails for
json and for quotes, draws from sequences, and takes ``current_user`` for ``'postgres'``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns
from alembic_guard.autogenerate.column_words import SERIAL
from alembic_guard.autogenerate.defaults import (
    declared,
    dropping,
    existing,
    plain,
    setting,
)

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Set and drop defaults."""
    return compare_columns(context, upgrade_ops, {"default"}, operations, "server_default")


def operations(change: ColumnChange) -> Iterator[Any]:
    """In place, but for a serial's sequence."""
    live, model = change.live, change.model
    if SERIAL in (live.parts["default"], model.parts["default"]):
        yield from dropping(change)
        yield from setting(change)
    elif plain(live) or plain(model):
        operation, new = change.altered()
        operation.existing_server_default = existing(live)
        operation.modify_server_default = declared(change)
        yield from new
