"""Several statements of one revision commit one by one: a failure leaves it half applied.

MariaDB and MySQL commit with each DDL statement (manual, "Statements That Cause an Implicit
Commit"), and Alembic records the revision when all of them are done. When a later one fails (a lock
timeout, duplicates, a full disk), what came before stays, and the next ``alembic upgrade`` stops at
it: "Duplicate column name". ``alembic safe-upgrade`` keeps each statement in its journal: run again
when the cause is gone, it goes on with the one that failed, as long as the file stays as it is.

Fix: a revision for each statement, or one ALTER TABLE.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    op.create_index("ix_orders_user_shop", "orders", ["user_id", "shop_id"])

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    # next revision
    op.create_index("ix_orders_user_shop", "orders", ["user_id", "shop_id"])
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl import data
from alembic_guard.ddl.actions import Action, OnTable
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._apart import code_of, steps_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._repeating import fails_again
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("mariadb", "mysql")
JUDGES = OnTable
SEVERITY = Severity.WARNING

_ROWS = (data.Insert, data.Update, data.Delete, data.Copy, data.LockTable)


def judge(action: OnTable, run: Run) -> Iterator[Harm]:
    """Found at the first statement on a table in use behind one that fails when it is repeated."""
    if not run.step.revision or not _is_late(action, run):
        return
    yield Harm(
        f"If this fails, alembic upgrade can't apply revision {run.step.revision} again: what it "
        "begins with stays.",
        why="Each DDL statement commits, and Alembic has not recorded the revision then; only "
        "alembic safe-upgrade, run again, goes on with the statement that failed.",
        fix=tuple(code_of(step, run.target.kind) for step in steps_of(run)),
    )


def _is_late(action: OnTable, run: Run) -> bool:
    """Whether it is the first of its revision behind what fails when it is done once more."""
    begun: Step | None = None
    for step, each in (*run.in_revision(Action), (run.step, action)):
        if begun is not None and step is not begun and _is_on_used(each, run):
            return each is action
        if begun is None and fails_again(step, each):
            begun = step
    return False


def _is_on_used(action: Action, run: Run) -> bool:
    """Whether it changes a table that was there before; one that is new scarcely fails."""
    if not isinstance(action, OnTable) or isinstance(action, _ROWS) or not action.table:
        return False
    return not unused(run, action.table)
