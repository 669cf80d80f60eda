"""An index has more than three columns.

The columns behind the first ones narrow a search little, and each makes the index larger, every
write to the table slower, and an update that changes it no HOT update any more (PostgreSQL manual
11.3: "Indexes with more than three columns are unlikely to be helpful unless the usage of the table
is extremely stylized").

Fix: index the columns that narrow a search most. A unique index is as wide as its guarantee.

Bad::

    op.create_index("ix_orders_wide", "orders", ["user_id", "status", "total", "placed_at"])

Good::

    op.create_index("ix_orders_wide", "orders", ["user_id", "status", "total"])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._code import built
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = CreateIndex
SEVERITY = Severity.WARNING
OPT_IN = True
WIDEST = 3  # columns


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found unless it is unique."""
    columns = action.index.columns
    if action.index.unique or len(columns) <= WIDEST:
        return
    index = replace(action.index, columns=columns[:WIDEST])
    yield Harm(
        f"There are {len(columns)} columns in {called(action.index)} of {action.table}.",
        why=f"Those behind {columns[WIDEST - 1]} narrow a search little, and cost every write.",
        fix=(built(action.table, index, run.target.kind, new=run.is_new(action.table)),),
    )
