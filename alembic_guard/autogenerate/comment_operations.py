"""Comments on tables whose names Alembic would write between quotes as they are.

A name with a quote or a backslash in it then ends the string, or is another one
(``alembic/autogenerate/render.py``, 1.18.4 to 1.20.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import ops

from alembic_guard.autogenerate.claims import leaves

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_PLAIN = ops.CreateTableCommentOp, ops.DropTableCommentOp


class SetTableCommentOp(ops.CreateTableCommentOp):
    """Sets a comment."""

    def reverse(self) -> Any:
        """Sets what was there, or nothing."""
        return _exact(super().reverse())


class DropTableCommentOp(ops.DropTableCommentOp):
    """Takes a comment away."""

    def reverse(self) -> Any:
        """Sets it again."""
        return _exact(super().reverse())


def write_names_exactly(upgrade_ops: ops.UpgradeOps) -> None:
    """Put operations that can be written in the place of those that cannot."""
    for container, operation in leaves(upgrade_ops):
        if isinstance(operation, _PLAIN):
            place = next(n for n, each in enumerate(container.ops) if each is operation)
            container.ops[place] = _exact(operation)


def _exact(operation: Any) -> Any:
    name, schema = operation.table_name, operation.schema
    if (_escaped(name), _escaped(schema or "")) == (name, schema or ""):
        return operation
    existing: Any = {"schema": schema, "existing_comment": operation.existing_comment}
    if isinstance(operation, ops.DropTableCommentOp):
        exact: Any = DropTableCommentOp(name, **existing)
    else:
        exact = SetTableCommentOp(name, operation.comment, **existing)
    for each in ("guard_phase", "guard_rank"):
        if hasattr(operation, each):
            setattr(exact, each, getattr(operation, each))
    return exact


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


@renderers.dispatch_for(SetTableCommentOp)
def _render_set(context: AutogenContext, operation: SetTableCommentOp) -> Any:
    existing: Any = {"existing_comment": operation.existing_comment}
    name, schema = _escaped(operation.table_name), _escaped(operation.schema or "")
    plain = ops.CreateTableCommentOp(name, operation.comment, schema=schema or None, **existing)
    return renderers.dispatch(plain)(context, plain)


@renderers.dispatch_for(DropTableCommentOp)
def _render_drop(context: AutogenContext, operation: DropTableCommentOp) -> Any:
    existing: Any = {"existing_comment": operation.existing_comment}
    name, schema = _escaped(operation.table_name), _escaped(operation.schema or "")
    plain = ops.DropTableCommentOp(name, schema=schema or None, **existing)
    return renderers.dispatch(plain)(context, plain)
