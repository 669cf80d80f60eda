"""A unique index is dropped, and with it the guarantee that there are no duplicates.

Nothing keeps duplicates out any more, and the index can't come back once there are some. ``INSERT …
ON CONFLICT (columns)`` of running code fails at once: there is "no unique or exclusion constraint
matching the ON CONFLICT specification" (PostgreSQL manual, INSERT).

Fix: create what takes its place first. Where duplicates shall be possible from now on, say so.

Bad::

    op.drop_index("uq_shops_name", table_name="shops")

Good::

    # guard: allow(dropped-unique-index) two shops may have the same name
    op.drop_index("uq_shops_name", table_name="shops")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint, CreateIndex, DropColumn, DropIndex, DropTable
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, autocommit, drop_index_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Index, Table

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = DropIndex
SEVERITY = Severity.WARNING


def judge(action: DropIndex, run: Run) -> Iterator[Harm]:
    """Found where the index is known, and nothing else keeps its columns unique."""
    table = run.table(action.table)
    name = action.name.rpartition(".")[2]
    index = table.indexes.get(name) if table is not None else None
    if table is None or index is None or not index.unique or run.is_new(action.table):
        return
    if any(set(each) <= set(index.columns) for each in _others(table, index)):
        return
    if _goes_anyway(action, index, run) or _comes_back(action, index, run):
        return
    postgresql = run.target.kind == "postgresql"
    options = {"postgresql_concurrently": True} if postgresql else {}
    line = drop_index_code(action.table, action.name, **options)
    line = allowed(line, "dropped-unique-index", "duplicates are possible from now on")
    yield Harm(
        f"Without {name}, nothing keeps duplicates of {', '.join(index.columns)} out of {table.key}.",
        why="INSERT … ON CONFLICT on these columns fails in code that runs."
        if postgresql
        else "Once there are duplicates, the index can't be created again.",
        fix=(autocommit(line) if postgresql else line,),
    )


def _others(table: Table, index: Index) -> Iterator[tuple[str, ...]]:
    """The columns of whatever else is unique and has no condition."""
    if index.where is None:
        for each in table.indexes.values():
            if each.unique and each.where is None and each.valid and each.name != index.name:
                yield each.columns
    for kind in ("primary key", "unique"):
        for constraint in table.constraints_of(kind):
            if constraint.name != index.name:
                yield constraint.columns


def _goes_anyway(action: DropIndex, index: Index, run: Run) -> bool:
    """Whether the table or a column of it is dropped in the same revision."""
    if any(each.table == action.table for _, each in run.later_in_revision(DropTable)):
        return True
    dropped = run.later_in_revision(DropColumn)
    return any(each.table == action.table and each.column in index.columns for _, each in dropped)


def _comes_back(action: DropIndex, index: Index, run: Run) -> bool:
    """Whether the same revision creates another guarantee for these columns."""
    indexes = (
        each.index.columns
        for _, each in run.later_in_revision(CreateIndex)
        if each.table == action.table and each.index.unique
    )
    constraints = (
        each.constraint.columns
        for _, each in run.later_in_revision(AddConstraint)
        if each.table == action.table and each.constraint.kind in ("unique", "primary key")
    )
    return any(set(each) <= set(index.columns) for each in (*indexes, *constraints))
