"""A migration ends the transaction that Alembic began, by a statement of its own.

After a COMMIT in ``op.execute()`` the statements before it stay when one after it fails, and the
revision is not recorded: the next attempt does them once more. After a ROLLBACK they are undone,
and the revision is recorded all the same (measured on 15). MariaDB and MySQL commit with each
DDL statement anyway. A savepoint is no harm.

Fix: a revision for what is to be committed by itself, or ``autocommit_block()`` for what can't run
in a transaction.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    op.execute("COMMIT")
    op.add_column("orders", sa.Column("code", sa.Text()))

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    # next revision
    op.add_column("orders", sa.Column("code", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import ControlTransaction
from alembic_guard.rules._apart import steps_of, written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = ControlTransaction

_BEGINS = ("BEGIN", "START TRANSACTION")
_ENDS = ("COMMIT", "END", "PREPARE TRANSACTION")


def judge(action: ControlTransaction, run: Run) -> Iterator[Harm]:
    """Found unless it is a savepoint, or a session committed, which another rule tells of."""
    if run.step.session or not run.step.revision:
        return
    verb = action.verb
    if verb in _BEGINS:
        # PostgreSQL only warns, MariaDB and MySQL commit (manual, START TRANSACTION).
        what, why = "meets the transaction that Alembic began", _begun(run.target.kind)
    elif verb in _ENDS:
        what = "ends the transaction that Alembic began"
        why = "When a later statement fails, what came before stays, and no revision is recorded."
    elif verb == "ROLLBACK":
        what = "undoes what the migration did before"
        why = "Alembic records the revision all the same."
    else:
        return
    yield Harm(f"{verb} in a migration {what}.", why=why, fix=without(run))


def _begun(kind: str) -> str:
    if kind == "postgresql":
        return "PostgreSQL warns and goes on, so that a later COMMIT or ROLLBACK ends all of it."
    if kind == "sqlite":
        return "SQLite fails within a transaction."
    return "It commits what came before."


def without(run: Run) -> tuple[str, ...]:
    """The revision divided where its transaction ends, without the statements that end it."""
    ends = {id(done.step) for done in run.plan if isinstance(done.action, ControlTransaction)}
    parts: list[str] = []
    steps = steps_of(run)
    while steps:
        count = next((at for at, step in enumerate(steps) if id(step) in ends), len(steps))
        parts.append(written(steps[:count], run))
        steps = steps[count + 1 :]
    return tuple(part for part in parts if part)
