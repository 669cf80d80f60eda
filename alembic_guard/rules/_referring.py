"""The columns of foreign keys with those that they refer to, and how a pair is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alembic_guard.ddl.actions import AddColumn, AddConstraint, CreateTable, OnColumn
from alembic_guard.rules._adding import (
    COUNTED,
    add_column,
    added,
    constrained,
    key_index,
)
from alembic_guard.rules._altering import beside, was_added
from alembic_guard.rules._code import index_code, lines, quoted_name
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType


@dataclass(frozen=True)
class Pair:
    """A column of a foreign key, and the one that it refers to."""

    key: str
    column: str
    type: SqlType
    parent: str
    referred: str
    parent_type: SqlType
    constraint: Constraint


def pairs(action: AddColumn | AddConstraint | CreateTable, run: Run) -> Iterator[Pair]:
    """The pairs of the foreign keys of an action, as far as both types are known."""
    for constraint in _constraints(action):
        if constraint.kind != "foreign key" or not constraint.refers_to:
            continue
        parent = _columns(action, constraint.refers_to, run)
        referred = constraint.referred_columns or _primary(constraint.refers_to, run)
        own = _columns(action, action.table, run)
        for name, other in zip(constraint.columns, referred, strict=False):
            ends = own.get(name), parent.get(other)
            types = [_stored(each) for each in ends]
            if types[0] is not None and types[1] is not None:
                yield Pair(
                    action.table,
                    name,
                    types[0],
                    constraint.refers_to,
                    other,
                    types[1],
                    constraint,
                )


def _constraints(action: AddColumn | AddConstraint | CreateTable) -> tuple[Constraint, ...]:
    if isinstance(action, AddConstraint):
        return (action.constraint,)
    columns = (action.column,) if isinstance(action, AddColumn) else action.columns
    inline = tuple(
        replace(each, columns=(column.name,)) for column in columns for each in column.constraints
    )
    return (*action.constraints, *inline) if isinstance(action, CreateTable) else inline


def _columns(
    action: AddColumn | AddConstraint | CreateTable, key: str, run: Run
) -> dict[str, Column]:
    """The columns of a table, with those that the action itself makes."""
    table = run.table(key)
    found = dict(table.columns) if table is not None else {}
    if key == action.table and isinstance(action, CreateTable):
        found |= {column.name: column for column in action.columns}
    if key == action.table and isinstance(action, AddColumn):
        found[action.column.name] = action.column
    return found


def _primary(key: str, run: Run) -> tuple[str, ...]:
    table = run.table(key)
    keys = [each.columns for each in table.constraints_of("primary key")] if table else []
    return keys[0] if keys else ()


def _stored(column: Column | None) -> SqlType | None:
    """The type that a column has: a serial one is an integer."""
    if column is None or column.type is None:
        return None
    return replace(column.type, name=COUNTED.get(column.type.name, column.type.name))


def mended(
    action: AddColumn | AddConstraint | CreateTable, pair: Pair, run: Run, *, refused: bool
) -> tuple[str, ...]:
    """The same with the types of the columns that are referred to.

    :param refused: whether the values of an existing column can't be converted safely.
    """
    kind = run.target.kind
    if isinstance(action, CreateTable):
        types = {each.column: each.parent_type for each in pairs(action, run)}
        columns = tuple(
            replace(each, type=types.get(each.name, each.type)) for each in action.columns
        )
        table = create_table(replace(action, columns=columns), kind)
        return () if table is None else (lines(table, *_indexes(action, kind)),)
    if isinstance(action, AddColumn):
        column = replace(action.column, type=pair.parent_type)
        if kind == "postgresql":
            return added(replace(action, column=column), run)
        return (add_column(pair.key, replace(column, constraints=()), kind),)
    if was_added(run, pair.key, pair.column):
        plain = Column(pair.column, pair.parent_type)
        steps: tuple[str, ...] = (add_column(pair.key, plain, kind),)
        new = pair.column
    elif refused and kind == "postgresql":
        return ()
    else:
        new = f"{pair.column}_as_{pair.parent_type.name.replace(' ', '_')}"
        old = OnColumn(pair.key, pair.column)
        steps = beside(run, old, new, pair.parent_type, _cast(pair, kind))
    if kind != "postgresql" or len(pair.constraint.columns) > 1:
        return steps
    constraint = replace(pair.constraint, columns=(new,))
    index = key_index(pair.key, constraint.columns, run)
    return (*steps, *index, *constrained(pair.key, constraint))


def _indexes(action: CreateTable, kind: str) -> list[str]:
    """The indexes for its foreign keys, which PostgreSQL makes none for, where no key begins so."""
    if kind != "postgresql":
        return []
    found = [each for each in _constraints(action) if each.columns]
    keys = [each.columns for each in found if each.kind in ("primary key", "unique")]
    return [
        index_code(action.table, Index(None, each.columns))
        for each in found
        if each.kind == "foreign key"
        and not any(key[: len(each.columns)] == each.columns for key in keys)
    ]


def _cast(pair: Pair, kind: str) -> str:
    """The old value as one of the new type; MariaDB and MySQL convert what they store."""
    name = quoted_name(pair.column, kind)
    return f"CAST({name} AS {pair.parent_type})" if kind == "postgresql" else name
