"""A new column with a CHECK reads the whole table while nobody else can.

PostgreSQL tests each row under the ACCESS EXCLUSIVE of ALTER TABLE, also where the new column is
NULL in all of them (measured on 15).

Fix: add the column, then the check as NOT VALID, then validate it, which lets reads and writes
pass.

Bad::

    op.add_column(
        "orders", sa.Column("weight", sa.Integer(), sa.CheckConstraint("weight > 0"))
    )

Good::

    op.add_column("orders", sa.Column("weight", sa.Integer()))
    # next revision
    op.create_check_constraint(
        "orders_weight_check", "orders", "weight > 0", postgresql_not_valid=True
    )
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_weight_check")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added, is_rewritten, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
SEVERITY = Severity.WARNING
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found unless the column rewrites the table, which reads it anyway."""
    key, column = action.table, action.column
    kinds = {each.kind for each in column.constraints if each.enforced}
    if unused(run, key) or "check" not in kinds or is_rewritten(action, run):
        return
    yield Harm(
        f"Adding {key}.{column.name} with a CHECK makes every read of {key} wait.",
        why="ALTER TABLE holds ACCESS EXCLUSIVE while it tests each row.",
        fix=added(action, run),
        table=key,
    )
