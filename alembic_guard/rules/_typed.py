"""The columns that an action gives a type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import Action, AddColumn, CreateTable, SetType
from alembic_guard.rules._adding import add_column, column_code
from alembic_guard.rules._altering import set_type_code
from alembic_guard.schema import Column
from alembic_guard.sql_types import SqlType

TYPED = (CreateTable, AddColumn, SetType)


def typed(action: Action) -> Iterator[tuple[Column, SqlType]]:
    """Each column with its type."""
    if isinstance(action, CreateTable):
        columns = action.columns
    elif isinstance(action, AddColumn):
        columns = (action.column,)
    elif isinstance(action, SetType):
        columns = (Column(action.column, action.type),)
    else:
        return
    for column in columns:
        if column.type is not None:
            yield column, column.type


def with_type(action: Action, column: Column, type_: SqlType) -> str:
    """The same with another type; of a table that is made, its column by itself."""
    if isinstance(action, AddColumn):
        return add_column(action.table, replace(column, type=type_))
    if isinstance(action, SetType):
        return set_type_code(replace(action, type=type_, using=None))
    return column_code(replace(column, type=type_))
