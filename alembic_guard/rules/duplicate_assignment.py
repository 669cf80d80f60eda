"""An UPDATE or an INSERT gives one column two values, and fails.

PostgreSQL refuses it: "multiple assignments to same column", "column specified more than once"
(measured on 15). Nothing sees it before the statement runs, in the middle of a deployment.

Fix: one value for each column.

Bad::

    op.execute("UPDATE shops SET city = 'Rome', city = 'Bonn' WHERE id = 1")

Good::

    op.execute("UPDATE shops SET city = 'Bonn' WHERE id = 1")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import Insert, Update
from alembic_guard.ddl.identifiers import assigned_once, assigned_twice
from alembic_guard.rules._code import execute
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (Update, Insert)


def judge(action: Update | Insert, run: Run) -> Iterator[Harm]:
    """Found in SQL; SQLAlchemy gives no column two values."""
    if len(run.step.sql) != 1:
        return
    (sql,) = run.step.sql
    verb = type(action).__name__.upper()
    for column in assigned_twice(sql):
        mended = assigned_once(sql)
        yield Harm(
            f"This {verb} gives {action.table}.{column} two values, so it fails.",
            why="PostgreSQL refuses it when the statement runs.",
            fix=(execute(mended),) if mended else (),
        )
