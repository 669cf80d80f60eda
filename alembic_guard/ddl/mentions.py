"""What an action mentions, so that the database is asked about it: tables, and functions."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AttachPartition,
    CreateTable,
    DetachPartition,
    DropIndex,
    ModifyColumn,
    OnTable,
    Rebuild,
    Reindex,
    RenameTable,
    SetDefault,
    SetSchema,
)
from alembic_guard.ddl.data import Maintain, Opaque, Read
from alembic_guard.ddl.expressions import functions
from alembic_guard.ddl.objects import CreateObject, DropObject, RefreshMaterializedView, Rename
from alembic_guard.schema import Column, Constraint


def tables_of(action: Action) -> Iterator[str]:
    """The keys of every table that an action names, the views and indexes among them.

    An index is named where the table is not: only the database knows whose it is.
    """
    if isinstance(action, OnTable) and action.table:
        yield action.table
    yield from _beside(action)
    for constraint in _constraints(action):
        if constraint.refers_to:
            yield constraint.refers_to
    for inner in _inner(action):
        yield from tables_of(inner)


def indexes_of(action: Action) -> Iterator[str]:
    """The indexes that an action names without their table."""
    if isinstance(action, DropIndex | Reindex) and not action.table:
        yield action.name
    for inner in _inner(action):
        yield from indexes_of(inner)


def functions_of(action: Action) -> Iterator[str]:
    """The functions that the defaults of an action call."""
    columns = [action.column] if isinstance(action, AddColumn) else []
    columns += list(action.columns) if isinstance(action, CreateTable) else []
    defaults = [column.default for column in columns]
    defaults += [action.default] if isinstance(action, SetDefault) else []
    for default in defaults:
        if default is not None:
            yield from functions(default)
    for inner in _inner(action):
        yield from functions_of(inner)


def _beside(action: Action) -> Iterator[str]:
    if isinstance(action, RenameTable):
        yield action.new
    elif isinstance(action, SetSchema):
        yield f"{action.schema}.{action.table.rpartition('.')[2]}"
    elif isinstance(action, AttachPartition | DetachPartition):
        yield action.partition
    elif isinstance(action, CreateTable):
        yield from (key for key in (action.partition_of, *action.inherits) if key)
    elif isinstance(action, Read):
        yield from action.tables
    elif isinstance(action, CreateObject | DropObject | Rename):
        yield from (key for key in (action.table, action.name) if key)
    elif isinstance(action, Maintain) and action.table:
        yield action.table
    elif isinstance(action, RefreshMaterializedView) or (
        isinstance(action, Reindex) and action.kind == "table"
    ):
        yield action.name


def _constraints(action: Action) -> Iterator[Constraint]:
    columns: list[Column] = []
    if isinstance(action, AddConstraint):
        yield action.constraint
    elif isinstance(action, AddColumn):
        columns = [action.column]
    elif isinstance(action, ModifyColumn):
        columns = [action.definition]
    elif isinstance(action, CreateTable):
        yield from action.constraints
        columns = list(action.columns)
    for column in columns:
        yield from column.constraints


def _inner(action: Action) -> tuple[Action, ...]:
    if isinstance(action, Opaque):
        return action.actions
    return action.changes if isinstance(action, Rebuild) else ()
