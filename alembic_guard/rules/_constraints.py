"""What is known of constraints, and of the columns that they are on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropTable,
)
from alembic_guard.ddl.data import Delete, Read
from alembic_guard.ddl.expressions import proves_not_null
from alembic_guard.rules._adding import constraint_name
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint, Index, Table


def name_of(key: str, constraint: Constraint) -> str:
    """The name of a constraint, or the one that PostgreSQL makes up where that is free."""
    return constraint.name or constraint_name(key, constraint)


def dropped_constraint(action: DropConstraint, run: Run) -> Constraint:
    """The constraint that is dropped, or what the statement says of it."""
    found = run.known.constraint(action.table, action.name or "")
    return found or Constraint(action.kind or "", action.name)


def foreign_keys(action: Action) -> Iterator[Constraint]:
    """The foreign keys that an action adds, also those behind a column."""
    return (each for each in constraints(action) if each.kind == "foreign key")


def constraints(action: Action) -> Iterator[Constraint]:
    """The constraints that an action adds, also those behind a column."""
    if isinstance(action, AddConstraint):
        yield action.constraint
    elif isinstance(action, CreateTable):
        yield from action.constraints
        yield from _behind(action.columns)
    elif isinstance(action, AddColumn):
        yield from _behind([action.column])


def _behind(columns: Iterable[Column]) -> Iterator[Constraint]:
    for column in columns:
        yield from column.constraints


# --- NULLs ---------------------------------------------------------------------------------------


def maybe_null(key: str, columns: Iterable[str], run: Run) -> list[str]:
    """Those columns that may be NULL, or of which that is not known."""
    table = run.table(key)
    known = table.columns if table else {}
    return [each for each in columns if each not in known or known[each].nullable is not False]


def nullable(key: str, columns: Iterable[str], run: Run) -> list[str]:
    """Those columns that are known to allow NULL."""
    table = run.table(key)
    known = table.columns if table else {}
    return [each for each in columns if each in known and known[each].nullable]


# --- Indexes -------------------------------------------------------------------------------------


def finds_rows(index: Index) -> bool:
    """Whether an index leads to every row by the first of its columns."""
    return index.valid and not index.where and index.method in (None, "btree", "hash")


def is_indexed(table: Table, columns: Iterable[str]) -> bool:
    """Whether an index of a table finds rows by these columns: they are its first ones."""
    found = [each.columns for kind in KEYS for each in table.constraints_of(kind)]
    found += [each.columns for each in table.indexes.values() if finds_rows(each)]
    return any(_leads(columns, each) for each in found)


def will_be_indexed(key: str, columns: Iterable[str], run: Run) -> bool:
    """Whether the run makes such an index after the action that is judged now."""
    indexes = [each.index for _, each in run.later(CreateIndex, key)]
    keys = [each.constraint for _, each in run.later(AddConstraint, key)]
    found = [each.columns for each in indexes if finds_rows(each)]
    found += [each.columns for each in keys if each.kind in KEYS]
    return any(_leads(columns, each) for each in found)


def _leads(columns: Iterable[str], index: tuple[str, ...]) -> bool:
    wanted = set(columns)
    return set(index[: len(wanted)]) == wanted


KEYS = ("primary key", "unique")


# --- Rows that repeat ----------------------------------------------------------------------------


def may_repeat(key: str, columns: Iterable[str], run: Run) -> bool:
    """Whether rows may have the same values there, and nobody has looked.

    A column that the run itself adds is looked after by it.
    """
    if run.is_new(key) or run.is_empty(key) or _is_unique(run.table(key), set(columns)):
        return False
    added = {each.column.name for _, each in run.earlier(AddColumn, key)}
    read = any(key in each.tables for _, each in run.earlier(Read))
    cleaned = any(True for _ in run.earlier(Delete, key))
    return not (added & set(columns) or read or cleaned)


def _is_unique(table: Table | None, columns: set[str]) -> bool:
    """Whether a key of a table is among these columns."""
    if table is None:
        return False
    found = [each.columns for kind in KEYS for each in table.constraints_of(kind)]
    found += [
        each.columns
        for each in table.indexes.values()
        if each.unique and each.valid and not each.where and not each.expressions
    ]
    return any(each and set(each) <= columns for each in found)


# --- Guarantees that are lost --------------------------------------------------------------------


def is_lost(action: DropConstraint, run: Run) -> bool:
    """Whether a guarantee that was there before the run is gone after it."""
    key, constraint = action.table, dropped_constraint(action, run)
    if run.is_new(key) or constraint.kind == "not null":
        return False
    if any(True for _ in run.later(DropTable, key)):
        return False
    gone = {each.column for _, each in run.later(DropColumn, key)}
    if gone & set(constraint.columns) or _is_not_null(run.table(key), constraint):
        return False
    own = [each for _, each in run.earlier(AddConstraint, key)]
    if any(name_of(key, each.constraint) == action.name for each in own):
        return False
    return not any(_replaces(each, constraint) for each in _added_here(key, run))


def _is_not_null(table: Table | None, constraint: Constraint) -> bool:
    """Whether a check says no more than the NOT NULL of its column."""
    if table is None or constraint.kind != "check":
        return False
    return any(
        name in table.columns
        and table.columns[name].nullable is False
        and proves_not_null(constraint.expression or "", name)
        for name in constraint.columns
    )


def _added_here(key: str, run: Run) -> Iterator[Constraint]:
    """The constraints, and the unique indexes, that this revision adds to a table."""
    for actions in (run.in_revision(AddConstraint), run.later_in_revision(AddConstraint)):
        yield from (each.constraint for _, each in actions if each.table == key)
    for indexes in (run.in_revision(CreateIndex), run.later_in_revision(CreateIndex)):
        for _, each in indexes:
            if each.table == key and each.index.unique:
                yield Constraint("unique", each.index.name, each.index.columns)


def _replaces(added: Constraint, dropped: Constraint) -> bool:
    kinds = (added.kind, dropped.kind or added.kind)
    if kinds[0] != kinds[1] and not set(kinds) <= set(KEYS):
        return False
    return added.name == dropped.name or bool(
        dropped.columns and set(added.columns) == set(dropped.columns)
    )
