"""A constraint refuses what code that is still running writes.

Also one that is NOT VALID holds for every row that is written from then on. While a release goes
out, instances of the last one are still running, and fail where they write what it forbids.
Opt-in: no linter knows what the code writes, so that it speaks of every check and foreign key.

Fix: release code that keeps to it first; then add the constraint, and say so.

Bad::

    op.create_check_constraint(
        "orders_shop_id_check", "orders", "shop_id > 0", postgresql_not_valid=True
    )

Good::

    # guard: allow(restricts-writers) release 2.3 writes no other shop
    op.create_check_constraint(
        "orders_shop_id_check", "orders", "shop_id > 0", postgresql_not_valid=True
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._constraint_code import indexed_first, not_valid, validated
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found on a table that others write to."""
    key, constraint = action.table, action.constraint
    if constraint.kind not in ("check", "foreign key") or not constraint.enforced:
        return
    if run.is_new(key):
        return
    name = name_of(key, constraint)
    first = indexed_first(action, run) if constraint.kind == "foreign key" else ()
    line = allowed(not_valid(action, run), "restricts-writers", "the code that runs keeps to it")
    yield Harm(
        f"Code that is still running fails where it writes rows to {key} that break {name}.",
        why="A constraint holds for every row that is written from then on, also as NOT VALID.",
        fix=(*first, line, validated(key, name)),
    )
