"""An autocommit block commits what came before it, and a failure after that can't be repeated.

``autocommit_block()`` ends the transaction of the migration, and Alembic records the revision only
when all of it is done. When something in the block or behind it fails (an index of duplicates, a
lock timeout), the tables and columns of before are there, and the next ``alembic upgrade`` stops
at them: "already exists" (Alembic, "autocommit_block"; measured on 15). ``alembic safe-upgrade`` keeps
each statement in its journal: run again when the cause is gone, it goes on with the one that failed,
as long as the file stays as it is.

Fix: a revision of its own for the block, or say IF NOT EXISTS before it.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    # next revision
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.rules._apart import steps_of, written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._repeating import fails_again
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql", "sqlite")
JUDGES = Step


def judge(step: Step, run: Run) -> Iterator[Harm]:
    """Found at the first step in a block behind DDL that fails when it is done once more."""
    if step.transaction is not None or not step.revision:
        return
    before = [*_since_the_last_block(run)]
    if not any(fails_again(earlier, action) for earlier, action in before):
        return
    first = before[0][0]
    where = f" on line {first.place.line}" if first.place and first.place.line else ""
    yield Harm(
        f"If this fails, alembic upgrade can't apply revision {step.revision} again: what it begins "
        f"with{where} is committed.",
        why="The autocommit block commits what came before it, and Alembic has not recorded the "
        "revision then; only alembic safe-upgrade, run again, goes on with the statement that "
        "failed.",
        fix=_divided(run),
    )


def _since_the_last_block(run: Run) -> Iterator[tuple[Step, Action]]:
    """What was done in the transaction that a block ends; nothing within a block."""
    before = list(run.in_revision(Action))
    transaction = before[-1][0].transaction if before else None
    if transaction is not None:
        yield from (each for each in before if each[0].transaction == transaction)


def _divided(run: Run) -> tuple[str, ...]:
    """A revision for what is before the block, one for the block, and one for what follows."""
    parts: list[list[Step]] = [[]]
    for step in steps_of(run):
        if parts[-1] and (parts[-1][-1].transaction is None) != (step.transaction is None):
            parts.append([])
        parts[-1].append(step)
    return tuple(written(part, run) for part in parts if part)
