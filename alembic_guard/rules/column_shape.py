"""A new column changes the shape of the table's rows.

``SELECT *`` gives one value more, and ``INSERT INTO … VALUES`` without names fails in MariaDB, MySQL
and SQLite, as do ``UNION`` and ``INSERT … SELECT *`` everywhere. Off by default: models name their
columns.

Fix: look for what reads or writes the table without naming its columns, then say so.

Bad::

    op.add_column("orders", sa.Column("weight", sa.Integer()))

Good::

    op.add_column("orders", sa.Column("weight", sa.Integer()))  # guard: allow(column-shape) all named
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import add_column, unused
from alembic_guard.rules._code import allowed
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = AddColumn
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found for each new column of a table that is in use."""
    key, column = action.table, action.column
    if unused(run, key):
        return
    line = add_column(key, column, run.target.kind)
    yield Harm(
        f"Adding {key}.{column.name} changes what SELECT * and INSERT without names mean on {key}.",
        why="Whatever does not name the columns gets or lacks a value.",
        fix=(allowed(line, "column-shape", "all of its queries name their columns"),),
    )
