"""A trigger is created, and every write to its table waits behind it.

``CREATE TRIGGER`` takes SHARE ROW EXCLUSIVE, on each partition too (PostgreSQL manual 13.3.1;
measured on 15). It is quick, but it waits for every transaction that wrote to the table, and all
writes that come meanwhile wait behind it.

Fix: wait for the lock only shortly, so that writes go on, and try again later:
``SET LOCAL lock_timeout``, which ``alembic safe-upgrade`` does by itself.

Bad::

    op.execute(
        "CREATE TRIGGER shops_touch BEFORE UPDATE ON shops"
        " FOR EACH ROW EXECUTE FUNCTION touch()"
    )

Good::

    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(
        "CREATE TRIGGER shops_touch BEFORE UPDATE ON shops"
        " FOR EACH ROW EXECUTE FUNCTION touch()"
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import CreateObject
from alembic_guard.finding import Severity
from alembic_guard.rules._code import execute, lines
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules._timeouts import is_set
from alembic_guard.schema import Table

DATABASES = ("postgresql",)
JUDGES = CreateObject
SEVERITY = Severity.WARNING
LOCK = Lock.SHARE_ROW_EXCLUSIVE


def judge(action: CreateObject, run: Run) -> Iterator[Harm]:
    """Found on a table in use, unless the transaction waits only shortly or has the lock already."""
    key = action.table
    table = run.table(key) or Table(key)
    if action.kind != "trigger" or run.is_new(key) or table.kind != "table":
        return
    shortly = bool(run.target.lock_timeout) or is_set("lock_timeout", run)
    if shortly or not run.held().get(key, Lock.ACCESS_SHARE) < LOCK:
        return
    line = as_written(run, "")
    yield Harm(
        f"Creating the trigger {action.name} makes every write to {key} wait.",
        why="CREATE TRIGGER takes SHARE ROW EXCLUSIVE, behind every transaction that wrote to it.",
        fix=(lines(execute("SET LOCAL lock_timeout = '1s'"), line),) if line else (),
    )
