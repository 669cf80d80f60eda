"""An index is dropped while every query on its table waits.

``DROP INDEX`` takes an ACCESS EXCLUSIVE lock on the table as well as on the index (PostgreSQL
manual, DROP INDEX; measured on 15). It is quick, but it waits for the queries that run, and all
that come meanwhile wait behind it, until the transaction ends.

Fix: drop it concurrently in an ``autocommit_block()``.

Bad::

    op.drop_index("ix_orders_status", table_name="orders")

Good::

    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropIndex, DropTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, drop_index_code, dropped
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = DropIndex
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: DropIndex, run: Run) -> Iterator[Harm]:
    """Found unless it is concurrent, or its table is new or empty.

    Nor is it, where the table is locked like that already, or dropped in the same revision, or where
    IF EXISTS finds no index.
    """
    key = action.table
    if action.if_exists and run.target.live and not run.known.index(action.name):
        return
    if action.concurrently or (key and (run.is_new(key) or run.is_empty(key))):
        return
    if key in run.exclusive() or any(
        later.table == key for _, later in run.later_in_revision(DropTable)
    ):
        return
    why = "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table and keeps it to the commit."
    fix = dropped(key, action.name)
    table = run.table(key)
    if table is not None and table.partitioned:
        why += " PostgreSQL can't drop the index of a partitioned table concurrently."
        line = drop_index_code(key, action.name)
        fix = allowed(line, "index-drop-blocks-reads", "an index of a partitioned table")
    of = key or "its table"
    yield Harm(f"Dropping {action.name} makes every query on {of} wait.", why=why, fix=(fix,))
