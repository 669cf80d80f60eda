"""Logical replication is told of changed rows in another way.

By its replica identity a subscriber knows which row was changed. ``NOTHING`` makes UPDATE and
DELETE on a published table fail; ``FULL`` writes each old row whole into the log, and a subscriber
searches its table for it; an index has to be dropped by nobody (PostgreSQL manual, ALTER TABLE,
REPLICA IDENTITY). It takes ACCESS EXCLUSIVE for a moment.

Fix: use the primary key, which is the default. Where it must be another, tell those who read the
publication, and say so.

Bad::

    op.execute("ALTER TABLE shops REPLICA IDENTITY NOTHING")

Good::

    op.execute("ALTER TABLE shops REPLICA IDENTITY DEFAULT")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AlterTable
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "replica-identity-change"
WHAT = {
    "nothing": "UPDATE and DELETE on {} fail while it is published.",
    "full": "Each UPDATE and DELETE on {} writes the old row whole into the log.",
}


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found unless it is the default one, or nobody uses the table."""
    key = action.table
    if action.kind != "replica identity" or action.detail == "default" or run.is_new(key):
        return
    otherwise = "Subscribers know the changed rows of {} by another index."
    line = as_written(run, "")
    yield Harm(
        WHAT.get(action.detail, otherwise).format(key),
        why="The replica identity is how logical replication knows a row.",
        fix=(allowed(line, NAME, "those who read the publication know"),) if line else (),
    )
