"""A migration is about a table, a column, a constraint or an index that the database does not have.

It fails there, in the middle of a deployment. Found only where the live database was asked, nothing
before it in the run could have made the object, and the statement does not say IF EXISTS.

Fix: the right name; where the database has drifted from the history, IF EXISTS or a revision that
mends it.

Bad::

    op.add_column("order", sa.Column("memo", sa.Text()))

Good::

    op.add_column("orders", sa.Column("memo", sa.Text()))
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from alembic_guard.ddl import actions
from alembic_guard.ddl.actions import OnTable
from alembic_guard.ddl.data import Opaque, Read
from alembic_guard.ddl.objects import CreateObject, Rename
from alembic_guard.rules._apart import code_of
from alembic_guard.rules._code import execute
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._repeating import says_if
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = OnTable

_SYSTEM = ("pg_catalog", "information_schema", "mysql", "performance_schema", "sys")
_MAKERS = ("extension", "foreign schema", "schema", "server")


def judge(action: OnTable, run: Run) -> Iterator[Harm]:
    """Found where everything before it is known."""
    if not (run.target.live and run.exact) or isinstance(action, actions.CreateTable):
        return
    if isinstance(action, actions.AttachPartition) and action.index:
        return
    if getattr(action, "if_exists", False) or says_if(run.step):
        return
    if isinstance(action, actions.AttachPartition) and action.index:
        return  # its table is an index
    if not action.table or _is_system(action.table) or run.step.assumption:
        return
    kind, name, near = _absent(action, run)
    if not name or _is_hidden(run):
        return
    message = f"There is no {kind} {name}"
    where = f" in {action.table}" if kind != "table" else ""
    yield Harm(
        f"{message}{where}, so the migration fails here.",
        why="The database was asked, and nothing before this makes it."
        + (f" There is {near}." if near else ""),
        fix=tuple(filter(None, [_mended(run, name, near)])),
    )


def _is_system(key: str) -> bool:
    schema, _, name = key.lower().rpartition(".")
    return schema in _SYSTEM or name.startswith(("pg_", "sqlite_"))


def _is_hidden(run: Run) -> bool:
    """Whether something before it may make what nobody sees: a function, an extension, a DO."""
    calls = any(not each.tables for _, each in run.earlier(Read))
    made = any(each.kind in _MAKERS for _, each in run.earlier(CreateObject))
    renamed = any(each.kind == "schema" for _, each in run.earlier(Rename))
    return calls or made or renamed or any(True for _ in run.earlier(Opaque))


def _absent(action: OnTable, run: Run) -> tuple[str, str, str]:
    """The kind and name of what is not there, and the name nearest to it."""
    table = run.table(action.table)
    if table is None:
        tables = [*run.known.tables, *(run.models or ())]
        return "table", action.table, _near(action.table, tables)
    if not table.complete:
        return "", "", ""
    if isinstance(action, actions.OnColumn):
        return _of("column", action.column, table.columns)
    constraints = actions.DropConstraint | actions.ValidateConstraint
    # Batch mode gives names to those of SQLite that have none.
    if isinstance(action, constraints) and action.name and run.target.kind != "sqlite":
        return _of("constraint", action.name, [*table.constraints, *table.indexes])
    if isinstance(action, actions.DropIndex):
        name = action.name.rpartition(".")[2]
        return _of("index", name, [*table.indexes, *table.constraints])
    return "", "", ""


def _of(kind: str, name: str, known: Iterable[str]) -> tuple[str, str, str]:
    names = {each.lower(): each for each in known}
    return (kind, "", "") if name.lower() in names else (kind, name, _near(name, names.values()))


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


def _mended(run: Run, name: str, near: str) -> str:
    """The step with the nearest name."""
    if not near:
        return ""
    code = as_written(run, code_of(run.step, run.target.kind))
    for quote in ('"', "'"):
        if f"{quote}{name}{quote}" in code:
            return code.replace(f"{quote}{name}{quote}", f"{quote}{near}{quote}")
    return execute(run.step.sql[0].replace(name, near)) if len(run.step.sql) == 1 else ""
