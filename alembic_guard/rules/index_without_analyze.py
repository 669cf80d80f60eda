"""An index on an expression is created and its table is not analyzed afterwards.

PostgreSQL keeps statistics of an expression from the first ANALYZE after the index is there; until
then the planner guesses how many rows it finds, and may leave the index alone (PostgreSQL manual,
CREATE INDEX, Notes). Autovacuum comes when enough rows have changed.

Fix: ANALYZE the table.

Bad::

    with op.get_context().autocommit_block():
        op.create_index(
            "ix_users_lower", "users", [sa.text("lower(name)")], postgresql_concurrently=True
        )

Good::

    with op.get_context().autocommit_block():
        op.create_index(
            "ix_users_lower", "users", [sa.text("lower(name)")], postgresql_concurrently=True
        )
    op.execute("ANALYZE users")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.data import Maintain
from alembic_guard.finding import Severity
from alembic_guard.rules._code import execute, lines, quoted
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._index import built_as_said
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateIndex
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found unless a later ANALYZE, or VACUUM, of the table is seen, or the table is new."""
    key = action.table
    if not action.index.expressions or run.is_new(key) or run.is_empty(key):
        return
    verbs = ("ANALYZE", "VACUUM", "VACUUM FULL")
    if any(each.table in ("", key) and each.verb in verbs for _, each in run.later(Maintain)):
        return
    yield Harm(
        f"Nothing analyzes {key} after {called(action.index)} is built: its expression has no "
        "statistics.",
        why="Until then the planner guesses how many rows the index finds.",
        fix=(lines(built_as_said(action, run), execute(f"ANALYZE {quoted(key)}")),),
    )
