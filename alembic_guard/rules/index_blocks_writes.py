"""An index is built while every write to its table waits.

``CREATE INDEX`` takes a SHARE lock for as long as it reads the table: SELECT goes on; INSERT,
UPDATE and DELETE wait until it is done (PostgreSQL manual 13.3.1; measured on 15).
``CREATE INDEX CONCURRENTLY`` lets them pass, and can't run in a transaction.

Fix: build it concurrently in an ``autocommit_block()``, in a revision of its own, so that a failure
leaves nothing half done. A failed one leaves an invalid index behind, to be dropped first.

Bad::

    op.create_index("ix_orders_user_id", "orders", ["user_id"])

Good::

    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._constraint_code import looked_first
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._held import held
from alembic_guard.rules._index import built_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateIndex
GROWS = True
LOCK = Lock.SHARE


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found unless it is concurrent, or nobody writes to its table.

    A partitioned table, and a transaction that holds more than this lock, have rules of their own.
    """
    table = run.table(action.table)
    if action.concurrently or action.only or held(run):
        return
    if run.is_new(action.table) or run.is_empty(action.table) or run.has_index(action):
        return
    if table is not None and (table.partitioned or table.kind != "table"):
        return
    name = called(action.index)
    yield Harm(
        f"Building {name} makes every write to {action.table} wait until it is done.",
        why="CREATE INDEX takes a SHARE lock and reads the whole table under it.",
        fix=(looked_first(action.table, action.index, built_as_said(action, run), run),),
        table=action.table,
    )
