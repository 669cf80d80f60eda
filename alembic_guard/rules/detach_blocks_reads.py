"""A partition is detached while nobody can read the partitioned table.

``DETACH PARTITION`` takes ACCESS EXCLUSIVE on the partitioned table, the partition and the DEFAULT
partition, and keeps it to the end of the transaction (measured on 15): every query waits behind it
while it waits for the longest one. ``CONCURRENTLY``, from PostgreSQL 14 on, takes SHARE UPDATE
EXCLUSIVE; it can't run in a transaction, nor where there is a DEFAULT partition (manual, ALTER
TABLE).

Fix: detach it concurrently, in an ``autocommit_block()`` and a revision of its own. Where that is
impossible, wait for the lock only shortly and try again: ``lock_timeout``.

Bad::

    op.execute("ALTER TABLE logs DETACH PARTITION logs_2025")

Good::

    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE logs DETACH PARTITION logs_2025 CONCURRENTLY")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DetachPartition
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import allowed, autocommit, execute, lines, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = DetachPartition
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "detach-blocks-reads"
TIMEOUT = "SET LOCAL lock_timeout = '1s'"


def judge(action: DetachPartition, run: Run) -> Iterator[Harm]:
    """Found unless it is concurrent, or nobody uses the partitioned table."""
    key = action.table
    table = run.table(key)
    default = table.default_partition if table else None
    old = 0 < run.target.major < 14
    if run.is_new(key) or (action.concurrently and not (default or old)):
        return
    line = execute(f"ALTER TABLE {quoted(key)} DETACH PARTITION {quoted(action.partition)}")
    patient = lines(execute(TIMEOUT), allowed(line, NAME, "it waits for the lock only shortly"))
    if action.concurrently:
        reason = f"{key} has a DEFAULT partition" if default else "it came with PostgreSQL 14"
        yield Harm(
            f"Detaching {action.partition} concurrently fails: {reason}.",
            why="PostgreSQL refuses it.",
            fix=(patient,),
        )
        return
    fix = patient if default or old else autocommit(f'{line[:-2]} CONCURRENTLY")')
    yield Harm(
        f"Detaching {action.partition} makes every query on {key} wait.",
        why=f"DETACH PARTITION takes ACCESS EXCLUSIVE on {key}, behind every query that runs.",
        fix=(fix,),
    )
