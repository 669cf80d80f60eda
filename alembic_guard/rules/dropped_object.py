"""A view, a function, a type or a schema is dropped, and what uses it by name fails.

PostgreSQL refuses to drop what other objects depend on, but knows nothing of the queries of
running code, nor of what the bodies of functions name (manual 5.14, Dependency Tracking). MariaDB,
MySQL and SQLite refuse nothing.

Fix: first deploy code that does without it. Then drop it, and say in the migration why it may go.
What is only to be changed is made again in the same transaction, or with ``CREATE OR REPLACE``.

Bad::

    op.execute("DROP VIEW open_orders")

Good::

    op.execute("DROP VIEW open_orders")
    op.execute("CREATE VIEW open_orders AS SELECT id, status FROM orders WHERE status = 'new'")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropColumn, DropTable, SetType
from alembic_guard.ddl.objects import DropObject
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written, is_absent
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import done_together, is_made_again, was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = DropObject
NAME = "dropped-object"
KINDS = frozenset(
    {"view", "materialized view", "sequence", "function", "procedure", "aggregate", "routine"}
    | {"type", "domain", "extension", "schema", "database", "operator", "collation", "server"}
)
OF_COLUMNS = ("type", "domain", "sequence")


def judge(action: DropObject, run: Run) -> Iterator[Harm]:
    """Found unless this run made it or makes it again.

    Nor is a type found, whose columns the same transaction drops or changes: that is told of.
    """
    kind, name = action.kind, action.name
    if kind not in KINDS or was_made(run, kind, name) or is_made_again(run, kind, name):
        return
    if kind in ("view", "materialized view") and action.if_exists and is_absent(run, name):
        return
    if kind in OF_COLUMNS and done_together(run, DropColumn, DropTable, SetType):
        return
    line = as_written(run, "")
    yield Harm(
        f"Dropping the {kind} {name} breaks whatever still uses it.",
        why="A database knows what else depends on it, but not which queries name it.",
        fix=(allowed(line, NAME, "nothing uses it any more"),) if line else (),
    )
