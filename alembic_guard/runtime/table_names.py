"""Which tables a database has, by name alone, and in which schemas.

Read-only, one or two queries. A key is that of ``MetaData.tables``. The default schema is where an
unqualified ``CREATE TABLE`` makes its table; that is not always where an unqualified name is found:
PostgreSQL's ``search_path`` has several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

_CURRENT = {
    "postgresql": "SELECT current_schema()",
    "mysql": "SELECT DATABASE()",
    "mariadb": "SELECT DATABASE()",
}
_PLACES = """
SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN :names
   AND table_schema NOT IN ('mysql', 'performance_schema', 'sys')
"""
# information_schema shows a role only what it has a right to (PostgreSQL manual, 37.54).
_POSTGRESQL_PLACES = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND c.relname IN :names
"""


def default_schema(connection: Connection) -> str | None:
    """Where a table is made that no schema is said of; None where there are no schemas."""
    translated: str | None = (
        connection.get_execution_options().get("schema_translate_map") or {}
    ).get(None)
    if translated or connection.dialect.name == "sqlite":
        return translated
    asked = _CURRENT.get(connection.dialect.name)
    current: str | None = connection.scalar(sa.text(asked)) if asked else None
    return current if asked else connection.dialect.default_schema_name


def table_keys(connection: Connection, schemas: Iterable[str | None] = ()) -> frozenset[str]:
    """The keys of the tables of the default schema, with and without it, and of others.

    :param schemas: None is the default one, which is always among them.
    """
    inspector, default = sa.inspect(connection), default_schema(connection)
    found = set(inspector.get_table_names(schema=default))
    for schema in {*schemas, default} - {None}:
        if schema == default or inspector.has_schema(str(schema)):
            names = inspector.get_table_names(schema=schema)  # cached for the default one
            found |= {f"{schema}.{name}" for name in names}
    return frozenset(found)


def schemas_with(connection: Connection, names: Collection[str]) -> dict[str, frozenset[str]]:
    """The schemas (on MySQL the databases) that have tables of these names, with the names.

    Empty on databases whose catalogue this does not know.
    """
    kind = connection.dialect.name
    if kind not in ("postgresql", "mysql", "mariadb", "mssql") or not names:
        return {}
    query = sa.text(_POSTGRESQL_PLACES if kind == "postgresql" else _PLACES)
    found: dict[str, set[str]] = {}
    rows = connection.execute(query.bindparams(sa.bindparam("names", list(names), expanding=True)))
    for schema, name in rows:
        found.setdefault(schema, set()).add(name)
    return {schema: frozenset(tables) for schema, tables in sorted(found.items())}
