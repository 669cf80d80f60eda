"""A column is dropped with what it holds.

After the commit nothing brings the values back but a backup. Code that still maps the column names
it in every SELECT and INSERT, so that all of them fail from then on. Indexes and constraints that
have the column go with it, those of several columns too (PostgreSQL manual, ALTER TABLE, DROP
COLUMN; measured on 15).

Fix: take it off the models, deploy that, then drop it in a later release, and say in the migration
why it may go.

Bad::

    op.drop_column("shops", "city")

Good::

    op.drop_column("shops", "city")  # guard: allow(drop-column) mapped no more since 2.3
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropColumn
from alembic_guard.ddl.sqlite import rebuilds
from alembic_guard.rules._altering import was_added
from alembic_guard.rules._cascading import dropped_by_name
from alembic_guard.rules._code import allowed, call, named
from alembic_guard.rules._dropping import as_written, briefly, lacks
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = DropColumn
NAME = "drop-column"


def judge(action: DropColumn, run: Run) -> Iterator[Harm]:
    """Found unless its table is new, or has no rows and the models do not map the column.

    Nor is it, where the run itself added the column, or the database does not have it.
    """
    key, column = action.table, action.column
    mapped = run.models is not None and column in run.models.get(key, ())
    if run.is_new(key) or (run.is_empty(key) and not mapped):
        return
    if was_added(run, key, column) or lacks(run, key, column):
        return
    message = f"Dropping {key}.{column} loses what it holds."
    why = "A downgrade makes the column again, but not what it held."
    if mapped:
        message = (
            f"Dropping {key}.{column} breaks the code that runs: target_metadata still maps it."
        )
        why = (
            "The models name the column in every SELECT and INSERT, and all of them fail once it is "
            "gone. Take it off the models first, and deploy that. " + why
        )
    gone = indexes_with(run, key, column)
    if gone:
        why += f" {', '.join(gone)} {'goes' if len(gone) == 1 else 'go'} with it."
    yield Harm(message, why=why, fix=(_fix(action, run),))


def indexes_with(run: Run, key: str, column: str) -> list[str]:
    """The names of the indexes that go with a column."""
    table = run.table(key)
    indexes = table.indexes.items() if table is not None else ()
    return [name for name, each in indexes if column in (*each.columns, *each.include)]


def _fix(action: DropColumn, run: Run) -> str:
    """The line itself; what CASCADE would drop too by its name."""
    if action.cascade:
        return dropped_by_name(action, run)
    said = allowed(_line(action, run), NAME, "no code that runs maps it")
    return briefly(said, run, action.table, action.column)


def _line(action: DropColumn, run: Run) -> str:
    name, schema = named(action.table)
    sqlite = run.target.kind == "sqlite"
    if run.step.rebuilds or (
        sqlite and rebuilds(action, run.target.version, run.table(action.table))
    ):
        opened = call("batch_alter_table", name, **schema)
        dropped = call("drop_column", action.column).replace("op.", "batch_op.", 1)
        return f"with {opened} as batch_op:\n    {dropped}"
    return as_written(run, call("drop_column", name, action.column, **schema))
