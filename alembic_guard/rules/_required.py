"""What a finding gives to a column that may not be NULL and has nothing for the rows of before."""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.rules._adding import add_column, added, is_counted
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Target
from alembic_guard.sql_types import SqlType

_NUMBERS = frozenset(
    {"bigint", "integer", "smallint", "tinyint", "mediumint", "numeric", "real", "float"}
    | {"double precision", "money"}
)
_NOW = {"date": "CURRENT_DATE", "timestamp": "now()", "timestamptz": "now()"}
_LONG_AGO = {"date": "'1970-01-01'", "timestamp": "'1970-01-01'", "datetime": "'1970-01-01'"}


def is_required(column: Column) -> bool:
    """Whether rows need a value that nothing on the server gives them."""
    return (
        column.nullable is False
        and not has_default(column)
        and not is_counted(column)
        and column.generated is None
        and all(each.kind != "primary key" for each in column.constraints)
    )


def what_happens(action: AddColumn, run: Run) -> tuple[str, str]:
    """What a required column does to a table with rows: what a message says, and why."""
    key, target = action.table, run.target
    table = run.table(key)
    if not target.is_mysql or fails_in_mysql(action, target):
        known = table is not None and bool(table.rows)
        what = f"fails: {key} has rows" if known else f"fails if {key} has rows"
        why = "The rows of before would be NULL in it."
        if target.is_mysql:
            why = "The rows of before would be '0000-00-00', which NO_ZERO_DATE forbids."
        return what, why
    what = f"gives the rows of {key} a value that nobody chose"
    why = "It is the implicit default of the type, such as 0 or ''."
    if target.strict is not False:
        why += " In strict mode an INSERT that leaves the column out fails from then on."
    return what, why


def fails_in_mysql(action: AddColumn, target: Target) -> bool:
    """Whether MySQL refuses the implicit default; MariaDB does not (measured on 10.11).

    MySQL manual, "Server SQL Modes": NO_ZERO_DATE is a part of the default mode.
    """
    name = action.column.type.name if action.column.type else ""
    return target.kind == "mysql" and target.strict is not False and name in _LONG_AGO


def value_for(type: SqlType | None, kind: str) -> str | None:
    """SQL of a plain value of a type; None where there is none that is one for all rows."""
    name = type.name if type else ""
    if name in _NUMBERS:
        return "0"
    if name == "boolean":
        return "0" if kind == "sqlite" else "false"
    if name in ("varchar", "char", "citext") or (name == "text" and kind != "mysql"):
        return "''"
    if kind == "postgresql":
        return "'{}'" if name in ("json", "jsonb") else _NOW.get(name)
    return _LONG_AGO.get(name)


def with_value(action: AddColumn, run: Run, value: str | None) -> tuple[str, ...]:
    """The same column with a default for the rows of before, or nullable where there is none."""
    kind, column = run.target.kind, action.column
    if value is None and column.type == SqlType("uuid") and kind == "postgresql":
        value = "gen_random_uuid()"
    column = replace(column, default=value, nullable=value is None)
    if kind == "postgresql":
        return added(replace(action, column=column), run)
    return (add_column(action.table, column, kind),)
