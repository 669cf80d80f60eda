"""Reads what Alembic's own operations do, without their SQL.

Promises: the actions of an operation, in the order of the statements that it emits. It raises
nothing for what a migration can hold.

Does not: read ``op.execute()`` and operations of others, whose SQL must be read. It does not know
which enums were created before: Alembic's second ``create_table()`` with the same enum in one run
does not create it again, and is read as if it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.base import SchemaEventTarget

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    RenameTable,
)
from alembic_guard.ddl.alter_column import read_alter_column
from alembic_guard.ddl.data import Insert
from alembic_guard.ddl.objects import CreateDomain, CreateEnum, Describe
from alembic_guard.ddl.rendering import Rendering
from alembic_guard.ddl.schema_items import (
    option,
    read_column,
    read_constraint,
    read_index,
    rendered_constraints,
)
from alembic_guard.ddl.scratch import created_table, table_of_added, table_of_type

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Dialect

_KINDS = {
    "check": "check",
    "exclude": "exclude",
    "foreignkey": "foreign key",
    "primary": "primary key",
    "unique": "unique",
}


def read_directive(
    operation: ops.MigrateOperation,
    dialect: Dialect,
    kind: str,
    context: MigrationContext | None = None,
) -> tuple[Action, ...] | None:
    """What an operation does, in the order of the statements that it emits.

    :param dialect: that the migration is for.
    :param kind: of its database, as of :class:`alembic_guard.schema.Target`.
    :param context: knows the naming convention of the models, for what has no name.
    :returns: None where it is none of Alembic's own, or its SQL must be read instead.
    """
    try:
        found = _read(operation, Rendering(dialect, kind), context)
        return None if found is None else tuple(found)
    except (SQLAlchemyError, ValueError, TypeError, KeyError, AttributeError):
        return None  # nor does Alembic make a statement of it


def _read(
    operation: ops.MigrateOperation, rendering: Rendering, context: MigrationContext | None
) -> Iterable[Action] | None:
    if isinstance(operation, ops.OpContainer):
        found = [_read(each, rendering, context) for each in operation.ops]
        known = [each for each in found if each is not None]
        return [one for each in known for one in each] if len(known) == len(found) else None
    reader = _READERS.get(type(operation))
    return None if reader is None else reader(operation, rendering, context)


def _create_table(
    operation: ops.CreateTableOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    table = created_table(operation, context)
    key = rendering.key(table.name, table.schema)
    yield from _created_types(table, rendering)
    constraints = rendered_constraints(table, rendering)
    options = table.dialect_kwargs
    inherits = option(options, rendering, "inherits") or ()
    yield CreateTable(
        key,
        columns=tuple(read_column(column, rendering) for column in table.columns),
        constraints=tuple(read_constraint(each, rendering) for each in constraints),
        if_not_exists=bool(operation.if_not_exists),
        partitioned=bool(option(options, rendering, "partition_by")),
        inherits=(inherits,) if isinstance(inherits, str) else tuple(inherits),
        temporary=any("TEMP" in str(each).upper() for each in operation.prefixes or ()),
    )
    yield from _create_indexes(table, rendering)
    if _has_statements_for_comments(rendering):
        if table.comment is not None:
            yield Describe("table", key)
        for column in table.columns:
            if column.comment is not None:
                yield Describe("column", key)


def _created_types(table: Table, rendering: Rendering) -> Iterator[Action]:
    """The types that PostgreSQL gets before a table that has columns of them."""
    seen = set()
    for column in table.columns:
        type_ = rendering.resolved(column.type)
        type_ = rendering.resolved(getattr(type_, "item_type", type_))
        if not isinstance(type_, ENUM | DOMAIN) or not type_.create_type or not type_.name:
            continue
        name = rendering.key(type_.name, type_.schema)
        if name in seen:
            continue
        seen.add(name)
        if isinstance(type_, ENUM):
            yield CreateEnum(name, tuple(str(value) for value in type_.enums))
        else:
            yield CreateDomain(name, bool(type_.not_null) or type_.check is not None)


def _create_indexes(table: Table, rendering: Rendering) -> Iterator[Action]:
    """The indexes of ``index=True``; SQLAlchemy has them in no order."""
    indexes = [read_index(each, rendering) for each in table.indexes]
    for index in sorted(indexes, key=lambda one: one.name or ""):
        yield CreateIndex(rendering.key(table.name, table.schema), index)


def _has_statements_for_comments(rendering: Rendering) -> bool:
    dialect = rendering.dialect
    return dialect.supports_comments and not dialect.inline_comments


def _drop_table(
    operation: ops.DropTableOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    key = rendering.key(operation.table_name, operation.schema)
    yield DropTable(key, if_exists=bool(operation.if_exists))


def _rename_table(
    operation: ops.RenameTableOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    key = rendering.key(operation.table_name, operation.schema)
    yield RenameTable(key, rendering.key(operation.new_table_name, operation.schema))


def _add_column(
    operation: ops.AddColumnOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    table = table_of_added(operation, context)
    key = rendering.key(table.name, table.schema)
    column = next(iter(table.columns))
    inline = _written_inline(operation, table)
    defined = read_column(column, rendering)
    behind = (*defined.constraints, *(read_constraint(each, rendering) for each in inline))
    yield AddColumn(key, replace(defined, constraints=behind), bool(operation.if_not_exists))
    for each in _added_constraints(operation, table, rendering, context):
        if each not in inline:
            yield AddConstraint(key, read_constraint(each, rendering))
    yield from _create_indexes(table, rendering)
    if column.comment is not None and _has_statements_for_comments(rendering):
        yield Describe("column", key)


def _written_inline(operation: ops.AddColumnOp, table: Table) -> list[Any]:
    """The key and the reference that are written behind the column, as the directive asks."""
    found: list[Any] = []
    if getattr(operation, "inline_primary_key", None) and table.primary_key.columns:
        found.append(table.primary_key)
    references = [*table.foreign_key_constraints]
    if getattr(operation, "inline_references", None) and len(references) == 1:
        found += references
    return found


def _added_constraints(
    operation: ops.AddColumnOp,
    table: Table,
    rendering: Rendering,
    context: MigrationContext | None,
) -> list[Any]:
    """What ``op.add_column()`` adds to the table; no primary key, and nothing on SQLite."""
    if rendering.kind == "sqlite":
        return []
    kinds = (ForeignKeyConstraint, UniqueConstraint)
    found: list[Any] = [each for each in table.constraints if isinstance(each, kinds)]
    found.sort(key=lambda one: (one.__visit_name__, str(one.name), one.columns.keys()))
    # Once Alembic has added a check, SQLAlchemy would not write it again: so one of another table.
    column = next(iter(table.columns))
    types = (column.type, rendering.resolved(column.type))
    if not any(isinstance(each, SchemaEventTarget) for each in types):
        return found  # only such a type hears of its column, and can bring something along
    another = table_of_type(operation, column.name, column.type, context)
    checks = rendered_constraints(another, rendering)
    found += [each for each in checks if isinstance(each, CheckConstraint)]
    return found


def _drop_column(
    operation: ops.DropColumnOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    key = rendering.key(operation.table_name, operation.schema)
    yield DropColumn(key, rendering.name(operation.column_name) or "")


def _create_index(
    operation: ops.CreateIndexOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    yield CreateIndex(
        rendering.key(operation.table_name, operation.schema),
        read_index(operation.to_index(context), rendering),
        concurrently=_concurrently(operation.kw, rendering),
        if_not_exists=bool(operation.if_not_exists),
    )


def _drop_index(
    operation: ops.DropIndexOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    # MariaDB and MySQL name the table, and an index without its schema.
    schema = None if rendering.kind in ("mariadb", "mysql") else operation.schema
    yield DropIndex(
        rendering.key(operation.table_name, operation.schema),
        rendering.key(operation.to_index(context).name, schema),
        concurrently=_concurrently(operation.kw, rendering),
        if_exists=bool(operation.if_exists),
    )


def _concurrently(options: Mapping[str, Any], rendering: Rendering) -> bool:
    return rendering.dialect.name == "postgresql" and bool(options.get("postgresql_concurrently"))


def _add_constraint(
    operation: ops.AddConstraintOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    constraint: Any = operation.to_constraint(context)
    key = rendering.key(constraint.table.name, constraint.table.schema)
    yield AddConstraint(key, read_constraint(constraint, rendering))


def _drop_constraint(
    operation: ops.DropConstraintOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    key = rendering.key(operation.table_name, operation.schema)
    kind = _KINDS.get(operation.constraint_type or "")
    yield DropConstraint(key, rendering.name(operation.constraint_name), kind)


def _describe_table(
    operation: ops.AlterTableOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    yield Describe("table", rendering.key(operation.table_name, operation.schema))


def _bulk_insert(
    operation: ops.BulkInsertOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    if operation.rows:
        table = operation.table
        yield Insert(rendering.key(table.name, table.schema))


_READERS: dict[type[ops.MigrateOperation], Callable[..., Iterator[Action]]] = {
    ops.AddColumnOp: _add_column,
    ops.AlterColumnOp: read_alter_column,
    ops.BulkInsertOp: _bulk_insert,
    ops.CreateCheckConstraintOp: _add_constraint,
    ops.CreateForeignKeyOp: _add_constraint,
    ops.CreateIndexOp: _create_index,
    ops.CreatePrimaryKeyOp: _add_constraint,
    ops.CreateTableCommentOp: _describe_table,
    ops.CreateTableOp: _create_table,
    ops.CreateUniqueConstraintOp: _add_constraint,
    CreateExcludeConstraintOp: _add_constraint,
    ops.DropColumnOp: _drop_column,
    ops.DropConstraintOp: _drop_constraint,
    ops.DropIndexOp: _drop_index,
    ops.DropTableCommentOp: _describe_table,
    ops.DropTableOp: _drop_table,
    ops.RenameTableOp: _rename_table,
}
