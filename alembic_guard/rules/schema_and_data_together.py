"""Rows are changed while their transaction keeps a table locked against reads and writes.

A lock lasts until the transaction ends (PostgreSQL manual 13.3). What took an ACCESS EXCLUSIVE lock
in a moment, such as ADD COLUMN, then keeps it for as long as the rows are written: every query on
the table waits for an UPDATE of all of it (measured on 15).

Fix: change the rows in a revision of its own, all of them in pages, each a transaction of its own.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    op.execute("UPDATE orders SET memo = note")

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    # next revision
    batch = sa.text(
        "UPDATE orders SET memo = note WHERE id IN "
        "(SELECT id FROM orders WHERE memo IS DISTINCT FROM note LIMIT 10000)"
    )
    with op.get_context().autocommit_block():
        while op.get_bind().execute(batch).rowcount:
            pass
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, SetNotNull
from alembic_guard.ddl.data import Copy, Delete, Insert, Update
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._altering import later_together
from alembic_guard.rules._apart import apart
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._paging import paged
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (Update, Delete, Insert, Copy)
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE

_VERBS = {Update: "Updating", Delete: "Deleting", Insert: "Inserting", Copy: "Copying"}


def judge(action: Update | Delete | Insert | Copy, run: Run) -> Iterator[Harm]:
    """Found where many rows may be written; a warning where a WHERE or a query says how many.

    Where the column that is filled becomes NOT NULL at once, backfill-with-not-null speaks of both.
    """
    if isinstance(action, Copy) and not action.into:
        return
    if isinstance(action, Insert) and not action.from_query:
        return
    locked = held(run)
    if not locked or unused(run, action.table) or _makes_not_null(action, run):
        return
    whole = isinstance(action, Update | Delete) and not action.where
    pages = paged(action, run) if isinstance(action, Update | Delete) and whole else ""
    rows = f"{'all' if whole else 'the'} rows of"
    if isinstance(action, Insert | Copy):
        rows = "rows into"
    yield Harm(
        f"{_VERBS[type(action)]} {rows} {action.table} keeps every query on {listed(locked)} "
        "waiting until the commit.",
        why="The same revision changed it before, and its ACCESS EXCLUSIVE lock is held until the "
        "transaction ends.",
        fix=apart(run, (pages,) if pages else ()),
        table=action.table,
        severity=None if whole else Severity.WARNING,
    )


def _makes_not_null(action: Action, run: Run) -> bool:
    return isinstance(action, Update) and any(
        each.table == action.table and each.column in action.columns
        for each in later_together(run, SetNotNull)
    )
