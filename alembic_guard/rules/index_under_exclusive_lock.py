"""An index is built while its transaction keeps a table locked against reads and writes.

A lock lasts until the transaction ends (PostgreSQL manual 13.3). What took an ACCESS EXCLUSIVE lock
in a moment, such as ADD COLUMN, then keeps it for as long as ``CREATE INDEX`` reads its table: every
query on the locked table waits (measured on 15).

Fix: build the index concurrently, in a revision of its own, which comes after this one.

Bad::

    op.add_column("orders", sa.Column("paid_at", sa.DateTime()))
    op.create_index("ix_orders_paid_at", "orders", ["paid_at"])

Good::

    op.add_column("orders", sa.Column("paid_at", sa.DateTime()))
    # next revision
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_paid_at", "orders", ["paid_at"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._index import built_as_said, indexes_apart
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateIndex
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found where a table is held that was there before; building on a new one takes no time."""
    locked, table = held(run), run.table(action.table)
    if not locked or action.concurrently or action.only or (table and table.partitioned):
        return
    if run.is_new(action.table) or run.is_empty(action.table) or run.has_index(action):
        return
    name, whose = called(action.index), listed(locked)
    yield Harm(
        f"Building {name} keeps every query on {whose} waiting until it is done.",
        why="The transaction holds an ACCESS EXCLUSIVE lock by then, and keeps it to the commit. "
        "Build the index in a revision of its own.",
        fix=indexes_apart(run) or (built_as_said(action, run),),
        table=action.table,
    )
