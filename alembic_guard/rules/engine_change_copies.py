"""Another storage engine copies the whole table while writes wait.

``ENGINE = …`` writes all rows into a table of the other engine, and only reads pass until it is
done. ``ENGINE = InnoDB`` of an InnoDB table rebuilds it in place, and writes pass (MySQL manual,
"Online DDL Operations"; measured on MariaDB 10.11).

Fix: there is no online way by ALTER TABLE. Choose a time when nobody writes, and say so; or copy
the rows in batches into a new table, with triggers that keep it up to date (gh-ost,
pt-online-schema-change).

Bad::

    op.execute("ALTER TABLE logs ENGINE = Aria")

Good::

    op.execute("ALTER TABLE logs ENGINE = InnoDB")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AlterTable
GROWS = True
NAME = "engine-change-copies"


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found unless it becomes, or stays, InnoDB."""
    key = action.table
    if action.kind != "engine" or unused(run, key):
        return
    if algorithm(action, run.target, run.table(key)).blocks == "nothing":
        return
    line = as_written(run, "")
    yield Harm(
        f"Making {key} a table of {action.detail} copies all of it, and every write waits.",
        why="All rows are written by the other engine, with ALGORITHM=COPY.",
        fix=(allowed(line, NAME, "nobody writes at that hour"),) if line else (),
        table=key,
    )
