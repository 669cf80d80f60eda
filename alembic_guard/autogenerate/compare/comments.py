"""Comments on columns and on tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns
from alembic_guard.autogenerate.comment_operations import write_names_exactly
from alembic_guard.autogenerate.complement import Subject, at, complement

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.runtime.comparing.facts import Difference


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Set them, and take them away."""
    compare_columns(context, upgrade_ops, {"comment"}, operations)
    done = complement(context, upgrade_ops, {"table": {"comment"}}, of_table)
    write_names_exactly(upgrade_ops)
    return done


def operations(change: ColumnChange) -> Iterator[Any]:
    """In place."""
    operation, new = change.altered()
    operation.existing_comment = change.live.parts["comment"]
    operation.modify_comment = change.model.parts["comment"]
    yield from new


def of_table(_subject: Subject, difference: Difference) -> Iterator[Any]:
    """Alembic's own operations."""
    if difference.live is None or difference.model is None:
        return
    thing, schema = difference.thing, difference.thing.schema or None
    before, after = difference.live.parts["comment"], difference.model.parts["comment"]
    if after is None:
        drop = ops.DropTableCommentOp(thing.name, schema=schema, existing_comment=before)
        yield at("tables", drop)
    else:
        create = ops.CreateTableCommentOp(thing.name, after, schema=schema, existing_comment=before)
        yield at("tables", create)
