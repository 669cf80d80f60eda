"""IF NOT EXISTS takes an invalid index for the one that is wanted, and goes on without any.

A ``CREATE INDEX CONCURRENTLY`` that fails leaves its index behind as INVALID: no query uses it, yet
every write pays for it (PostgreSQL manual, CREATE INDEX). When the migration runs again, ``IF NOT
EXISTS`` finds the name, says nothing, and the revision is recorded (measured on 15).

Fix: drop what may be left, ``DROP INDEX CONCURRENTLY IF EXISTS``, and create it without ``IF NOT
EXISTS``.

Bad::

    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_user_id",
            "orders",
            ["user_id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )

Good::

    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_orders_user_id", "orders", postgresql_concurrently=True, if_exists=True
        )
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex, DropIndex
from alembic_guard.rules._code import autocommit, drop_index_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._index import created_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateIndex


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found where one may be left, or is: not on a new table, nor behind a drop of the same."""
    name = action.index.name
    if not action.if_not_exists or name is None or run.is_new(action.table):
        return
    table = run.table(action.table)
    there = table.indexes.get(name) if table is not None else None
    if there is not None and not there.valid:
        message = f"IF NOT EXISTS keeps {name}, which the database has as an invalid index."
    elif action.concurrently and there is None and not _dropped(name, run):
        message = f"IF NOT EXISTS would keep {name} if an attempt that failed left it invalid."
    else:
        return
    options = {"postgresql_concurrently": True}
    yield Harm(
        message,
        why="No query uses an invalid index, every write pays for it, and the migration succeeds.",
        fix=(
            autocommit(
                drop_index_code(action.table, name, if_exists=True, **options),
                created_as_said(action, run, **options),
            ),
        ),
    )


def _dropped(name: str, run: Run) -> bool:
    """Whether the revision has dropped what may be left."""
    return any(each.name.rpartition(".")[2] == name for _, each in run.in_revision(DropIndex))
