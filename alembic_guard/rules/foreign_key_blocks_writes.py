"""Every row is checked for a new foreign key while all writes to both tables wait.

``ADD FOREIGN KEY`` takes SHARE ROW EXCLUSIVE on its table and on the one that it refers to, and
reads both whole under it: SELECT goes on; INSERT, UPDATE and DELETE wait (PostgreSQL manual, ALTER
TABLE, Notes; measured on 15). With NOT VALID it reads nothing, and holds them for a moment.
``VALIDATE CONSTRAINT`` reads under locks that let writes pass.

Fix: add it as NOT VALID, and validate it in the next revision; build an index on its columns first
where there is none, so that a delete in the other table need not read this one. PostgreSQL 17 and
older can't do so for a partitioned table.

Bad::

    op.create_foreign_key("orders_approved_by_fkey", "orders", "users", ["approved_by"], ["id"])

Good::

    op.create_foreign_key(
        "orders_approved_by_fkey",
        "orders",
        "users",
        ["approved_by"],
        ["id"],
        postgresql_not_valid=True,
    )
    # next revision
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_approved_by_fkey")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import allowed
from alembic_guard.rules._constraint_code import in_steps, said
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
LOCK = Lock.SHARE_ROW_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless there is nothing to check, or no row that could be checked."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "foreign key" or not (constraint.valid and constraint.enforced):
        return
    if run.is_new(key) or run.is_empty(key):
        return
    parent = constraint.refers_to or ""
    locked = [key] if parent in ("", key) or run.is_new(parent) else [key, parent]
    on = ", ".join(constraint.columns)
    yield Harm(
        f"A foreign key on {key} ({on}) makes every write to {' and '.join(locked)} wait until all "
        "rows are checked.",
        why=f"ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on {' and '.join(locked)}, and reads all "
        "rows under it.",
        fix=_fix(action, run),
        table=key,
    )


def _fix(action: AddConstraint, run: Run) -> tuple[str, ...]:
    table = run.table(action.table)
    if table is not None and table.partitioned and run.target.major < 18:
        # "cannot add NOT VALID foreign key on partitioned table" (measured on 15)
        reason = "writes may wait: a partitioned table has no NOT VALID foreign key"
        return (allowed(said(action, run), "foreign-key-blocks-writes", reason),)
    return in_steps(action, run)
