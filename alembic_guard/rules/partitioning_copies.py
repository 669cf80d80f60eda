"""A table is divided into partitions anew while writes wait.

``PARTITION BY`` and ``REMOVE PARTITIONING`` copy all rows, and only reads pass until it is done
(measured on MariaDB 10.11: ``LOCK=NONE`` is refused); ``REORGANIZE``, ``COALESCE``, ``REBUILD`` and
``OPTIMIZE PARTITION`` write those of the partitions that they name (MySQL manual, "Online DDL
Operations", Partitioning Operations). Partitions of RANGE and LIST are added and dropped at once.

Fix: there is no online way by ALTER TABLE. Choose a time when nobody writes, and say so; or fill a
new table, divided as it shall be, in batches.

Bad::

    op.execute("ALTER TABLE logs PARTITION BY HASH (id) PARTITIONS 4")

Good::

    op.execute("CREATE TABLE parted (id integer PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AlterTable
GROWS = True
NAME = "partitioning-copies"
WHOLE = ("partition by", "remove partitioning")
PARTS = ("reorganize partition", "coalesce partition", "rebuild partition", "optimize partition")


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found on a table in use."""
    key = action.table
    if action.kind not in (*WHOLE, *PARTS) or unused(run, key):
        return
    copied = f"all of {key}" if action.kind in WHOLE else f"partitions of {key}"
    line = as_written(run, "")
    yield Harm(
        f"{action.kind.upper()} copies {copied}, and every write waits.",
        why="The rows are written into partitions under LOCK=SHARED.",
        fix=(allowed(line, NAME, "nobody writes at that hour"),) if line else (),
        table=key,
    )
