"""What rules about MODIFY and CHANGE of MariaDB and MySQL ask, and the code that they say to write."""

from __future__ import annotations

from typing import Any

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.ddl.mysql import Algorithm, algorithm
from alembic_guard.ddl.mysql_columns import before
from alembic_guard.rules._adding import text_code, unused
from alembic_guard.rules._altering import beside
from alembic_guard.rules._code import Code, allowed, call, execute, named, quoted, type_code
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column
from alembic_guard.sql_types import SqlType

LISTED = ("enum", "set")


def copies(action: ModifyColumn, run: Run) -> bool:
    """Whether writes to a table in use wait while all its rows are copied."""
    return not unused(run, action.table) and cost(action, run).blocks != "nothing"


def cost(action: ModifyColumn, run: Run) -> Algorithm:
    """How the server carries it out."""
    return algorithm(action, run.target, run.table(action.table))


def types(action: ModifyColumn, run: Run) -> tuple[SqlType | None, SqlType | None]:
    """The type of before, where it is known, and the new one."""
    old = before(action, run.table(action.table))
    return old.type if old else None, action.definition.type


def modify(action: ModifyColumn, run: Run, type_: SqlType) -> str:
    """The ``op.alter_column()`` of a type, with all that MODIFY would lose otherwise."""
    name, schema = named(action.table)
    old = before(action, run.table(action.table)) or Column(action.column)
    words: dict[str, Any] = {"type_": Code(type_code(type_, run.target.kind))}
    if old.type is not None:
        words["existing_type"] = Code(type_code(old.type, run.target.kind))
    if old.nullable is not None:
        words["existing_nullable"] = old.nullable
    if old.default is not None:
        words["existing_server_default"] = text_code(old.default)
    return call("alter_column", name, action.column, **words, **schema)


def replaced(action: ModifyColumn, run: Run) -> tuple[str, ...]:
    """A new column beside the old one, filled in batches."""
    type_ = action.definition.type or SqlType("text")
    word = type_.name.replace(" ", "_")
    new = f"{action.column[: 60 - len(word)]}_as_{word}"
    value = quoted(action.column, run.target.kind)
    return beside(run, action, new, type_, value)


def kept(action: ModifyColumn, run: Run, rule: str) -> tuple[str, ...]:
    """The same change, where nothing else does it."""
    sql = run.step.sql
    if len(sql) == 1:
        line = execute(sql[0])
    elif action.definition.type is not None:
        line = modify(action, run, action.definition.type)
    else:
        return ()
    return (allowed(line, rule, "nobody writes at that hour"),)
