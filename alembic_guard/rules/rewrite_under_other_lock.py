"""A table is rewritten while its transaction keeps another one locked against reads and writes.

A lock lasts until the transaction ends (PostgreSQL manual 13.3). The rewrite blocks its own table
for long; behind an ALTER TABLE of another table, in the same transaction, it blocks that one for as
long (measured on 15). Two tables locked one after the other are also how deadlocks begin.

Fix: a revision for each table, and no rewrite.

Bad::

    op.add_column("users", sa.Column("memo", sa.Text()))
    op.alter_column("orders", "shop_id", existing_type=sa.Integer(), type_=sa.BigInteger())

Good::

    op.add_column("users", sa.Column("memo", sa.Text()))
    # next revision
    op.add_column("orders", sa.Column("shop_id_as_bigint", sa.BigInteger()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, AddColumn, AlterTable, SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import RefreshMaterializedView
from alembic_guard.rules._adding import added, unused
from alembic_guard.rules._altering import retyped, views_of
from alembic_guard.rules._apart import apart
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (SetType, AddColumn, AlterTable, RefreshMaterializedView)
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found where another table is held; that the rewritten one is blocked, another rule says."""
    rewritten = sorted(key for key in run.effect(action).rewrites if not unused(run, key))
    others = [key for key in held(run) if key not in rewritten] if rewritten else []
    if not others or (isinstance(action, SetType) and views_of(action, run)):
        return
    yield Harm(
        f"Writing all of {listed(rewritten)} anew keeps every query on {listed(others)} waiting "
        "too.",
        why="The same revision changed it before, and its ACCESS EXCLUSIVE lock is held until the "
        "transaction ends.",
        fix=apart(run, _without(action, run)),
        table=rewritten[0],
    )


def _without(action: Action, run: Run) -> tuple[str, ...]:
    """The change without a rewrite, where there is a way."""
    if isinstance(action, SetType):
        return retyped(run, action)
    return added(action, run) if isinstance(action, AddColumn) else ()
