"""A new value of an enum is used before it is committed, and the migration fails.

A value that ``ALTER TYPE … ADD VALUE`` adds can't be used in the same transaction: not in a row, a
default, a check or a condition (PostgreSQL manual, ALTER TYPE, Notes; measured on 15: 55P04,
"unsafe use of new value"). Alembic runs all pending revisions in one transaction, unless
``transaction_per_migration`` is set, so that the next revision is too early as well.

Fix: add it in an ``autocommit_block()``, in a revision of its own.

Bad::

    op.execute("ALTER TYPE mood ADD VALUE 'fine'")
    op.execute("INSERT INTO users (id, email, mood) VALUES (9, 'z', 'fine')")

Good::

    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE 'fine'")
    # next revision
    op.execute("INSERT INTO users (id, email, mood) VALUES (9, 'z', 'fine')")
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from alembic.operations.ops import BulkInsertOp

from alembic_guard.ddl.actions import Action, CreateTable, OnTable
from alembic_guard.ddl.objects import AddEnumValue, CreateEnum
from alembic_guard.finding import Severity
from alembic_guard.rules._code import autocommit, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._nodes import literals
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column

DATABASES = ("postgresql",)
JUDGES = Action
SAME = 18  # the version from which a type of the same transaction is free; not measured here


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found once a step, where a statement holds the literal after it was added."""
    before = _before(run)
    if isinstance(action, AddEnumValue) or not before:
        return
    last = run.done[-1]
    if last.step is run.step and not isinstance(last.action, AddEnumValue):
        return
    used = literals(run.step)
    for added in before:
        has = _has_column(action, added, run)
        if added.value not in used or has is False or _is_new(added, run):
            continue
        place = action.table if isinstance(action, OnTable) and action.table else "This statement"
        yield Harm(
            f"{place} can't use the value {added.value} of {added.type} yet: it is not committed.",
            why="PostgreSQL fails with 55P04, unsafe use of new value, in the transaction that "
            "added it.",
            fix=_fix(added, run),
            severity=None if has else Severity.WARNING,
        )
        return


def _before(run: Run) -> list[AddEnumValue]:
    """The values that the transaction of this step added before it."""
    here = _added(run).get(run.step.transaction, ())
    return [action for place, action in here if place < len(run.done)]


@lru_cache(maxsize=1)
def _added(run: Run) -> dict[int | None, list[tuple[int, AddEnumValue]]]:
    """All values that are added, by transaction, with their places: asked at every action."""
    found: dict[int | None, list[tuple[int, AddEnumValue]]] = {}
    for place, done in enumerate(run.plan):
        if isinstance(done.action, AddEnumValue) and done.step.transaction is not None:
            found.setdefault(done.step.transaction, []).append((place, done.action))
    return found


def _is_new(added: AddEnumValue, run: Run) -> bool:
    """Whether its type is of this transaction too, and the server lets it be used."""
    made = any(each.name == added.type for _, each in run.in_transaction(CreateEnum))
    return made and run.target.major >= SAME


def _has_column(action: Action, added: AddEnumValue, run: Run) -> bool | None:
    """Whether the table of an action has a column of the enum; None where it is not known."""
    key = action.table if isinstance(action, OnTable) else ""
    table = run.table(key)
    columns = list(table.columns.values()) if table else []
    columns += list(action.columns) if isinstance(action, CreateTable) else []
    column = getattr(action, "column", None)
    columns += [column] if isinstance(column, Column) else []
    if any(each.type is not None and each.type.name == added.type for each in columns):
        return True
    return False if table is not None and table.complete else None


def _fix(added: AddEnumValue, run: Run) -> tuple[str, ...]:
    """The value committed by itself; then the statement, where its text is that and no more."""
    step = run.step
    value = added.value.replace("'", "''")
    line = execute(f"ALTER TYPE {quoted(added.type)} ADD VALUE IF NOT EXISTS '{value}'")
    adds_too = any(done.step is step for done in run.done[-1:])
    whole = len(step.sql) == 1 and not adds_too and not isinstance(step.directive, BulkInsertOp)
    return (autocommit(line), *([execute(step.sql[0])] if whole else []))
