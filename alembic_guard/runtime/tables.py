"""What a linter has to know of tables in a live database, and of the tables around them.

Read in a number of queries that does not grow with the number of tables (on PostgreSQL, MariaDB and
MySQL). Nothing is written, nobody's lock is waited for longer than a moment, and a
transaction that the reading began is ended again.

It says less where it would have to wait: sizes and the SQL of checks and expressions of a table
that another session holds exclusively are not known, or older estimates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from alembic_guard.runtime import tables_mysql, tables_postgresql, tables_reflected
from alembic_guard.runtime.table_names import default_schema as current_default
from alembic_guard.schema import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known_tables(
    connection: Connection, keys: Iterable[str], *, default_schema: str | None = None
) -> dict[str, Table]:
    """The named tables and views, and their neighbours, by key; what is not there is left out.

    Neighbours are the tables that they refer to, those that refer to them, their parents and
    partitions, and the views that read them.

    :param connection: not in a failed transaction; a transaction that this begins is ended again.
    :param keys: as :mod:`alembic_guard.schema` has them. One without a schema is looked for in the
        default schema and then, on PostgreSQL, along the search path.
    :param default_schema: whose tables have keys without a schema; the connection's where None.
    """
    asked = tuple(dict.fromkeys(keys))
    if not asked:
        return {}
    with _ended(connection):
        default = default_schema or current_default(connection)
        if connection.dialect.name == "postgresql":
            return tables_postgresql.read(connection, asked, default)
        if connection.dialect.name in ("mysql", "mariadb"):
            return tables_mysql.read(connection, asked, default)
        return tables_reflected.read(connection, asked, default)


@contextmanager
def _ended(connection: Connection) -> Iterator[None]:
    """A transaction that was begun inside is rolled back."""
    before = connection.in_transaction()
    try:
        yield
    finally:
        if not before and connection.in_transaction():
            connection.rollback()
