"""A delete in the table that a foreign key refers to reads the whole table that refers.

PostgreSQL makes no index on the columns of a foreign key (manual 5.5.5). When a row of the other
table is deleted, or its key changes, the rows that refer to it are looked for, without one by
reading the table, once for each such row, and meanwhile the deleted row is locked.

Fix: build an index that begins with these columns, in any order, before the foreign key. Where
nobody ever deletes such rows, say so.

Bad::

    op.create_foreign_key(
        "orders_approved_by_fkey",
        "orders",
        "users",
        ["approved_by"],
        ["id"],
        postgresql_not_valid=True,
    )

Good::

    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_approved_by", "orders", ["approved_by"], postgresql_concurrently=True
        )
    # next revision
    op.create_foreign_key(
        "orders_approved_by_fkey",
        "orders",
        "users",
        ["approved_by"],
        ["id"],
        postgresql_not_valid=True,
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, AddConstraint, CreateTable, DropConstraint
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added
from alembic_guard.rules._code import index_code, lines
from alembic_guard.rules._constraint_code import in_steps, said
from alembic_guard.rules._constraints import constraints, foreign_keys, is_indexed, will_be_indexed
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Index, Table

DATABASES = ("postgresql",)
JUDGES = (AddConstraint, AddColumn, CreateTable)
SEVERITY = Severity.WARNING
GROWS = True


def judge(action: AddConstraint | AddColumn | CreateTable, run: Run) -> Iterator[Harm]:
    """Found where all indexes of the table are known, and the run makes none later.

    It is not, where the revision drops the key and makes it again: the index was missing before.
    """
    key, table = action.table, _with_own(action, run)
    if table is None or not table.complete or table.partitioned or run.is_empty(key):
        return
    for constraint in foreign_keys(action):
        columns = constraint.columns
        if not columns or is_indexed(table, columns) or will_be_indexed(key, columns, run):
            continue
        if constraint.name and _was_there(key, constraint.name, run):
            continue
        is_new = isinstance(action, CreateTable) or run.is_new(key)
        yield Harm(
            f"Every delete in {constraint.refers_to} reads all of {key}: no index begins with "
            f"{', '.join(columns)}.",
            why="PostgreSQL makes no index for a foreign key, and looks for the rows that refer to "
            "one that is deleted.",
            fix=_fix(action, columns, run),
            table="" if is_new else key,
            severity=Severity.NOTE if is_new else None,
        )


def _was_there(key: str, name: str, run: Run) -> bool:
    """Whether this revision dropped the key that it now makes again: nothing gets slower."""
    dropped = run.in_revision(DropConstraint)
    return any((each.table, each.name) == (key, name) for _, each in dropped)


def _with_own(action: AddConstraint | AddColumn | CreateTable, run: Run) -> Table | None:
    """The table with the keys and indexes that come with the action; None where it is not known."""
    table = run.table(action.table)
    if isinstance(action, CreateTable):
        if action.temporary or action.as_query or action.partition_of:
            return None
        if action.like or action.inherits:
            return None
        indexes = {str(number): each for number, each in enumerate(action.indexes)}
        partitioned = action.partitioned
        table = Table(action.table, indexes=indexes, complete=True, partitioned=partitioned)
    if table is None:
        return None
    own = {str(number): each for number, each in enumerate(constraints(action))}
    return replace(table, constraints={**table.constraints, **own})


def _fix(
    action: AddConstraint | AddColumn | CreateTable, columns: tuple[str, ...], run: Run
) -> tuple[str, ...]:
    index = index_code(action.table, Index(None, columns))
    if isinstance(action, CreateTable):
        table = create_table(action, run.target.kind)
        return (lines(table, index) if table else index,)
    if run.is_new(action.table):
        return (lines(index, said(action, run)),) if isinstance(action, AddConstraint) else (index,)
    return in_steps(action, run) if isinstance(action, AddConstraint) else added(action, run)
