"""A constraint is added as NOT VALID, and nothing validates it.

The rows of before may break it: a foreign key may refer to nothing, and a check may not hold. The
planner makes no use of it, ``SET NOT NULL`` reads the table all the same, and ``pg_restore`` of a
dump fails on rows that break it (PostgreSQL manual, ALTER TABLE, Notes).

Fix: validate it in the next revision, or later, once the rows are mended; then say so.

Bad::

    op.create_check_constraint(
        "orders_shop_id_check", "orders", "shop_id > 0", postgresql_not_valid=True
    )

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

from alembic_guard.ddl.actions import (
    AddConstraint,
    DropConstraint,
    DropTable,
    RenameTable,
    SetSchema,
    ValidateConstraint,
)
from alembic_guard.finding import Severity
from alembic_guard.rules._constraint_code import said, validated
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
SEVERITY = Severity.WARNING


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless the run validates it later, or drops it."""
    key, constraint = action.table, action.constraint
    if constraint.valid or not constraint.enforced:
        return
    name = name_of(key, constraint)
    keys = _later_names(key, run)
    ended: list[ValidateConstraint | DropConstraint] = []
    ended += [each for _, each in run.later(ValidateConstraint)]
    ended += [each for _, each in run.later(DropConstraint)]
    if any(each.table in keys and each.name == name for each in ended):
        return
    if any(each.table in keys for _, each in run.later(DropTable)):
        return
    yield Harm(
        f"{name} is added as NOT VALID, and nothing validates it: the rows of {key} that are there "
        "may break it.",
        why="The planner and SET NOT NULL make no use of a constraint that is not validated.",
        fix=(said(action, run), validated(key, name)),
    )


def _later_names(key: str, run: Run) -> set[str]:
    """The keys by which the rest of the run knows a table."""
    names = {key}
    for _, each in run.later(RenameTable):
        if each.table in names:
            names.add(each.new)
    for _, moved in run.later(SetSchema):
        if moved.table in names:
            names.add(f"{moved.schema}.{moved.table.rpartition('.')[2]}")
    return names
