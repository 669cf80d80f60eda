"""A new column is NOT NULL, and the rows of before get no value for it.

PostgreSQL and SQLite refuse it as soon as the table has rows: it works on the empty table of a
test, and fails in production (PostgreSQL: measured on 15; SQLite's manual, ALTER TABLE ADD COLUMN).
MariaDB and MySQL fill the rows with the implicit default of the type (0, '', '0000-00-00', the
first word of an enum), which nobody chose; and in strict mode each INSERT of the code that still
runs, which does not name the column, fails (MariaDB: measured on 10.11; MySQL manual, "Data Type
Default Values").

Fix: a constant default, which costs nothing and also serves the code that still runs; or a nullable
column, filled in batches, and NOT NULL in the end.

Bad::

    op.add_column("orders", sa.Column("weight", sa.Integer(), nullable=False))

Good::

    op.add_column("orders", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
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
    """Found unless the model has a default, of which ``python-default-only`` tells."""
    key, column = action.table, action.column
    if unused(run, key) or column.python_default or not is_required(column):
        return
    what, why = what_happens(action, run)
    is_filled = run.target.is_mysql and not fails_in_mysql(action, run.target)
    yield Harm(
        f"Adding {key}.{column.name} as NOT NULL without a default {what}.",
        why=why,
        fix=with_value(action, run, value_for(column.type, run.target.kind)),
        severity=Severity.WARNING if is_filled else None,
    )
