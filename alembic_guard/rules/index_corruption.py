"""An index is built concurrently by a PostgreSQL that corrupts such indexes.

In 14.0 to 14.3, rows that are updated while ``CREATE INDEX CONCURRENTLY`` or ``REINDEX
CONCURRENTLY`` runs may be missing from the index, so that queries do not find them (release notes
of PostgreSQL 14.4, E.1: "Prevent possible corruption of indexes created or rebuilt with the
CONCURRENTLY option").

Fix: upgrade the server to 14.4 or later. Until then, build it while writes wait.

Bad::

    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)

Good::

    # guard: allow(index-blocks-writes) this server corrupts an index that is built concurrently
    op.create_index("ix_orders_user_id", "orders", ["user_id"])
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex, Reindex
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._index import created_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (CreateIndex, Reindex)
REASON = "this server corrupts an index that is built concurrently"


def judge(action: CreateIndex | Reindex, run: Run) -> Iterator[Harm]:
    """Found on 14.0 to 14.3; not on a table that nobody uses yet."""
    version = run.target.version
    if not action.concurrently or not (14, 0) <= version < (14, 4):
        return
    if action.table and run.is_new(action.table):
        return
    if isinstance(action, CreateIndex):
        line, rule = created_as_said(action, run), "index-blocks-writes"
        what = f"Building {called(action.index)}"
    else:
        line = execute(f"REINDEX {action.kind.upper()} {quoted(action.name)}")
        what, rule = f"Reindexing {action.name}", "reindex-blocks-writes"
    yield Harm(
        f"{what} concurrently may corrupt it: PostgreSQL is {'.'.join(map(str, version))}.",
        why="Up to 14.3, rows that are updated meanwhile may be missing from the index. "
        "14.4 is free of it: upgrade the server.",
        fix=(allowed(line, rule, REASON),),
    )
