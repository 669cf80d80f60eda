"""Running instances fail as soon as a schema has another name: they find none of its tables.

The rename itself takes a moment. But instances of the last release run while the next one goes out,
and name the schema as it was, in their models or in their ``search_path``.

Fix: create the new schema, and move its tables one by one, each with a view left behind. Or keep
the name in the database: ``schema_translate_map`` gives it another one in the models.

Bad::

    op.execute("ALTER SCHEMA archive RENAME TO attic")

Good::

    op.execute("CREATE SCHEMA attic")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import Rename
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = Rename


def judge(action: Rename, run: Run) -> Iterator[Harm]:
    """Found unless this run made the schema."""
    if action.kind != "schema" or was_made(run, "schema", action.name):
        return
    line = execute(f"ALTER SCHEMA {quoted(action.name)} RENAME TO {quoted(action.new)}")
    yield Harm(
        f"Code that still uses the schema {action.name} fails once it is {action.new}.",
        why="Instances of the last release run while the next one goes out, "
        "and look for their tables where they were.",
        fix=(allowed(line, "renamed-schema", f"no running instance uses {action.name}"),),
    )
