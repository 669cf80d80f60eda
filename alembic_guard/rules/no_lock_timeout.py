"""A statement waits for its lock without a limit, and whoever comes after it waits behind it.

A lock that conflicts with writes is granted only when every transaction that uses the table has
ended; until then it stands in the queue, and each later query that conflicts with it waits too
(PostgreSQL manual 13.3). One long report and one quick ALTER TABLE stop an application.
``safe-upgrade`` sets ``lock_timeout`` by itself and tries again.

Fix: ``SET LOCAL lock_timeout``, in the transaction of the statement; it does not outlive it, nor an
``autocommit_block()``.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))

Good::

    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("orders", sa.Column("memo", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.finding import Severity
from alembic_guard.rules._apart import code_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules._timeouts import is_first, is_set, limited

DATABASES = ("postgresql",)
JUDGES = Action
SEVERITY = Severity.WARNING
OPT_IN = True
NAME = "lock_timeout"


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found at the first statement of a transaction whose lock makes others wait."""
    key = _waits_for(action, run)
    if not key or run.target.lock_timeout or is_set(NAME, run):
        return
    if not is_first(run, lambda each: bool(_waits_for(each, run))):
        return
    yield Harm(
        f"Nothing limits how long this waits for its lock on {key}, and others behind it.",
        why="The session's lock_timeout is 0." if run.target.lock_timeout == 0 else "",
        fix=(limited(NAME, "3s", code_of(run.step, "postgresql"), run),),
    )


def _waits_for(action: Action, run: Run) -> str:
    """The table on which an action takes a lock that conflicts with writes."""
    return next((key for key, lock in run.locks(action).items() if lock.blocks_writes), "")
