"""What rules about dropped things share: what is lost, what comes back, and the line that stays."""

from __future__ import annotations

from alembic.operations import ops

from alembic_guard.ddl.actions import CreateTable, RenameTable
from alembic_guard.ddl.data import Insert
from alembic_guard.rules._adding import text_code
from alembic_guard.rules._code import autocommit, execute, lines, quoted
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

BATCH = 10_000  # rows: short enough that nobody waits for their locks


def rows_of(run: Run, key: str) -> str:
    """The rows of a table in a sentence: ``about 5,000 rows``, or ``all of its rows``."""
    table = run.table(key)
    if table is None or table.rows is None:
        return "all of its rows"
    return "1 row" if table.rows == 1 else f"about {table.rows:,} rows"


def as_written(run: Run, otherwise: str = "") -> str:
    """The line that is judged now: its SQL where it is SQL.

    :param otherwise: the code of a directive.
    """
    return line_of(run.step) or otherwise


def briefly(code: str, run: Run, key: str, column: str = "") -> str:
    """The code that drops a table or a column, which does not wait for long for its locks.

    What has a foreign key locks the table that it refers to as well: drop-locks-referenced-table.
    """
    table = run.table(key)
    keys = table.constraints_of("foreign key") if table is not None else ()
    locked = [
        each
        for each in keys
        if each.refers_to not in (None, key)
        and not run.is_new(each.refers_to or "")
        and (not column or column in each.columns)
    ]
    waits = bool(locked) and run.target.kind == "postgresql"
    return lines(execute("SET LOCAL lock_timeout = '3s'"), code) if waits else code


def line_of(step: Step) -> str:
    """The ``op.execute()`` of a step that is SQL; "" for a directive."""
    is_sql = step.directive is None or isinstance(step.directive, ops.ExecuteSQLOp)
    return lines(*map(execute, step.sql)) if is_sql else ""


def made_again(run: Run, key: str) -> tuple[Step, CreateTable] | None:
    """The CREATE TABLE of a name that is dropped now, and its step.

    It is looked for in the same revision, or in all that are applied in one go.
    """
    for step, made in run.later(CreateTable, key):
        if not run.together and step.revision != run.step.revision:
            return None
        if not made.temporary:
            return step, made
    return None


def comes_back(run: Run, key: str) -> bool:
    """Whether the rows of a table that is dropped now are kept, under the same name.

    That is how SQLite's manual ("ALTER TABLE", 7) changes a table, and how one is swapped: either
    a copy is renamed, or rows are inserted by a query when it is made again.
    """
    copies = {each.table for _, each in run.earlier(Insert) if each.from_query}
    copies |= {each.table for _, each in run.earlier(CreateTable) if each.as_query}
    renamed = [each.table for _, each in run.later(RenameTable) if each.new == key]
    filled = any(each.from_query for _, each in run.later(Insert, key))
    return filled or bool(copies & set(renamed))


def is_absent(run: Run, key: str) -> bool:
    """Whether the database that was asked has no such table."""
    return run.target.live and run.table(key) is None


def lacks(run: Run, key: str, column: str) -> bool:
    """Whether the database that was asked has the table, and not this column of it.

    Then IF EXISTS finds nothing; without it the statement fails, as unknown-object says.
    """
    table = run.table(key)
    if not (run.target.live and run.exact) or table is None or not table.complete:
        return False
    return column.lower() not in {each.lower() for each in table.columns}


def deleted(run: Run, key: str) -> str:
    """All rows of a table deleted in batches, each a transaction of its own."""
    table = quoted(key)
    if run.target.is_mysql:
        sql = f"DELETE FROM {table} WHERE true LIMIT {BATCH}"
    else:
        sql = f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT {BATCH})"
    loop = "while op.get_bind().execute(batch).rowcount:\n    pass"
    return lines(f"batch = {text_code(sql)}", autocommit(loop))
