"""An index is rebuilt while every write to its table waits, and nearly every query.

``REINDEX`` takes a SHARE lock on the table, which writes wait for, and an ACCESS EXCLUSIVE lock on
the index, for which every query on the table waits that is planned meanwhile, whether it would use
the index or not (PostgreSQL manual, REINDEX; measured on 15).

Fix: ``REINDEX … CONCURRENTLY`` in an ``autocommit_block()``.

Bad::

    op.execute("REINDEX TABLE orders")

Good::

    with op.get_context().autocommit_block():
        op.execute("REINDEX TABLE CONCURRENTLY orders")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Reindex
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import allowed, autocommit, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = Reindex
GROWS = True
LOCK = Lock.SHARE


def judge(action: Reindex, run: Run) -> Iterator[Harm]:
    """Found unless it is concurrent, or its table is new or empty."""
    key = action.name if action.kind == "table" else action.table
    if action.concurrently or (key and (run.is_new(key) or run.is_empty(key))):
        return
    words = f"REINDEX {action.kind.upper()}"
    if action.kind == "system":
        line = execute(f"{words} {quoted(action.name)}")
        reason = "the system's indexes have no other way"
        fix = autocommit(allowed(line, "reindex-blocks-writes", reason))
    else:
        fix = autocommit(execute(f"{words} CONCURRENTLY {quoted(action.name)}"))
    whose = {"index": key or "its table", "table": key}.get(action.kind, "each of its tables")
    yield Harm(
        f"Reindexing {action.name} makes writes to {whose}, and most queries, wait until it is done.",
        why="REINDEX takes a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the index, "
        "which a query waits for while it is planned.",
        fix=(fix,),
        table=key,
    )
