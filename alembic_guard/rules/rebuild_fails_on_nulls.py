"""A column becomes NOT NULL while rows have none, and the migration fails.

SQLite's batch mode makes a new table, in which the column is NOT NULL, and copies the rows into it:
the first NULL ends that with "NOT NULL constraint failed" (measured on 3.40). On a laptop without
such rows it passes.

Fix: give these rows a value first.

Bad::

    with op.batch_alter_table("users") as batch:
        batch.alter_column("age", existing_type=sa.Integer(), nullable=False)

Good::

    op.execute("UPDATE users SET age = 0 WHERE age IS NULL")
    with op.batch_alter_table("users") as batch:
        batch.alter_column("age", existing_type=sa.Integer(), nullable=False)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetNotNull
from alembic_guard.ddl.data import Update
from alembic_guard.rules._adding import unused
from alembic_guard.rules._batch import batch_code
from alembic_guard.rules._code import execute, lines, quoted, quoted_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._required import value_for
from alembic_guard.rules._run import Run
from alembic_guard.sql_types import parse_type

DATABASES = ("sqlite",)
JUDGES = SetNotNull


def judge(action: SetNotNull, run: Run) -> Iterator[Harm]:
    """Found in batch mode, unless the column has no NULL, or they were given a value before."""
    key, column = action.table, action.column
    table = run.table(key)
    known = table.columns.get(column) if table else None
    if run.step.rebuilds is None or unused(run, key) or (known and known.nullable is False):
        return
    if any(column in each.columns for _, each in run.earlier(Update, key)):
        return
    said = getattr(run.step.directive, "existing_type", None)
    type_ = known.type if known else parse_type(str(said), "sqlite") if said is not None else None
    value = value_for(type_, "sqlite") or "''"
    name = quoted_name(column)
    fill = execute(f"UPDATE {quoted(key)} SET {name} = {value} WHERE {name} IS NULL")
    yield Harm(
        f"Making {key}.{column} NOT NULL fails if a row has none.",
        why="Batch mode copies all rows into a table where it is NOT NULL.",
        fix=(lines(fill, batch_code(action) or ""),),
    )
