"""An enum is created, whose values are hard to change later.

A value can be added and renamed, but not removed; one that was added can't be used in the same
transaction; and another order needs a new type and a rewrite of every column (PostgreSQL manual,
ALTER TYPE). Rows of a table are changed like any others.

Fix: a table of the values, and a foreign key to it; or text with a CHECK.

Bad::

    op.execute("CREATE TYPE color AS ENUM ('red', 'blue')")

Good::

    op.create_table("color", sa.Column("name", sa.Text(), primary_key=True))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import CreateEnum
from alembic_guard.finding import Severity
from alembic_guard.rules._code import Code, call, lines, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateEnum
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: CreateEnum, run: Run) -> Iterator[Harm]:
    """Found for each, but for one that takes the place of another under its name."""
    if was_made(run, "type", action.name):
        return
    name, schema = named(action.name)
    column = Code('sa.Column("name", sa.Text(), primary_key=True)')
    rows = ", ".join(f"{{{_text('name')}: {_text(each)}}}" for each in action.values)
    table = call("create_table", name, column, **schema)
    fix = lines(f"values = {table}", f"op.bulk_insert(values, [{rows}])") if rows else table
    yield Harm(
        f"The values of the enum {action.name} are hard to change later.",
        why="PostgreSQL adds and renames values of an enum, but removes and moves none.",
        fix=(fix,),
    )


def _text(value: str) -> str:
    return call("x", value)[len("op.x(") : -1]
