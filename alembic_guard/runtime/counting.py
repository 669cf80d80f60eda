"""How many rows a table has, and how many values a column: exact, up to a limit and for a while.

Read-only, in transactions that are ended again; nobody's lock is waited for longer than a moment.
What cannot be told in time is None, and never 0.

The limits: PostgreSQL ``statement_timeout`` and ``lock_timeout``, in a savepoint that is rolled
back; MariaDB ``SET STATEMENT max_statement_time, lock_wait_timeout FOR`` (mariadb.com/kb, "SET
STATEMENT"); MySQL the hint ``MAX_EXECUTION_TIME``, whose lock wait is a session's own; SQLite
counts what it has in its own file, and only the limit of rows ends that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import kind_of
from alembic_guard.runtime.tables_brief import in_transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST = 1_000_000
"""Rows or values that are counted at most; one more means that there are more."""
SECONDS = 5
"""That one count may take."""
_LOCK_MILLISECONDS = 200


def counted_up_to(connection: Connection, key: str, column: str = "") -> int | None:
    """Rows of a table, or values of a column that are not NULL.

    :param key: as :mod:`alembic_guard.schema` has it.
    :returns: ``MOST + 1`` where there are more, None where the server did not say in time.
    """
    schema, _, name = key.rpartition(".")
    table = sa.table(name, *([sa.column(column)] if column else []), schema=schema or None)
    one: sa.Label[Any] = sa.literal_column("1").label("one")
    some = sa.select(one).select_from(table).limit(MOST + 1)
    if column:
        some = some.where(table.c[column].is_not(None))
    query = sa.select(sa.func.count()).select_from(some.subquery())
    kind = kind_of(connection.dialect)
    try:
        if kind == "postgresql":
            with in_transaction(connection):
                return _with_savepoint(connection, query)
        if kind == "mariadb":
            limits = f"max_statement_time = {SECONDS}, lock_wait_timeout = 1"
            text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
            return _number(connection, sa.text(_escaped(f"SET STATEMENT {limits} FOR {text}")))
        if kind == "mysql":
            query = query.prefix_with(f"/*+ MAX_EXECUTION_TIME({SECONDS * 1000}) */")
        return _number(connection, query)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return None


def _escaped(sql: str) -> str:
    """SQL of a finished statement, as ``text()`` takes it."""
    return sql.replace("%%", "%").replace(":", "\\:")


def _with_savepoint(connection: Connection, query: Any) -> int:
    savepoint = connection.begin_nested()
    try:
        for name, value in (
            ("lock_timeout", _LOCK_MILLISECONDS),
            ("statement_timeout", SECONDS * 1000),
        ):
            connection.execute(
                sa.text("SELECT pg_catalog.set_config(:name, :value, true)"),
                {"name": name, "value": str(value)},
            )
        return _number(connection, query)
    finally:
        savepoint.rollback()


def _number(connection: Connection, query: Any) -> int:
    # the key is the server's own name, not one of the models that a schema map is for
    plain: Any = {"schema_translate_map": None}
    return int(connection.execute(query, execution_options=plain).scalar_one())
