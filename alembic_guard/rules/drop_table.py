"""A table is dropped with its rows.

After the commit nothing brings the rows back but a backup: a downgrade makes the table anew, empty.
Code that still runs and asks for the table fails from then on (PostgreSQL manual, DROP TABLE;
MariaDB and MySQL commit at once; SQLite manual, "DROP TABLE").

Fix: take it off the models, deploy that, and see that nobody asks for it. Keep a copy of the rows
(``pg_dump -t``) if anybody may miss them. Then drop it, and say in the migration why it may go.

Bad::

    op.drop_table("shops")

Good::

    op.drop_table("shops")  # guard: allow(drop-table) nothing reads it since 2.3, kept in a dump
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropTable
from alembic_guard.rules._cascading import dropped_by_name
from alembic_guard.rules._code import allowed, call, named
from alembic_guard.rules._dropping import (
    as_written,
    briefly,
    comes_back,
    is_absent,
    made_again,
    rows_of,
)
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = DropTable
NAME = "drop-table"


def judge(action: DropTable, run: Run) -> Iterator[Harm]:
    """Found unless it is new or has no rows.

    Nor is it, where the rows come back under the same name; one that is made again without them is
    told of by recreated-table.
    """
    key = action.table
    if run.is_new(key) or run.is_empty(key) or (action.if_exists and is_absent(run, key)):
        return
    if comes_back(run, key) or made_again(run, key):
        return
    mapped = run.models is not None and key in run.models
    still = ", which target_metadata still maps," if mapped else ""
    first = "Take it off the models first, and deploy that. " if mapped else ""
    yield Harm(
        f"Dropping {key}{still} loses {rows_of(run, key)}.",
        why="A downgrade makes the table again, but not its rows, and code that still asks for it "
        f"fails. {first}Check that nothing reads it any more, and that its rows are kept elsewhere "
        "or not needed; then say so.",
        fix=(_fix(action, run),),
    )


def _fix(action: DropTable, run: Run) -> str:
    """The line itself; what CASCADE would drop too by its name."""
    if action.cascade:
        return dropped_by_name(action, run)
    name, schema = named(action.table)
    exists = {"if_exists": True} if action.if_exists else {}
    line = as_written(run, call("drop_table", name, **schema, **exists))
    said = allowed(line, NAME, "nothing reads it any more, and its rows are not needed")
    return briefly(said, run, action.table)
