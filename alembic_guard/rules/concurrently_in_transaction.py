"""A command that says CONCURRENTLY runs in a transaction, where PostgreSQL refuses it.

CREATE INDEX, DROP INDEX and REINDEX CONCURRENTLY, and ALTER TABLE … DETACH PARTITION CONCURRENTLY,
commit in the middle of their work and "cannot run inside a transaction block" (PostgreSQL manual;
measured on 15). Alembic runs a migration in a transaction.

Fix: run it in an ``autocommit_block()``, in a revision of its own.

Bad::

    op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)

Good::

    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex, DetachPartition, DropIndex, Reindex
from alembic_guard.rules._apart import apart
from alembic_guard.rules._code import autocommit, dropped, execute, quoted
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._index import built_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (CreateIndex, DropIndex, Reindex, DetachPartition)


def judge(action: CreateIndex | DropIndex | Reindex | DetachPartition, run: Run) -> Iterator[Harm]:
    """Found in a transaction; a partitioned table, where it is refused anywhere, is another's."""
    if not action.concurrently or run.step.transaction is None:
        return
    table = run.table(action.table)
    if isinstance(action, CreateIndex) and table is not None and table.partitioned:
        return
    what, fix = _mended(action, run)
    yield Harm(
        f"{what} fails: PostgreSQL runs it outside of a transaction only.",
        why="CONCURRENTLY commits in the middle of its work; a migration runs in a transaction.",
        fix=(fix,) if run.is_new(action.table) else apart(run, (fix,)),
    )


def _mended(
    action: CreateIndex | DropIndex | Reindex | DetachPartition, run: Run
) -> tuple[str, str]:
    """What fails, and what to write instead."""
    match action:
        case CreateIndex(index=index):
            return f"Building {called(index)} concurrently", built_as_said(action, run)
        case DropIndex(table=table, name=name):
            return f"Dropping {name} concurrently", dropped(table, name)
        case Reindex(kind=kind, name=name):
            sql = f"REINDEX {kind.upper()} CONCURRENTLY {quoted(name)}"
            return f"Reindexing {name} concurrently", autocommit(execute(sql))
    sql = f"ALTER TABLE {quoted(action.table)} DETACH PARTITION {quoted(action.partition)}"
    what = f"Detaching {action.partition} from {action.table} concurrently"
    return what, autocommit(execute(f"{sql} CONCURRENTLY"))
