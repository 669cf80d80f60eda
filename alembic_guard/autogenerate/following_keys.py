"""Keys follow a renamed column by themselves: what drops one and makes the same again goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic.operations import ops

from alembic_guard.autogenerate.renaming import Rename

_KINDS = ("primary", "unique", "foreignkey")


def follow_keys(container: Any, rename: Rename) -> None:
    """Take out the pairs that differ in the name of the column alone.

    :param container: of one direction; :param rename: in that direction, of a column.
    """
    drops = [
        (holder, each)
        for holder, each in _held(container)
        if isinstance(each, ops.DropConstraintOp) and each.constraint_type in _KINDS
    ]
    for holder, drop in drops:
        before = _key(drop.reverse(), rename)
        for other, create in list(_held(container)):
            if before is not None and _key(create, None) == before:
                holder.ops[:] = [each for each in holder.ops if each is not drop]
                other.ops[:] = [each for each in other.ops if each is not create]
                break


def _held(container: Any) -> Iterator[tuple[Any, Any]]:
    for operation in list(container.ops):
        if isinstance(operation, ops.OpContainer):
            yield from _held(operation)
        else:
            yield container, operation


def _key(operation: Any, rename: Rename | None) -> tuple[Any, ...] | None:
    """What tells a key apart, with the column under its new name."""
    if not isinstance(operation, ops.AddConstraintOp):
        return None
    name = str(getattr(operation, "constraint_name", ""))
    if isinstance(operation, ops.CreateForeignKeyOp):
        source = _named(operation.source_table, operation.kw.get("source_schema"))
        target = _named(operation.referent_table, operation.kw.get("referent_schema"))
        local = _renamed(operation.local_cols, source, rename)
        return (name, source, local, target, _renamed(operation.remote_cols, target, rename))
    columns = getattr(operation, "columns", None)
    if columns is None:
        return None
    table = _named(getattr(operation, "table_name", ""), getattr(operation, "schema", None))
    kind = operation.constraint_type
    names = [getattr(each, "name", each) for each in columns]
    return (name, kind, table, _renamed(names, table, rename))


def _named(table: Any, schema: Any) -> str:
    return f"{schema}.{table}" if schema else str(table)


def _renamed(columns: Any, table: str, rename: Rename | None) -> tuple[str, ...]:
    mine = rename is not None and rename.table == table
    return tuple(
        rename.new if rename is not None and mine and str(each) == rename.old else str(each)
        for each in columns
    )
