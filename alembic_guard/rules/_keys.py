"""The primary key of a new table, and the table written with another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateIndex, CreateTable
from alembic_guard.ddl.changed import created
from alembic_guard.rules._code import index_code, lines
from alembic_guard.rules._constraints import is_indexed, will_be_indexed
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Column, Constraint, Index


def constraints_of(action: CreateTable, kind: str) -> Iterator[Constraint]:
    """The constraints of a kind, those of the table and those behind a column."""
    behind = (each for column in action.columns for each in column.constraints)
    return (each for each in (*behind, *action.constraints) if each.kind == kind)


def primary_key(action: CreateTable) -> Constraint | None:
    """The primary key that a statement defines."""
    return next(constraints_of(action, "primary key"), None)


def is_a_table_of_its_own(action: CreateTable, run: Run) -> bool:
    """Whether a lasting table is made, with columns that the statement says.

    A partition, and what is ``LIKE`` another or inherits from it, is as that one; a query, and a
    table that is there already, say nothing of keys.
    """
    there = action.if_not_exists and run.table(action.table) is not None
    derived = action.as_query or action.partition_of or action.inherits or action.like
    passing = action.temporary or action.foreign
    return bool(action.columns) and not (there or derived or passing)


def with_columns(action: CreateTable, columns: Iterable[Column]) -> CreateTable:
    """The same table with other columns, or in another order."""
    return replace(action, columns=tuple(columns))


def table_code(
    action: CreateTable,
    run: Run,
    step: Step | None = None,
    references: Iterable[Constraint] | None = None,
) -> str | None:
    """The ``op.create_table()`` of a table, and its indexes; None where that can't say it.

    :param step: that creates it, where that is not the one that is judged now.
    :param references: its foreign keys, where it gets some of them later: PostgreSQL makes no index
        for them, which foreign-key-without-index is about.
    """
    code = create_table(action, run.target.kind)
    if code is None:
        return None
    here = [each.index for one, each in run.later(CreateIndex) if one is (step or run.step)]
    if run.target.kind == "postgresql":
        table = created(action, {})
        keys = references or constraints_of(action, "foreign key")
        here += [
            Index(None, columns)
            for columns in dict.fromkeys(each.columns for each in keys)
            if not is_indexed(table, columns) and not will_be_indexed(table.key, columns, run)
        ]
    return lines(code, *(index_code(action.table, each) for each in (*action.indexes, *here)))
