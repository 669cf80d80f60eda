"""A table is made LOGGED or UNLOGGED, which writes all of it anew while nobody can read it.

``SET LOGGED`` and ``SET UNLOGGED`` rewrite the table and every index under an ACCESS EXCLUSIVE lock
(measured on 15; PostgreSQL manual, ALTER TABLE, SET { LOGGED | UNLOGGED }). ``SET LOGGED`` sends
all of it through the write-ahead log as well. An unlogged table is empty after a crash, and on a
standby.

Fix: there is no online way. Do it in a maintenance window, in a revision of its own, and say so; or
copy the rows in batches into a table that is made so.

Bad::

    op.execute("ALTER TABLE shops SET UNLOGGED")

Good::

    op.execute("CREATE UNLOGGED TABLE visits (id bigint PRIMARY KEY, at timestamptz)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AlterTable
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "logging-change-rewrites"
KINDS = ("set logged", "set unlogged")


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found for each of the two, unless nobody uses the table."""
    key = action.table
    if action.kind not in KINDS or run.is_new(key) or run.is_empty(key):
        return
    verb = action.kind.upper()
    after = " After a crash it is empty." if action.kind == "set unlogged" else ""
    yield Harm(
        f"{verb} writes all of {key} anew while nobody can read it.",
        why="It rewrites the table and its indexes under an ACCESS EXCLUSIVE lock. No other way "
        f"does without it: choose a time when nobody uses the table.{after}",
        fix=(allowed(as_written(run), NAME, "in a maintenance window"),),
        table=key,
    )
