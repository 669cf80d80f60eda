"""A migration commits through its connection, and Alembic does not record the revision.

``op.get_bind().commit()`` ends the transaction in which Alembic would record the revision. What
follows goes into one that nobody commits: it is lost, and the revision counts as not applied
although ``alembic upgrade`` reports success (measured with Alembic 1.20 on PostgreSQL 15, MariaDB
10.11 and SQLite). A second connection, ``op.get_bind().engine.begin()``, commits what stays when
the migration fails, and waits for the migration's own locks for ever.

Fix: a revision for what is to be committed by itself, or ``autocommit_block()``. Reads and writes
through ``op.get_bind()`` or an ORM session on it are no harm while nothing commits them.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    op.get_bind().commit()
    op.add_column("orders", sa.Column("code", sa.Text()))

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    # next revision
    op.add_column("orders", sa.Column("code", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import ControlTransaction
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules.transaction_control import without

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = ControlTransaction


def judge(action: ControlTransaction, run: Run) -> Iterator[Harm]:
    """Found where a connection or a session commits beside Alembic's operations."""
    if not run.step.session or action.verb not in ("COMMIT", "END"):
        return
    yield Harm(
        f"Revision {run.step.revision} commits by itself, so it may never be recorded.",
        why="Alembic records a revision in the transaction that it began. This commit ends it, or "
        "is that of a second connection, whose work stays when the migration fails.",
        fix=without(run),
    )
