"""A table is dropped and created again, without its rows.

What looks like a change of the table is the loss of everything in it: the new one is empty, and has
none of the privileges, policies and triggers of the old one either (PostgreSQL manual, DROP TABLE;
"CREATE OR REPLACE TABLE" of MariaDB's is the same in one statement).

Fix: change the table instead. Where its rows are really not needed, say so.

Bad::

    op.drop_table("shops")
    op.create_table(
        "shops",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.String(30)),
        sa.Column("street", sa.Text()),
    )

Good::

    op.add_column("shops", sa.Column("street", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, DropTable
from alembic_guard.rules._adding import add_column, added
from alembic_guard.rules._code import allowed, call, lines, named
from alembic_guard.rules._creating import uncounted
from alembic_guard.rules._dropping import (
    as_written,
    briefly,
    comes_back,
    is_absent,
    line_of,
    made_again,
    rows_of,
)
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._keys import table_code
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = DropTable
NAME = "recreated-table"


def judge(action: DropTable, run: Run) -> Iterator[Harm]:
    """Found unless the table is new or has no rows, or they are put back."""
    key = action.table
    if run.is_new(key) or run.is_empty(key) or (action.if_exists and is_absent(run, key)):
        return
    if made_again(run, key) is None or comes_back(run, key):
        return
    yield Harm(
        f"{key} is dropped and created again, which loses {rows_of(run, key)}.",
        why="The new table is empty, and has none of the privileges and triggers of the old one. "
        "Change the table instead; or say that its rows are not needed.",
        fix=_changes(key, run) or _both(action, run),
    )


def _changes(key: str, run: Run) -> tuple[str, ...]:
    """The columns that are new; nothing where more is different, or the table is not known."""
    again, table = made_again(run, key), run.table(key)
    if again is None or table is None or not table.complete:
        return ()
    after = {each.name: each for each in again[1].columns}
    if any(_differs(each, after.get(each.name)) for each in table.columns.values()):
        return ()
    new = [each for each in again[1].columns if each.name not in table.columns]
    return tuple(body for each in new for body in _added(key, each, run))


def _differs(before: Column, after: Column | None) -> bool:
    """Whether a column goes, or gets another type; the counting of a key is none."""
    return after is None or uncounted(before).type != uncounted(after).type


def _added(key: str, column: Column, run: Run) -> tuple[str, ...]:
    if run.target.kind == "postgresql":
        return added(AddColumn(key, column), run)
    nullable = column.nullable if column.default is not None else True
    return (add_column(key, replace(column, nullable=nullable), run.target.kind),)


def _both(action: DropTable, run: Run) -> tuple[str, ...]:
    """The same statements, with an allowance; each a revision where DDL can't be rolled back."""
    name, schema = named(action.table)
    line = as_written(run, call("drop_table", name, **schema))
    first = briefly(allowed(line, NAME, "its rows are not needed"), run, action.table)
    again = made_again(run, action.table)
    if again is None or again[0] is run.step:
        return (first,)
    second = line_of(again[0]) or table_code(again[1], run, again[0]) or ""
    return (first, second) if run.target.is_mysql else (lines(first, second),)
