"""A constraint is validated under the lock of the transaction that added it, so nothing is won.

NOT VALID keeps the strong lock short: SHARE ROW EXCLUSIVE on both tables for a foreign key, ACCESS
EXCLUSIVE for a check. A lock is held until its transaction ends (PostgreSQL manual 13.3), so that a
``VALIDATE CONSTRAINT`` in the same one reads the table under it.
Without ``transaction_per_migration`` in env.py, plain Alembic applies all pending revisions in one
transaction: then a revision of its own is not enough, which is only noted here.

Fix: validate it in the next revision, in an ``autocommit_block()``, which ends what was begun
before it.

Bad::

    op.create_check_constraint(
        "orders_shop_id_check", "orders", "shop_id > 0", postgresql_not_valid=True
    )
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_shop_id_check")

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

from alembic_guard.ddl.actions import AddConstraint, ValidateConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._constraint_code import said, validated
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = ValidateConstraint
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: ValidateConstraint, run: Run) -> Iterator[Harm]:
    """Found where rows are read; across revisions a note, where they are applied in one go."""
    key, name = action.table, action.name
    if run.is_new(key) or run.is_empty(key):
        return
    for step, added in run.in_transaction(AddConstraint):
        constraint = added.constraint
        if added.table != key or name_of(key, constraint) != name or constraint.valid:
            continue
        lock, of = Lock.ACCESS_EXCLUSIVE, key
        if constraint.kind == "foreign key":
            lock, of = Lock.SHARE_ROW_EXCLUSIVE, f"{key} and {constraint.refers_to}"
        waits = "read and write" if lock.blocks_reads else "write"
        alone = step.revision == run.step.revision
        if not alone and not run.together:
            continue
        unless = "" if alone else ", unless env.py says transaction_per_migration"
        of_step = "" if alone else f" in {step.revision}"
        yield Harm(
            f"{name} is validated in the transaction that added it, so every {waits} of {of} "
            f"waits{unless}.",
            why=f"The {lock} of ADD CONSTRAINT{of_step} is held until the transaction ends.",
            fix=(said(added, run, step), validated(key, name))
            if alone
            else (validated(key, name),),
            table=key,
            severity=None if alone else Severity.NOTE,
        )
