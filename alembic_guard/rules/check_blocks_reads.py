"""Every row is tested for a new check while nobody else can read or write its table.

``ADD CONSTRAINT … CHECK`` reads the whole table under ACCESS EXCLUSIVE (PostgreSQL manual, ALTER
TABLE, Notes; measured on 15). With NOT VALID it reads nothing: the check holds for what is written
from then on. ``VALIDATE CONSTRAINT`` reads under SHARE UPDATE EXCLUSIVE, which lets reads and
writes pass.

Fix: add it as NOT VALID, and validate it in the next revision.

Bad::

    op.create_check_constraint("orders_shop_id_check", "orders", "shop_id > 0")

Good::

    op.create_check_constraint(
        "orders_shop_id_check", "orders", "shop_id > 0", postgresql_not_valid=True
    )
    # next revision
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_shop_id_check")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._constraint_code import in_steps
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless there is nothing to test, or no row that could be tested."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "check" or not (constraint.valid and constraint.enforced):
        return
    if run.is_new(key) or run.is_empty(key):
        return
    name = name_of(key, constraint)
    yield Harm(
        f"The check {name} makes every read and write of {key} wait until all rows are tested.",
        why="ADD CONSTRAINT holds ACCESS EXCLUSIVE while it reads the whole table.",
        fix=in_steps(action, run),
        table=key,
    )
