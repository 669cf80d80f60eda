"""A foreign key on a column that may be NULL lets rows refer to nothing.

A row whose column is NULL satisfies every foreign key; of several columns one NULL is enough, unless
it says MATCH FULL (PostgreSQL manual 5.5.5).
Opt-in: a reference that may be missing is often just what is meant.

Fix: make the column NOT NULL by way of a check that is validated while reads and writes go on.

Bad::

    op.create_foreign_key(
        "orders_shop_fkey", "orders", "orders", ["shop_id"], ["id"], postgresql_not_valid=True
    )

Good::

    op.create_foreign_key(
        "orders_user_fkey", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddConstraint, CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._constraint_code import in_steps, made_not_null
from alembic_guard.rules._constraints import foreign_keys, nullable
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column

DATABASES = ("postgresql",)
JUDGES = (CreateTable, AddConstraint)
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: CreateTable | AddConstraint, run: Run) -> Iterator[Harm]:
    """Found where it is known that a column may be NULL."""
    key = action.table
    for each in foreign_keys(action):
        columns = _nullable(action, each.columns, run)
        if not columns:
            continue
        yield Harm(
            f"Rows of {key} may refer to no row of {each.refers_to}: "
            f"{', '.join(columns)} may be NULL.",
            why="A NULL satisfies a foreign key.",
            fix=_fix(action, columns, run),
        )


def _nullable(action: CreateTable | AddConstraint, names: tuple[str, ...], run: Run) -> list[str]:
    if isinstance(action, AddConstraint):
        return nullable(action.table, names, run)
    return [each.name for each in _columns(action, names)]


def _columns(action: CreateTable, names: tuple[str, ...] | list[str]) -> list[Column]:
    """Those columns of a new table that may be NULL."""
    keys = [each for each in action.constraints if each.kind == "primary key"]
    of_keys = {name for each in keys for name in each.columns}
    return [
        each
        for each in action.columns
        if each.name in names
        and each.nullable
        and each.name not in of_keys
        and not any(one.kind in ("primary key", "not null") for one in each.constraints)
    ]


def _fix(action: CreateTable | AddConstraint, columns: list[str], run: Run) -> tuple[str, ...]:
    if isinstance(action, AddConstraint):
        return *made_not_null(action.table, columns, run), *in_steps(action, run)
    changed = tuple(
        replace(each, nullable=False) if each.name in columns else each for each in action.columns
    )
    code = create_table(replace(action, columns=changed), run.target.kind)
    return (code,) if code else ()
