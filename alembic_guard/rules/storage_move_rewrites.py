"""A table moves to another tablespace or access method while nobody can read it.

``SET TABLESPACE`` copies the files of the table, ``SET ACCESS METHOD`` (PostgreSQL 15) writes it
and its indexes anew, both under an ACCESS EXCLUSIVE lock (manual, ALTER TABLE; measured on 15:
nothing is copied where the table is in that tablespace already).

Fix: pg_repack moves a table to a tablespace while it is in use (``--tablespace``). Without it, do
it in a maintenance window, in a revision of its own, and say so.

Bad::

    op.execute("ALTER TABLE shops SET TABLESPACE pg_default")

Good::

    op.execute("CREATE TABLE visits (id bigint PRIMARY KEY) TABLESPACE pg_default")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import AlterObject
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (AlterTable, AlterObject)
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "storage-move-rewrites"
MOVES = {
    "set tablespace": "It copies all files under an ACCESS EXCLUSIVE lock; pg_repack moves a table "
    "while it is in use.",
    "set access method": "It writes the table and its indexes anew under an ACCESS EXCLUSIVE lock: "
    "choose a time when nobody uses it.",
}


def judge(action: AlterTable | AlterObject, run: Run) -> Iterator[Harm]:
    """Found unless nobody uses what is moved; of a whole tablespace it is not known what moves."""
    if isinstance(action, AlterTable):
        move, name, of = action.kind, action.table, "table"
    else:
        move, name, of = action.change, action.name, action.kind
    if move not in MOVES or (name and (run.is_new(name) or run.is_empty(name))):
        return
    yield Harm(
        f"{move.upper()} moves {name or 'every table of a tablespace'} while nobody can read it.",
        why=MOVES[move],
        fix=(allowed(as_written(run), NAME, "in a maintenance window"),),
        table="" if of == "index" else name,
    )
