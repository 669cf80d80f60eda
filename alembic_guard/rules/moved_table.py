"""Running instances do not find a table any more that is in another schema.

The move itself takes a moment. But instances of the last release run while the next one goes out,
and look for the table where it was.

Fix: leave a view where the table was, in the same transaction; PostgreSQL's views of one table can
be written to as well (manual, CREATE VIEW, Updatable Views). Drop it when nobody uses it.

Bad::

    op.execute("ALTER TABLE shops SET SCHEMA archive")

Good::

    op.execute("ALTER TABLE shops SET SCHEMA archive")
    op.execute("CREATE VIEW shops AS SELECT * FROM archive.shops")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetSchema
from alembic_guard.rules._altering import keeps_name, viewed
from alembic_guard.rules._code import execute, lines, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = SetSchema


def judge(action: SetSchema, run: Run) -> Iterator[Harm]:
    """Found unless a view is left behind, or nobody used the table."""
    key = action.table
    new = run.known.key(key.rpartition(".")[2], action.schema)
    if new == key or run.is_new(key) or keeps_name(run, key):
        return
    move = f"ALTER TABLE {quoted(key)} SET SCHEMA {quoted(action.schema)}"
    yield Harm(
        f"Code that still uses {key} fails once it is {new}.",
        why="Instances of the last release run while the next one goes out, "
        "and look for the table where it was.",
        fix=(lines(execute(move), viewed(key, new)),),
    )
