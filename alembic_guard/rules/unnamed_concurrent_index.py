"""An index without a name is built concurrently: each attempt that fails leaves another one.

PostgreSQL makes up a name that is free. A ``CREATE INDEX CONCURRENTLY`` that fails leaves an
invalid index behind (manual, CREATE INDEX), and the next attempt does not meet it: it makes up
another name. What is left slows down every write, and nobody knows it.

Fix: name the index.

Bad::

    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ON orders (user_id)")

Good::

    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_orders_user_id ON orders (user_id)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._index import built_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateIndex
SEVERITY = Severity.WARNING


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found unless its table is new."""
    if not action.concurrently or action.index.name or run.is_new(action.table):
        return
    yield Harm(
        f"Each attempt to build {called(action.index)} of {action.table} that fails leaves "
        "another invalid one.",
        why="It has no name, so PostgreSQL makes up a new one each time.",
        fix=(built_as_said(action, run),),
    )
