"""Filling a column and making it NOT NULL in one transaction blocks its rows until both are done.

The UPDATE locks every row that it writes until the transaction ends. Then SET NOT NULL asks for
ACCESS EXCLUSIVE, and reads what was written, dead rows among it (manual 13.3; measured on 15).

Fix: fill in batches, each a transaction of its own; then let a CHECK prove that there is no NULL,
validated in a revision of its own while reads and writes go on.

Bad::

    op.execute("UPDATE orders SET note = '' WHERE note IS NULL")
    op.alter_column("orders", "note", existing_type=sa.Text(), nullable=False)

Good::

    op.create_check_constraint(
        "orders_note_is_not_null", "orders", "note IS NOT NULL", postgresql_not_valid=True
    )
    # next revision
    batch = sa.text(
        "UPDATE orders SET note = '' WHERE id IN "
        "(SELECT id FROM orders WHERE note IS NULL LIMIT 10000)"
    )
    with op.get_context().autocommit_block():
        while op.get_bind().execute(batch).rowcount:
            pass
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_note_is_not_null")
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from alembic_guard.ddl import expressions
from alembic_guard.ddl.actions import SetNotNull
from alembic_guard.ddl.data import Update
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import backfill, not_null, unused
from alembic_guard.rules._altering import assigned, is_proved
from alembic_guard.rules._apart import steps_of, written
from alembic_guard.rules._code import lines
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held, listed
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql",)
JUDGES = SetNotNull
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: SetNotNull, run: Run) -> Iterator[Harm]:
    """Found where an UPDATE of the column comes before it in the same transaction."""
    key, column = action.table, action.column
    filling = fills(action, run)
    if not filling or unused(run, key) or is_proved(run, key, column):
        return
    locked = held(run)
    yield Harm(
        f"{key}.{column} is filled and made NOT NULL in one transaction.",
        why="The rows that the UPDATE wrote stay locked until SET NOT NULL, under ACCESS "
        f"EXCLUSIVE, has read all of {key}."
        + (f" Every query on {listed(locked)} waits meanwhile." if locked else ""),
        fix=(*_before(filling[0], run, locked), *_filled(action, filling[0], run)),
        table=key,
    )


def fills(action: SetNotNull, run: Run) -> list[Step]:
    """The UPDATEs of the column before it, in its transaction."""
    return [
        step
        for step, each in run.in_transaction(Update)
        if each.table == action.table and action.column in each.columns
    ]


def _before(step: Step, run: Run, locked: list[str]) -> tuple[str, ...]:
    """What the revision does before it fills the column, where that keeps a table locked."""
    if not locked:
        return ()
    steps = steps_of(run)
    first = written(takewhile(lambda each: each is not step, steps), run)
    return (first,) if first else ()


def _filled(action: SetNotNull, step: Step, run: Run) -> tuple[str, ...]:
    """The same values in batches, where they can be told, and NOT NULL behind a CHECK."""
    key, column = action.table, action.column
    values = [value for each in step.sql if (value := assigned(each, column))]
    if not values:
        said = f"# The UPDATE of {key} here, in batches, each in its transaction."
        return (lines(said, "pass"), *not_null(key, column))
    # What names a column may be NULL; a batch of those would never end.
    where = f"({values[0]}) IS NOT NULL" if expressions.names(values[0]) else ""
    return (backfill(run, key, column, values[0], where=where), *not_null(key, column))
