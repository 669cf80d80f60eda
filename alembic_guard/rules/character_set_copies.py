"""Another character set of a table copies all of it while writes wait.

``CONVERT TO CHARACTER SET`` changes each column of text and writes all rows anew; only reads pass
until it is done (MySQL manual, "Online DDL Operations"; measured on MariaDB 10.11; MariaDB 11.2
lets writes pass). A unique index may fail on rows that the new collation takes for equal.

Fix: the default for columns to come costs nothing: ``CHARACTER SET = …``. Those of before: choose a
time when nobody writes, and say so.

Bad::

    op.execute("ALTER TABLE shops CONVERT TO CHARACTER SET latin1")

Good::

    op.execute("ALTER TABLE shops CHARACTER SET = utf8mb4")
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
NAME = "character-set-copies"


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found on a table in use, where writes wait for it."""
    key = action.table
    if action.kind != "convert to character set" or unused(run, key):
        return
    if algorithm(action, run.target, run.table(key)).blocks == "nothing":
        return
    line = as_written(run, "")
    yield Harm(
        f"Converting {key} to {action.detail} copies all of it, and every write waits.",
        why="Each text is written anew, with ALGORITHM=COPY.",
        fix=(allowed(line, NAME, "nobody writes at that hour"),) if line else (),
        table=key,
    )
