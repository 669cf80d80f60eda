"""The table that an operation makes or adds to, without touching the operation.

A column belongs to one table for good, and what Alembic makes of a column that has a table already
is without its foreign keys. So an operation that ran is read from the table that Alembic made of
it; the columns of one that did not run are copied; and one that autogenerate made of a model is
copied by Alembic itself, for it lists the constraints one by one.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import AddColumnOp, AlterColumnOp, CreateTableOp
from sqlalchemy import Column, Table

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine


def created_table(operation: CreateTableOp, context: MigrationContext | None) -> Table:
    """The table that ``op.create_table()`` makes.

    :param context: knows the naming convention of the models.
    :raises Exception: what SQLAlchemy raises for columns that no table can have.
    """
    columns = [each for each in operation.columns if isinstance(each, Column)]
    tables = [each.table for each in columns if each.table is not None]
    if len(tables) < len(columns):
        return _another(operation, operation.columns).to_table(context)
    for table in tables[:1]:
        listed = {id(each) for each in operation.columns}
        if any(id(each) not in listed for each in table.constraints):
            return table
    return operation.to_table(context)


def table_of_added(operation: AddColumnOp, context: MigrationContext | None) -> Table:
    """A table of the one column that ``op.add_column()`` adds, with all that it brings along.

    :param context: as of :func:`created_table`.
    :raises Exception: likewise.
    """
    column: Column[Any] = operation.column
    table = column.table
    if table is not None and len(table.columns) == 1 and table.name == operation.table_name:
        return table
    made = CreateTableOp(
        operation.table_name,
        [column if table is not None else _copied(column)],
        schema=operation.schema,
    )
    return made.to_table(context)


def table_of_type(
    operation: AddColumnOp | AlterColumnOp,
    name: str,
    type_: TypeEngine[Any],
    context: MigrationContext | None,
) -> Table:
    """A table of one column that has nothing but a type, for the checks that a type brings along.

    :param operation: knows the table; :param name: of the column.
    :param context: as of :func:`created_table`.
    :raises Exception: likewise.
    """
    column: Column[Any] = Column(name, type_)
    made = CreateTableOp(operation.table_name, [column], schema=operation.schema)
    return made.to_table(context)


def _another(operation: CreateTableOp, items: Sequence[SchemaItem]) -> CreateTableOp:
    """The same operation, its columns copied; constraints Alembic copies itself when it runs."""
    return CreateTableOp(
        operation.table_name,
        [_copied(each) if isinstance(each, Column) else each for each in items],
        schema=operation.schema,
        if_not_exists=operation.if_not_exists,
        info=operation.info,
        comment=operation.comment,
        prefixes=operation.prefixes,
        **operation.kw,
    )


def _copied(column: Column[Any]) -> Column[Any]:
    """A column that belongs to no table yet.

    SQLAlchemy calls it deprecated since 1.4, and still has it in 2.1, under this public name.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return column.copy()
