"""Turns what autogenerate wrote into what was meant: here, a drop and an add into a rename.

A rename is given as ``table.old:new`` (a column) or ``old:new`` (a table), with a schema before it
where there is one. Both directions of the migration are rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import ops
from sqlalchemy import Column, Dialect

from alembic_guard.autogenerate.following_keys import follow_keys
from alembic_guard.autogenerate.renaming import Rename
from alembic_guard.runtime.observation import same_type

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class _RenameTable(ops.RenameTableOp):
    """A class of our own, since Alembic has no renderer for its own, and another may add one."""


@renderers.dispatch_for(_RenameTable)
def _render_rename_table(context: AutogenContext, operation: _RenameTable) -> str:
    prefix = context.opts["alembic_module_prefix"] or ""
    words = [repr(str(operation.table_name)), repr(str(operation.new_table_name))]
    words += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    return f"{prefix}rename_table({', '.join(words)})"


def apply_rename(rename: Rename, upgrade: Any, downgrade: Any, dialect: Dialect) -> bool:
    """Rewrite both directions; False when the operations hold no such drop and add."""
    as_column = rename.table is not None and _rename_column(upgrade, rename, dialect)
    if as_column:
        _rename_column(downgrade, rename.back, dialect)
        follow_keys(upgrade, rename)
        follow_keys(downgrade, rename.back)
        return True
    if _rename_table(upgrade, rename):
        _rename_table(downgrade, rename.back)
        return True
    return False


def _rename_column(container: Any, rename: Rename, dialect: Dialect) -> bool:
    for place, holder in enumerate(container.ops):
        found = [
            operation for operation in getattr(holder, "ops", ()) if _concerns(operation, rename)
        ]
        dropped = next((each for each in found if isinstance(each, ops.DropColumnOp)), None)
        added = next((each for each in found if isinstance(each, ops.AddColumnOp)), None)
        if dropped is not None and added is not None:
            holder.ops[:] = [each for each in holder.ops if each not in (dropped, added)]
            # In a block of its own: in batch mode an index can't be made on a column that is
            # renamed in the same block.
            alter = _alter(dropped, added, dialect)
            block = ops.ModifyTableOps(alter.table_name, [alter], schema=alter.schema)
            container.ops.insert(place, block)
            return True
    return False


def _alter(
    dropped: ops.DropColumnOp, added: ops.AddColumnOp, dialect: Dialect
) -> ops.AlterColumnOp:
    old, new = dropped.to_column(), added.column
    changes: dict[str, Any] = {}
    if not same_type(old, new, dialect):
        changes["modify_type"] = new.type
    if old.nullable != new.nullable:
        changes["modify_nullable"] = new.nullable
    if dialect.name in ("mysql", "mariadb") and True in (old.autoincrement, new.autoincrement):
        # CHANGE says the whole column anew: what it leaves out is gone. The one of the two that
        # the database reflected knows it.
        changes["autoincrement"] = True
    return ops.AlterColumnOp(
        dropped.table_name,
        old.name,
        schema=dropped.schema,
        modify_name=new.name,
        existing_type=old.type,
        existing_nullable=old.nullable,
        existing_server_default=old.server_default,
        existing_comment=old.comment,
        **changes,
    )


def _rename_table(container: Any, rename: Rename) -> bool:
    # "schema.old:new" reads as a column of a table "schema" until no such column is found
    schema, old, new = rename.table, rename.old, rename.new
    dropped = _find(container, ops.DropTableOp, old, schema)
    created = _find(container, ops.CreateTableOp, new, schema)
    if dropped is None or created is None:
        return False
    place = min(container.ops.index(dropped), container.ops.index(created))
    container.ops[:] = [op for op in container.ops if op not in (dropped, created)]
    renamed = [_RenameTable(old, new, schema=schema), *_columns(dropped, created)]
    container.ops[place:place] = renamed
    _follow_foreign_keys(container, rename)
    _follow_indexes(container, rename, place + len(renamed))
    return True


def _columns(dropped: ops.DropTableOp, created: ops.CreateTableOp) -> list[ops.MigrateOperation]:
    """What differs between the columns of the two tables, as changes of the renamed one."""
    before = {column.name: column for column in dropped.to_table().columns}
    after = {item.name: item for item in created.columns if isinstance(item, Column)}
    table, schema = created.table_name, created.schema
    return [
        *(
            ops.AddColumnOp.from_column_and_tablename(schema, table, column)
            for name, column in after.items()
            if name not in before
        ),
        *(
            ops.DropColumnOp.from_column_and_tablename(schema, table, column)
            for name, column in before.items()
            if name not in after
        ),
    ]


def _follow_foreign_keys(container: Any, rename: Rename) -> None:
    """Foreign keys to the renamed table follow it by themselves: drop-and-create pairs go."""
    for holder in _holders(container):
        for drop in [op for op in holder.ops if _drops_foreign_key_to(op, rename)]:
            local = [column.name for column in drop.to_constraint().columns]
            for create in holder.ops:
                if (
                    isinstance(create, ops.CreateForeignKeyOp)
                    and create.referent_table == rename.new
                    and list(create.local_cols) == local
                ):
                    holder.ops.remove(drop)
                    holder.ops.remove(create)
                    break


def _drops_foreign_key_to(operation: Any, rename: Rename) -> bool:
    if not isinstance(operation, ops.DropConstraintOp):
        return False
    if operation.constraint_type != "foreignkey":
        return False
    target: Any = next(iter(operation.to_constraint().elements), None)  # type: ignore[attr-defined]
    return target is not None and target.target_fullname.split(".")[-2] == rename.old


def _follow_indexes(container: Any, rename: Rename, place: int) -> None:
    """Indexes keep their names through a rename: drop the old ones first, on the new table."""
    drops: list[ops.DropIndexOp] = []
    for holder in _holders(container):
        for operation in list(holder.ops):
            if isinstance(operation, ops.DropIndexOp) and operation.table_name == rename.old:
                holder.ops.remove(operation)
                operation.table_name = rename.new
                drops.append(operation)
    for holder in _holders(container):
        for operation in list(holder.ops):
            same = [drop for drop in drops if _same_index(operation, drop)]
            if same:
                holder.ops.remove(operation)
                drops.remove(same[0])
    container.ops[place:place] = drops


def _same_index(operation: Any, drop: ops.DropIndexOp) -> bool:
    return isinstance(operation, ops.CreateIndexOp) and operation.index_name == drop.index_name


def _find(container: Any, kind: type[Any], name: str, schema: str | None) -> Any:
    for operation in container.ops:
        if isinstance(operation, kind) and (operation.table_name, operation.schema) == (
            name,
            schema,
        ):
            return operation
    return None


def _concerns(operation: Any, rename: Rename) -> bool:
    """Whether an operation is the drop, or the add, of a column that is renamed."""
    if isinstance(operation, ops.DropColumnOp):
        name, expected = operation.column_name, rename.old
    elif isinstance(operation, ops.AddColumnOp):
        name, expected = operation.column.name, rename.new
    else:
        return False
    schema = f"{operation.schema}." if operation.schema else ""
    return (schema + operation.table_name, name) == (rename.table, expected)


def _holders(container: Any) -> Iterator[Any]:
    """The containers inside a container, itself first; those that became empty stay harmless."""
    yield container
    for operation in list(container.ops):
        if isinstance(operation, ops.OpContainer):
            yield from _holders(operation)


def drops_and_adds(containers: Iterable[Any]) -> str:
    """What operations drop and add, a line each, for whoever named a rename that is none."""
    lines = []
    for container in containers:
        for holder in _holders(container):
            lines += [said for each in holder.ops if (said := _drop_or_add(each))]
    return "\n".join(lines) or "It drops and adds nothing."


def _drop_or_add(operation: Any) -> str:
    if isinstance(operation, ops.DropColumnOp):
        return f"It drops {operation.table_name}.{operation.column_name}."
    if isinstance(operation, ops.AddColumnOp):
        return f"It adds {operation.table_name}.{operation.column.name}."
    if isinstance(operation, ops.DropTableOp):
        return f"It drops the table {operation.table_name}."
    if isinstance(operation, ops.CreateTableOp):
        return f"It creates the table {operation.table_name}."
    return ""
