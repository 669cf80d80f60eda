"""A revision works while the one before it still keeps a table locked: env.py lets them share.

Unless env.py says ``transaction_per_migration=True``, ``alembic upgrade`` applies all pending
revisions in one transaction (Alembic, "transaction_per_migration", False by default). The ACCESS
EXCLUSIVE lock of a first one is then held until the last one is done (PostgreSQL manual 13.3), and
to divide the work among revisions wins nothing. ``safe-upgrade`` gives each its own.

Fix: in env.py, ``context.configure(…, transaction_per_migration=True)``, online and offline.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, AddConstraint, CreateIndex, ValidateConstraint
from alembic_guard.ddl.data import Delete, Insert, Update
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import constraint_name, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = Action
SEVERITY = Severity.WARNING
GROWS = True
FIX_ELSEWHERE = True


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found at the first long work of a revision under a lock of an earlier one."""
    locked = set(run.exclusive()) if run.together else set()
    locked -= set(held(run)) if locked else set()
    work = _work(action, run) if locked else ""
    if not work or any(_work(each, run) for _, each in run.in_revision(Action)):
        return
    holder = run.holders(min(locked))[0]
    yield Harm(
        f"Revision {run.step.revision} works on {work} while every query on "
        f"{listed(sorted(locked))} waits.",
        why=f"It shares the transaction of {holder}, whose ACCESS EXCLUSIVE lock is held until the "
        "last of them is done.",
        fix=("context.configure(..., transaction_per_migration=True)  # in env.py",),
        table=work,
    )


def _work(action: Action, run: Run) -> str:
    """The table in use whose rows an action reads or writes for long; "" for none."""
    if isinstance(action, ValidateConstraint) and _is_added_here(action, run):
        return ""
    key = getattr(action, "table", "")
    rows = isinstance(action, Update | Delete) or (isinstance(action, Insert) and action.from_query)
    if rows or (isinstance(action, CreateIndex) and not action.concurrently):
        return "" if unused(run, key) else key
    found = run.effect(action)
    return next(
        (each for each in sorted(found.scans | found.rewrites) if not unused(run, each)), ""
    )


def _is_added_here(action: ValidateConstraint, run: Run) -> bool:
    """Whether validated-in-same-transaction tells of it."""
    return any(
        each.table == action.table
        and action.name in (each.constraint.name, constraint_name(each.table, each.constraint))
        for _, each in run.in_transaction(AddConstraint)
    )
