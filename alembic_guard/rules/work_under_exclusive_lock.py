"""Long work that would disturb nobody is done under the exclusive lock of what came before it.

A lock lasts until the transaction ends (PostgreSQL manual 13.3). To validate a constraint, to read
a table, to collect its statistics or to fill a new table lets everybody read and write; behind an
ALTER TABLE of the same transaction, each query on the altered table waits until it is done
(measured on 15).

Fix: do the work in a revision of its own, in an ``autocommit_block()`` where it needs no
transaction.

Bad::

    op.add_column("users", sa.Column("memo", sa.Text()))
    op.execute("CREATE TABLE order_totals AS SELECT user_id, sum(total) FROM orders GROUP BY 1")

Good::

    op.execute("CREATE TABLE order_totals AS SELECT user_id, sum(total) FROM orders GROUP BY 1")
    # next revision
    op.add_column("users", sa.Column("memo", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, AddConstraint, CreateTable, ValidateConstraint
from alembic_guard.ddl.data import Insert, Maintain
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import CreateObject
from alembic_guard.rules._adding import constraint_name, unused
from alembic_guard.rules._apart import apart
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (ValidateConstraint, Maintain, CreateTable, CreateObject, Insert)
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found for what takes long and is harmless by itself; what is not has rules of its own."""
    locked = held(run)
    what, table = _work(action, run) if locked else ("", "")
    if not what:
        return
    yield Harm(
        f"{what} keeps every query on {listed(locked)} waiting until it is done.",
        why="The transaction holds an ACCESS EXCLUSIVE lock by then, and keeps it to the commit.",
        fix=apart(run),
        table=table or locked[0],
    )


def _work(action: Action, run: Run) -> tuple[str, str]:
    """The work in words and the table that is read, "" where it is not known; nothing for none."""
    match action:
        case ValidateConstraint(table=key, name=name):
            together = any(
                each.table == key
                and name in (each.constraint.name, constraint_name(key, each.constraint))
                for _, each in run.in_transaction(AddConstraint)
            )  # which is found as validated-in-same-transaction
            if not together and not unused(run, key):
                return f"Validating {name} of {key}", key
        case Maintain(verb="ANALYZE", table=key) if key and not unused(run, key):
            return f"Analyzing {key}", key
        case CreateTable(table=key, as_query=True):
            return f"Filling {key}", ""
        case CreateObject(kind="materialized view", name=name):
            return f"Filling {name}", ""
        case Insert(table=key, from_query=True) if run.is_new(key):
            return f"Filling {key}", ""
    return "", ""
