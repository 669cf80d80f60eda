"""A new column that is not the last one rebuilds the whole table.

Before MySQL 8.0.29 a column is added instantly only behind all others; with ``FIRST`` or ``AFTER``
every row is written anew: reads and writes go on, but it takes as long and as much room as the rows
have, and replicas lag behind by that time (MySQL manual, "Online DDL Operations", Column
Operations). MariaDB adds it instantly anywhere, from 10.4.

Fix: add it as the last one; the order of columns is nothing that a query should rely on.

Bad::

    op.execute("ALTER TABLE orders ADD COLUMN weight integer AFTER id")

Good::

    op.add_column("orders", sa.Column("weight", sa.Integer()))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import add_column, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mysql",)
JUDGES = AddColumn
SEVERITY = Severity.WARNING
GROWS = True
# The last column; "8.0" alone, which is what is mostly said, is taken for at least this.
INSTANT_FROM = (8, 0, 12)


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where the same column would be added instantly at the end."""
    key, column = action.table, action.column
    if unused(run, key) or action.position is None:
        return
    table, last = run.table(key), replace(action, position=None)
    target = replace(run.target, version=max(run.target.version, INSTANT_FROM))
    if not algorithm(action, target, table).rebuilds or algorithm(last, target, table).rebuilds:
        return
    yield Harm(
        f"Adding {key}.{column.name} {action.position.upper()} rebuilds all of {key}.",
        why="Before MySQL 8.0.29 only the last column is added instantly; elsewhere each row is "
        "written anew.",
        fix=(add_column(key, column, run.target.kind),),
        table=key,
    )
