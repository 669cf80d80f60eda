"""NULLs silently become empty values, because the session is not strict.

Without strict mode MariaDB and MySQL carry out NOT NULL on a column that has NULLs: each becomes
``''``, 0 or a zero date, with a warning that nobody sees, and which rows had none is lost (MySQL
manual, "Server SQL Modes"; measured on MariaDB 10.11). In strict mode the statement fails.

Fix: give the NULLs a value that was chosen, and make the session strict, so that it fails if one is
left.

Bad::

    op.execute("SET SESSION sql_mode = ''")
    op.alter_column("shops", "city", existing_type=sa.String(30), nullable=False)

Good::

    op.alter_column("shops", "name", existing_type=sa.String(100), nullable=False)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import ModifyColumn, SetNotNull
from alembic_guard.ddl.data import SetParameter
from alembic_guard.ddl.mysql_columns import before, says
from alembic_guard.rules._adding import backfill, unused
from alembic_guard.rules._code import Code, call, execute, lines, named, type_code
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._required import value_for
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = (ModifyColumn, SetNotNull)
STRICT = "SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_TRANS_TABLES')"


def judge(action: ModifyColumn | SetNotNull, run: Run) -> Iterator[Harm]:
    """Found where it is known that the session is not strict, and the column may have NULLs."""
    key = action.table
    if unused(run, key) or is_strict(run) is not False or not _is_set(action, run):
        return
    table = run.table(key)
    known = table.columns.get(action.column) if table else None
    type_ = known.type if known else None
    if isinstance(action, ModifyColumn):
        type_ = action.definition.type or type_
    name, schema = named(key)
    words = {"existing_type": Code(type_code(type_, run.target.kind))}
    code = call("alter_column", name, action.column, **words, nullable=False, **schema)
    value = value_for(type_, run.target.kind)
    filled = (backfill(run, key, action.column, value),) if value else ()
    yield Harm(
        f"The NULLs of {key}.{action.column} silently become a value that nobody chose.",
        why="The SQL mode is not strict: NOT NULL turns them into '' or 0 instead of failing.",
        fix=(*filled, lines(execute(STRICT), as_written(run, code))),
    )


def is_strict(run: Run) -> bool | None:
    """Whether the session is strict, after what the run set; None where it is not known."""
    strict = run.target.strict
    for _, each in run.earlier(SetParameter):
        if each.name == "sql_mode":
            strict = "STRICT_" in each.value or "TRADITIONAL" in each.value
    return strict


def _is_set(action: ModifyColumn | SetNotNull, run: Run) -> bool:
    """Whether a column that may have NULLs gets NOT NULL."""
    table = run.table(action.table)
    if isinstance(action, SetNotNull):
        known = table.columns.get(action.column) if table else None
        return known is None or known.nullable is not False
    old = before(action, table)
    sets = says(action, "nullable") and action.definition.nullable is False
    return sets and (old is None or old.nullable is not False)
