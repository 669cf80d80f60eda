"""A new column is NOT NULL, and its default is one that only Python knows.

``default=`` is what the ORM puts into the INSERTs that it writes. The database never sees it: the
rows of before get nothing, so that PostgreSQL and SQLite refuse the column where there are any, and
MariaDB and MySQL fill it with 0 or ''; and code that still runs, or does not use this model, can't
insert any more (SQLAlchemy's manual, "Column INSERT/UPDATE Defaults").

Fix: ``server_default=`` with the same value.

Bad::

    op.add_column("orders", sa.Column("weight", sa.Integer(), nullable=False, default=1))

Good::

    op.add_column("orders", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import directive_column, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._required import (
    fails_in_mysql,
    is_required,
    value_for,
    what_happens,
    with_value,
)
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = AddColumn


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where the model has a default and the server has none."""
    key, column = action.table, action.column
    if unused(run, key) or not column.python_default or not is_required(column):
        return
    what, why = what_happens(action, run)
    is_filled = run.target.is_mysql and not fails_in_mysql(action, run.target)
    yield Harm(
        f"Adding {key}.{column.name} as NOT NULL with only a Python default {what}.",
        why=f"The database never sees default=. {why}",
        fix=with_value(action, run, _value(action, run)),
        severity=Severity.WARNING if is_filled else None,
    )


def _value(action: AddColumn, run: Run) -> str | None:
    """SQL of the model's default, where that is a plain value, and one that the column takes."""
    if value_for(action.column.type, run.target.kind) is None:
        return None
    default = getattr(directive_column(run), "default", None)
    value = getattr(default, "arg", None)
    if isinstance(value, bool):
        words = ("0", "1") if run.target.kind == "sqlite" else ("false", "true")
        return words[value]
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return None
