"""Whose an index is: ``DROP INDEX`` and ``REINDEX`` name no table, and their lock is on one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_POSTGRESQL = text("""
SELECT CASE WHEN tn.nspname = current_schema() THEN '' ELSE tn.nspname || '.' END || t.relname
  FROM pg_catalog.pg_class i
  JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
 WHERE i.relname IN :names
""").bindparams(bindparam("names", expanding=True))
_SQLITE = text("""
SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name IN :names
""").bindparams(bindparam("names", expanding=True))


def tables_of_indexes(connection: Connection, indexes: Iterable[str]) -> set[str]:
    """The keys of the tables that have indexes of these names, in any schema.

    :param indexes: names, also with a schema. MariaDB and MySQL always name the table: nothing.
    """
    names = sorted({key.rpartition(".")[2] for key in indexes})
    queries = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}
    query = queries.get(connection.dialect.name)
    if query is None or not names:
        return set()
    return set(connection.scalars(query, {"names": names}))
