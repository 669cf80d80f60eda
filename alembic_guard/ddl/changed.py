"""How an action changes what is known of the one table that it is about. Pure functions.

What else changes with it, such as the tables that refer to it, is in :mod:`~.known`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alembic_guard.ddl.actions import CreateTable, ModifyColumn
from alembic_guard.ddl.made_up_names import name_of_constraint, name_of_index
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import SqlType

_SERIAL = {"bigserial": "bigint", "serial": "integer", "smallserial": "smallint"}
"""PostgreSQL's manual, "Serial Types": what a column is that was defined as one of them."""

KEYS = ("primary key", "unique", "exclude")
"""Constraints that have an index."""


def created(action: CreateTable, sources: Mapping[str, Table | None]) -> Table:
    """The table that CREATE TABLE makes.

    :param sources: the tables whose columns it takes besides its own, by key; None for one that is
        not known.
    """
    known = all(one is not None and one.complete for one in sources.values())
    complete = known and not action.as_query
    table = Table(
        action.table,
        complete=complete,
        partitioned=action.partitioned,
        partition_of=action.partition_of,
    )
    for key, source in sources.items():
        if source is not None and key in action.like:
            table = replace(table, columns={**table.columns, **source.columns})
        elif source is not None:
            table = _with_inherited(table, source, partition=key == action.partition_of)
    for column in action.columns:
        table = with_new_column(table, column)
    for constraint in action.constraints:
        table = with_constraint(table, constraint)
    for index in action.indexes:
        table = with_index(table, index)
    return table


def _with_inherited(table: Table, parent: Table, *, partition: bool) -> Table:
    """A table with the columns and checks of a parent; a partition has its keys and indexes too.

    PostgreSQL's manual, "Inheritance", Caveats, and CREATE TABLE, PARTITION OF.
    """
    table = replace(table, columns={**table.columns, **parent.columns})
    for each in parent.constraints.values():
        if each.kind in ("check", "not null") or (partition and each.kind == "foreign key"):
            table = with_constraint(table, each)
        elif partition:
            table = with_constraint(table, replace(each, name=None))
    for name, index in parent.indexes.items() if partition else ():
        if name not in parent.constraints:
            table = with_index(table, replace(index, name=None))
    return table


def with_new_column(table: Table, column: Column) -> Table:
    """A table with a column as a server has it afterwards, and with the constraints behind it."""
    kept = column
    if column.type is not None and column.type.name in _SERIAL:
        sequence = f"{table.key.rpartition('.')[2]}_{column.name}_seq"
        kept = replace(
            kept,
            type=SqlType(_SERIAL[column.type.name]),
            nullable=False,
            default=f"nextval('{sequence}'::regclass)",
        )
    table = table.with_column(replace(kept, constraints=()))
    for constraint in column.constraints:
        table = with_constraint(table, constraint)
    return table


def with_constraint(table: Table, constraint: Constraint) -> Table:
    """A table with a constraint more, under its name or the one that PostgreSQL makes up.

    A key has an index of the same name; PostgreSQL's manual, ALTER TABLE, ADD table_constraint.
    """
    unique = constraint.kind != "exclude"
    index = Index(constraint.name, constraint.columns, unique, "btree" if unique else None)
    if constraint.using_index is not None:
        index = table.indexes.get(constraint.using_index, index)
        constraint = replace(
            constraint,
            name=constraint.name or constraint.using_index,
            columns=constraint.columns or index.columns,
            using_index=None,
        )
        table = without_index(table, index.name or "")
    name = name_of_constraint(table.key, constraint, {*table.constraints, *table.indexes})
    constraint = replace(constraint, name=name)
    table = replace(table, constraints={**table.constraints, name: constraint})
    if constraint.kind in KEYS:
        table = with_index(table, replace(index, name=name))
    if constraint.kind in ("primary key", "not null") and constraint.valid:
        for column in constraint.columns:
            table = with_column_changed(table, column, nullable=False)
    return table


def with_column_changed(table: Table, name: str, **parts: object) -> Table:
    """A table with parts of a column replaced; what was not known of it stays unknown.

    :param parts: as of :class:`~alembic_guard.schema.Column`.
    """
    column = table.columns.get(name, Column(name, nullable=None))
    return table.with_column(replace(column, **parts))  # type: ignore[arg-type]


def without_constraint(table: Table, name: str | None, kind: str | None) -> Table:
    """A table without a constraint, nor the index of a key; it has one primary key at most.

    :param kind: of the constraint; None where it is not said.
    """
    primary = kind == "primary key"
    dropped = {
        key: each
        for key, each in table.constraints.items()
        if (each.kind == kind if primary or name is None else key == name)
    }
    indexes = {key for key, each in dropped.items() if each.kind in KEYS}
    return replace(
        table,
        constraints={key: one for key, one in table.constraints.items() if key not in dropped},
        indexes={key: one for key, one in table.indexes.items() if key not in indexes},
    )


def with_index(table: Table, index: Index) -> Table:
    """A table with an index more, under its name or the one that PostgreSQL makes up."""
    name = name_of_index(table.key, index, {*table.constraints, *table.indexes})
    return replace(table, indexes={**table.indexes, name: replace(index, name=name)})


def without_index(table: Table, name: str) -> Table:
    """A table without an index, nor the key that is its: MariaDB and MySQL drop them so."""
    constraints = {
        key: one for key, one in table.constraints.items() if key != name or one.kind not in KEYS
    }
    indexes = {key: one for key, one in table.indexes.items() if key != name}
    return replace(table, constraints=constraints, indexes=indexes)


def without_column(table: Table, name: str, *, mysql: bool) -> Table:
    """A table without a column, and without what is on it.

    PostgreSQL's manual, ALTER TABLE, DROP COLUMN: indexes and constraints that involve the column
    are dropped. MySQL's: the column is taken out of its indexes.
    """
    indexes: dict[str, Index] = {}
    for key, index in table.indexes.items():
        columns = tuple(each for each in index.columns if each != name)
        if name not in (*index.columns, *index.include):
            indexes[key] = index
        elif mysql and columns:
            indexes[key] = replace(index, columns=columns)
    return replace(
        table,
        columns={key: one for key, one in table.columns.items() if key != name},
        constraints={key: one for key, one in table.constraints.items() if name not in one.columns},
        indexes=indexes,
        used_by_views=table.used_by_views - {name},
    )


def with_column_renamed(table: Table, old: str, new: str) -> Table:
    """A table with a column under another name, also in its constraints and indexes."""

    def renamed(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(new if each == old else each for each in names)

    return replace(
        table,
        columns={
            (new if key == old else key): (replace(one, name=new) if key == old else one)
            for key, one in table.columns.items()
        },
        constraints={
            key: replace(one, columns=renamed(one.columns))
            for key, one in table.constraints.items()
        },
        indexes={
            key: replace(one, columns=renamed(one.columns), include=renamed(one.include))
            for key, one in table.indexes.items()
        },
        used_by_views=frozenset(renamed(table.used_by_views)),
    )


def with_column_modified(table: Table, action: ModifyColumn) -> Table:
    """A table with a column that MODIFY or CHANGE defined anew."""
    defined, old = action.definition, table.columns.get(action.column)
    if defined.type is None and old is not None:
        defined = replace(defined, type=old.type)
    if defined.name != action.column:
        table = with_column_renamed(table, action.column, defined.name)
    return with_new_column(table, defined)
