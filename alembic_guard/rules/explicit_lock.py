"""A table is locked by hand until the transaction ends.

What ``LOCK TABLE`` takes is kept to the commit, with all that the migration does in between, and
those who wait for it make others wait behind them. Without a mode it is ACCESS EXCLUSIVE, under
which nobody reads (PostgreSQL manual 13.3.1 and LOCK; measured on 15). DDL takes the locks that it
needs by itself.

Fix: leave it out. Where the order of locks matters, give it a ``lock_timeout``, so that it gives up
instead of making others wait, and say why it is needed.

Bad::

    op.execute("LOCK TABLE orders")

Good::

    op.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import LockTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, lines
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = LockTable
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "explicit-lock"


def judge(action: LockTable, run: Run) -> Iterator[Harm]:
    """Found for the modes that block reads or writes, unless nobody uses the table."""
    key, lock = action.table, Lock.of_mode(action.mode)
    if run.is_new(key) or not lock.blocks_writes:
        return
    who = "reads or writes" if lock.blocks_reads else "writes to"
    yield Harm(
        f"Nobody {who} {key} until the transaction of this LOCK TABLE ends.",
        why=f"It holds {lock} to the commit, whatever the migration does in between.",
        fix=(
            lines(
                execute("SET LOCAL lock_timeout = '2s'"),
                allowed(as_written(run), NAME, "keeps the order of locks, and is short"),
            ),
        ),
    )
