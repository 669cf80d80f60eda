"""CASCADE drops more than the statement names.

Views and the indexes of views, foreign keys of other tables, columns of a type that is dropped: all
that depends on it goes, however far away, with no more than a notice (PostgreSQL manual 5.14,
Dependency Tracking; measured on 15). Without CASCADE, PostgreSQL refuses and names what it is.

Fix: drop what depends on it by name, so that a review sees it; then the thing itself.

Bad::

    op.execute("DROP TABLE orders CASCADE")

Good::

    op.execute("SET LOCAL lock_timeout = '3s'")
    op.execute("DROP VIEW open_orders")  # guard: allow(dropped-object) only the old report read it
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import (
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
)
from alembic_guard.ddl.objects import CreateObject, DropObject
from alembic_guard.finding import Severity
from alembic_guard.rules._cascading import Dropping, dependents, dropped_by_name, is_known
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (DropTable, DropColumn, DropConstraint, DropIndex, DropObject)
WHY = (
    "PostgreSQL tells of it only in a notice. Without CASCADE it refuses, and names what depends "
    "on it."
)


def judge(action: Dropping, run: Run) -> Iterator[Harm]:
    """Found unless this run made what is dropped; a note where nothing is known to depend on it."""
    if not action.cascade or _is_new(action, run):
        return
    found = [each.name for each in dependents(action, run)]
    what = _what(action)
    harmless = is_known(action, run) and not found and not _is_read(action, run)
    yield Harm(
        f"Dropping {what} with CASCADE drops {', '.join(found)} too."
        if found
        else f"Dropping {what} with CASCADE drops whatever depends on it too.",
        why=WHY,
        fix=(dropped_by_name(action, run),),
        severity=Severity.NOTE if harmless else None,
    )


def _is_new(action: Dropping, run: Run) -> bool:
    if isinstance(action, DropObject):
        made = (each.name for _, each in run.earlier(CreateObject) if each.kind == action.kind)
        return action.name in made
    return run.is_new(action.table)


def _is_read(action: Dropping, run: Run) -> bool:
    """Whether one of several views reads a column."""
    table = run.table(action.table)
    return isinstance(action, DropColumn) and bool(table and action.column in table.used_by_views)


def _what(action: Dropping) -> str:
    if isinstance(action, DropObject):
        return f"the {action.kind} {action.name}"
    if isinstance(action, DropTable):
        return action.table
    if isinstance(action, DropColumn):
        return f"{action.table}.{action.column}"
    return action.name or "a constraint"
