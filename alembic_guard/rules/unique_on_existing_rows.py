"""A unique index fails on a table whose rows repeat, after all of them were read.

What a test database never holds, production may. ``CREATE UNIQUE INDEX CONCURRENTLY`` leaves an
invalid index behind when it fails (PostgreSQL manual, CREATE INDEX); MariaDB and MySQL keep what the
revision did before.

Fix: look for rows that repeat first, and mend them in a revision of their own.

Bad::

    op.create_index("uq_orders_note", "orders", ["status", "total"], unique=True)

Good::

    query = "SELECT status FROM orders GROUP BY status, total HAVING count(*) > 1 LIMIT 1"
    if op.get_bind().execute(sa.text(query)).first():
        raise ValueError("several rows of orders have the same status, total")
    op.create_index("uq_orders_note", "orders", ["status", "total"], unique=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint, CreateIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._code import index_code
from alembic_guard.rules._constraint_code import looked_first, said
from alembic_guard.rules._constraints import may_repeat
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._index import built_as_said
from alembic_guard.rules._run import Run
from alembic_guard.schema import Index, Table

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = (CreateIndex, AddConstraint)
SEVERITY = Severity.WARNING


def judge(action: CreateIndex | AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless somebody looked, or a key says already that no row repeats.

    A constraint of PostgreSQL that builds its index is told of by unique-constraint-blocks-reads,
    an index of a partitioned table by partitioned-index-blocks-writes.
    """
    key, kind = action.table, run.target.kind
    if isinstance(action, CreateIndex):
        index = action.index
        if not index.unique or run.has_index(action) or not _is_plain(run.table(key)):
            return
        postgresql = kind == "postgresql"
        code = built_as_said(action, run) if postgresql else index_code(key, index, kind)
    else:
        if action.constraint.kind != "unique" or kind == "postgresql":
            return
        index, code = Index(None, action.constraint.columns, unique=True), said(action, run)
    if not may_repeat(key, index.columns, run):
        return
    yield Harm(
        f"Building {index.name or 'a unique index'} fails if two rows of {key} have the same "
        f"{', '.join(index.columns)}.",
        why="It leaves an invalid index behind when it was built concurrently."
        if kind == "postgresql"
        else "It is refused after all rows were read.",
        fix=(looked_first(key, index, code, run),),
    )


def _is_plain(table: Table | None) -> bool:
    return table is None or (table.kind == "table" and not table.partitioned)
