"""VACUUM FULL or CLUSTER writes a table anew while nobody can read it.

Both copy the table and build every index anew under an ACCESS EXCLUSIVE lock, and need room for a
second copy meanwhile (PostgreSQL manual, VACUUM and CLUSTER; CLUSTER measured on 15).

Fix: a plain VACUUM lets everybody read and write, and makes the room in the table free for new
rows. To give it back to the file system, or to order the rows, pg_repack works while the table is
in use; PostgreSQL 19 has REPACK (CONCURRENTLY).

Bad::

    op.execute("CLUSTER shops USING shops_pkey")

Good::

    with op.get_context().autocommit_block():
        op.execute("VACUUM (ANALYZE) shops")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import Maintain
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import autocommit, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = Maintain
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE
VERBS = ("VACUUM FULL", "CLUSTER")


def judge(action: Maintain, run: Run) -> Iterator[Harm]:
    """Found for both, unless nobody uses the table."""
    key = action.table
    if action.verb not in VERBS or (key and (run.is_new(key) or run.is_empty(key))):
        return
    which = key or {"CLUSTER": "every clustered table"}.get(action.verb, "every table")
    aim = "order its rows" if action.verb == "CLUSTER" else "shrink its file"
    yield Harm(
        f"{action.verb} writes {which} anew while nobody can read it.",
        why="It holds an ACCESS EXCLUSIVE lock until the copy and its indexes are built. A plain "
        f"VACUUM makes room for new rows; to {aim} while it is in use, run pg_repack.",
        fix=(autocommit(execute("VACUUM (ANALYZE)" + (f" {quoted(key)}" if key else ""))),),
        table=key,
    )
