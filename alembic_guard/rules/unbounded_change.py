"""All rows of a table are changed in one transaction.

Each row that an UPDATE or DELETE writes is locked until the commit, so that every other write to it
waits (PostgreSQL manual 13.3.2; InnoDB, "Locks Set by Different SQL Statements in InnoDB"). All of
them at once take long, are undone as a whole when anything fails, leave a dead version of each row
behind, and hold up replicas.

Fix: go through the table in pages, each a transaction of its own.

Bad::

    op.execute("UPDATE orders SET note = ''")

Good::

    batch = sa.text(
        "UPDATE orders SET note = '' WHERE id IN "
        "(SELECT id FROM (SELECT id FROM orders WHERE note <> '' LIMIT 10000) AS page)"
    )
    with op.get_context().autocommit_block():
        while op.get_bind().execute(batch).rowcount:
            pass
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import Delete, Update
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._held import held
from alembic_guard.rules._paging import paged
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = (Update, Delete)
GROWS = True
NAME = "unbounded-change"


def judge(action: Update | Delete, run: Run) -> Iterator[Harm]:
    """Found without a WHERE, unless more than the rows is locked, which another rule tells of."""
    if action.where or unused(run, action.table) or held(run):
        return
    verb = "update" if isinstance(action, Update) else "delete"
    fix = paged(action, run) or allowed(as_written(run, ""), NAME, "few rows, and nobody waits")
    yield Harm(
        f"Every write to {action.table} waits until one {verb} of all its rows is committed.",
        why=f"An {verb.upper()} locks each row that it writes."
        if isinstance(action, Update)
        else "A DELETE locks each row that it deletes.",
        fix=(fix,),
        table=action.table,
    )
