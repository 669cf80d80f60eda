"""Foreign keys to several tables are added in one transaction, which locks all of them.

Each ``ADD FOREIGN KEY``, also as NOT VALID, takes SHARE ROW EXCLUSIVE on the table that it refers to
and keeps it to the commit (measured on 15): while it waits for the second table, writes to the first
one wait too. A transaction that writes to both in the other order ends in a deadlock (PostgreSQL
manual 13.3.4).

Fix: add one in each revision, with ``transaction_per_migration`` in env.py.

Bad::

    op.create_foreign_key(
        "events_2026_id_fkey", "events_2026", "orders", ["id"], ["id"], postgresql_not_valid=True
    )
    op.create_foreign_key(
        "orders_approved_by_fkey",
        "orders",
        "users",
        ["approved_by"],
        ["id"],
        postgresql_not_valid=True,
    )

Good::

    op.create_foreign_key(
        "events_2026_id_fkey", "events_2026", "orders", ["id"], ["id"], postgresql_not_valid=True
    )
    # next revision
    op.create_foreign_key(
        "orders_approved_by_fkey",
        "orders",
        "users",
        ["approved_by"],
        ["id"],
        postgresql_not_valid=True,
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import lines
from alembic_guard.rules._constraint_code import indexed_first, not_valid, validated
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql",)
JUDGES = AddConstraint
SEVERITY = Severity.WARNING
LOCK = Lock.SHARE_ROW_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found once, at the second table; what checks rows under its lock is told of by itself."""
    constraint = action.constraint
    if not _locks_another(action, run):
        return
    if constraint.valid and constraint.enforced and not run.is_empty(action.table):
        return
    before = [
        (step, each)
        for step, each in run.in_transaction(AddConstraint)
        if step.revision == run.step.revision and _locks_another(each, run)
    ]
    tables = {each.constraint.refers_to for _, each in before}
    if len(tables) != 1 or constraint.refers_to in tables:
        return
    first = before[0][1].constraint.refers_to
    yield Harm(
        f"{name_of(action.table, constraint)} is one of several foreign keys in a transaction: "
        f"writes to {first} and {constraint.refers_to} wait until all are added.",
        why="Each keeps SHARE ROW EXCLUSIVE on the table that it refers to until the transaction "
        "ends; a transaction that writes to these tables in another order ends in a deadlock.",
        fix=_fix([*before, (run.step, action)], run),
    )


def _locks_another(action: AddConstraint, run: Run) -> bool:
    """Whether it is a foreign key from a table in use to another one in use."""
    parent = action.constraint.refers_to
    if action.constraint.kind != "foreign key" or not parent or parent == action.table:
        return False
    return not run.is_new(action.table) and not run.is_new(parent)


def _fix(all_of_them: list[tuple[Step, AddConstraint]], run: Run) -> tuple[str, ...]:
    indexes = [text for _, each in all_of_them for text in indexed_first(each, run)]
    added = [not_valid(each, run, step) for step, each in all_of_them]
    names = [(each.table, name_of(each.table, each.constraint)) for _, each in all_of_them]
    return *dict.fromkeys(indexes), *added, lines(*(validated(*each) for each in names))
