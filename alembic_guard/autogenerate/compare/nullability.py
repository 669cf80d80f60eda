"""Whether a column takes NULL.

Alembic takes a column of a domain that is NOT NULL for one itself, and passes over identities.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Set and drop NOT NULL."""
    return compare_columns(context, upgrade_ops, {"not null"}, operations, "nullable")


def operations(change: ColumnChange) -> Iterator[Any]:
    """In place."""
    operation, new = change.altered()
    operation.existing_nullable = not change.live.parts["not null"]
    operation.modify_nullable = not change.model.parts["not null"]
    yield from new
