"""Reads ``op.alter_column()``: one statement for each change, or MariaDB's and MySQL's MODIFY.

The order is that of Alembic 1.20.1, ``ddl/impl.py``, ``ddl/postgresql.py`` and ``ddl/mysql.py``.
A change that Alembic refuses, such as of a computed column, is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import AlterColumnOp
from sqlalchemy import Computed, DateTime, Identity, PrimaryKeyConstraint

from alembic_guard.ddl.actions import (
    Action,
    AddConstraint,
    AlterColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    ModifyColumn,
    RenameColumn,
    SetDefault,
    SetNotNull,
    SetType,
)
from alembic_guard.ddl.rendering import Rendering
from alembic_guard.ddl.schema_items import read_constraint, rendered_constraints
from alembic_guard.ddl.scratch import table_of_type
from alembic_guard.schema import Column, Constraint

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


def read_alter_column(
    operation: AlterColumnOp, rendering: Rendering, context: MigrationContext | None
) -> Iterator[Action]:
    """What ``op.alter_column()`` does, with the checks of the types that it changes."""
    table = rendering.key(operation.table_name, operation.schema)
    mysql = rendering.kind in ("mariadb", "mysql")
    if operation.existing_type is not None and operation.modify_type is not None and not mysql:
        for each in _checks(operation, operation.existing_type, rendering, context):
            yield DropConstraint(table, each.name, each.kind)
    yield from (_modify if mysql else _alter)(operation, table, rendering)
    if operation.modify_type is not None:
        for each in _checks(operation, operation.modify_type, rendering, context):
            yield AddConstraint(table, each)


def _checks(
    operation: AlterColumnOp, found: Any, rendering: Rendering, context: MigrationContext | None
) -> list[Constraint]:
    """The checks that a type brings along: a Boolean's, an Enum's; SQLite cannot add any."""
    type_ = rendering.instance(found)
    if type_ is None or rendering.kind == "sqlite":
        return []
    table = table_of_type(operation, operation.column_name, type_, context)
    constraints = rendered_constraints(table, rendering)
    return [
        read_constraint(each, rendering)
        for each in constraints
        if not isinstance(each, PrimaryKeyConstraint)
    ]


def _alter(operation: AlterColumnOp, table: str, rendering: Rendering) -> Iterator[Action]:
    """The statements of PostgreSQL, SQLite and others: one for each change."""
    column = rendering.name(operation.column_name) or ""
    set_type = [*_set_type(operation, table, column, rendering)]
    postgresql = rendering.dialect.name == "postgresql"
    if postgresql:
        yield from set_type
    if operation.modify_nullable is not None:
        yield (DropNotNull if operation.modify_nullable else SetNotNull)(table, column)
    if operation.modify_server_default is not False:
        yield from _set_default(operation, table, column, rendering)
    if not postgresql:
        yield from set_type
    if operation.modify_comment is not False:
        yield AlterColumn(table, column, "comment")
    if operation.modify_name is not None:
        yield RenameColumn(table, column, rendering.name(operation.modify_name) or "")


def _set_type(
    operation: AlterColumnOp, table: str, column: str, rendering: Rendering
) -> Iterator[Action]:
    type_ = rendering.type(operation.modify_type)
    if type_ is None:
        return
    using = operation.kw.get("postgresql_using")
    collation = getattr(rendering.instance(operation.modify_type), "collation", None)
    yield SetType(
        table,
        column,
        type_,
        using=None if using is None else rendering.sql(using),
        existing=rendering.type(operation.existing_type),
        collation=rendering.name(collation),
    )


def _set_default(
    operation: AlterColumnOp, table: str, column: str, rendering: Rendering
) -> Iterator[Action]:
    """SET DEFAULT, or what is done to an identity; Alembic refuses to touch computed columns."""
    new, old = operation.modify_server_default, operation.existing_server_default
    if isinstance(new, Computed) or isinstance(old, Computed):
        return
    if isinstance(new, Identity) or isinstance(old, Identity):
        if new is None:
            yield AlterColumn(table, column, "drop identity")
        else:
            kind = "add identity" if old in (None, False) else "set identity"
            yield AlterColumn(table, column, kind)
        return
    default = rendering.default(new)
    yield DropDefault(table, column) if default is None else SetDefault(table, column, default)


def _modify(operation: AlterColumnOp, table: str, rendering: Rendering) -> Iterator[Action]:
    """MariaDB's and MySQL's MODIFY and CHANGE, or ALTER COLUMN where only the default changes."""
    said = _said(operation)
    new_type = rendering.instance(
        operation.existing_type if operation.modify_type is None else operation.modify_type
    )
    # Alembic 1.20.1, MySQLImpl: a type with times is defined anew, for `ON UPDATE` may be in it.
    timed = new_type is not None and isinstance(rendering.resolved(new_type), DateTime)
    timed = timed and operation.modify_server_default is not None
    if said - {"default"} or operation.modify_name is not None or timed:
        yield ModifyColumn(
            table,
            rendering.name(operation.column_name) or "",
            definition=_definition(operation, rendering),
            existing=_existing(operation, rendering),
            said=said,
        )
    elif said:
        yield from _set_default(
            operation, table, rendering.name(operation.column_name) or "", rendering
        )


def _said(operation: AlterColumnOp) -> frozenset[str]:
    """The parts of a column that a directive changes."""
    parts = {
        "type": operation.modify_type is not None,
        "nullable": operation.modify_nullable is not None,
        "default": operation.modify_server_default is not False,
        "comment": operation.modify_comment is not False,
        "autoincrement": operation.kw.get("autoincrement") is not None,
    }
    return frozenset(part for part, said in parts.items() if said)


def _existing(operation: AlterColumnOp, rendering: Rendering) -> Column:
    """What the directive says of the column before."""
    return Column(
        rendering.name(operation.column_name) or "",
        rendering.type(operation.existing_type),
        operation.existing_nullable,
        rendering.default(operation.existing_server_default),
        identity=bool(operation.kw.get("existing_autoincrement")),
    )


def _definition(operation: AlterColumnOp, rendering: Rendering) -> Column:
    """The column as MODIFY defines it: what the directive leaves out is what was, or nullable."""
    existing = _existing(operation, rendering)
    nullable = operation.modify_nullable
    if nullable is None:
        nullable = True if existing.nullable is None else existing.nullable
    default = operation.modify_server_default
    autoincrement = operation.kw.get("autoincrement")
    type_ = existing.type if operation.modify_type is None else operation.modify_type
    return Column(
        rendering.name(operation.modify_name) or existing.name,
        existing.type if operation.modify_type is None else rendering.type(type_),
        nullable,
        existing.default if default is False else rendering.default(default),
        identity=existing.identity if autoincrement is None else bool(autoincrement),
    )
