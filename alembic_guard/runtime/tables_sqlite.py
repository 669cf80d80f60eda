"""What SQLAlchemy's inspector does not say of SQLite's tables: sizes, views, every index.

Expressions of indexes and what views read are in the text of ``CREATE`` alone: they are known where
sqlglot is installed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.tables_rows import LIMIT, rows_counted
from alembic_guard.schema import Index

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNKNOWN = "…"
"""In place of the SQL of an index that could not be read."""

_INDEXES = """
SELECT m.name AS "table", l.name AS "index", l."unique" AS is_unique, l.partial AS partial,
       x.name AS "column", s.sql AS definition
  FROM {schema}.sqlite_master m, pragma_index_list(m.name, :schema) l,
       pragma_index_xinfo(l.name, :schema) x
  LEFT JOIN {schema}.sqlite_master s ON s.type = 'index' AND s.name = l.name
 WHERE m.type = 'table' AND x.key = 1
 ORDER BY m.name, l.name, x.seqno
"""
_LEAST_ROW = 4
"""Bytes of the shortest row of a b-tree: header, key and a value (sqlite.org/fileformat2.html)."""


def indexes(connection: Connection, schema: str | None) -> dict[str, dict[str, Index]]:
    """The indexes of each table, by their names, with those that a constraint made."""
    found: dict[str, dict[str, Index]] = {}
    query = sa.text(_INDEXES.format(schema=_quoted(connection, schema)))
    rows = connection.execute(query, {"schema": schema or "main"}).all()
    for (table, name), group in groupby(rows, key=lambda row: (row[0], row[1])):
        parts = list(group)
        expressions, where = _texts(parts[0].definition)
        columns = [
            part.column or (expressions[place] if place < len(expressions) else UNKNOWN)
            for place, part in enumerate(parts)
        ]
        found.setdefault(table, {})[name] = Index(
            name=name,
            columns=tuple(columns),
            unique=bool(parts[0].is_unique),
            method="btree",
            where=(where or UNKNOWN) if parts[0].partial else None,
            expressions=any(part.column is None for part in parts),
        )
    return found


def _texts(definition: str | None) -> tuple[list[str], str | None]:
    """The columns of a CREATE INDEX as SQL, and its WHERE."""
    if definition is None or importlib.util.find_spec("sqlglot") is None:
        return [], None
    import sqlglot

    try:
        created: Any = sqlglot.parse_one(definition, read="sqlite")
        parameters = created.this.args["params"]
    except (sqlglot.errors.SqlglotError, AttributeError, KeyError):  # what it does not know
        return [], None
    columns = parameters.args.get("columns") or ()
    where = parameters.args.get("where")
    return (
        [getattr(each, "this", each).sql("sqlite") for each in columns],
        where.this.sql("sqlite") if where else None,
    )


def definitions(connection: Connection, schema: str | None) -> dict[str, str]:
    """The CREATE VIEW of each view, by its name."""
    master = f"{_quoted(connection, schema)}.sqlite_master"
    rows = connection.execute(sa.text(f"SELECT name, sql FROM {master} WHERE type = 'view'"))
    return {name: text for name, text in rows}


def rows_of(
    connection: Connection, schema: str | None, tables: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """How many rows tables have: counted where they are few, else the span of their rowids.

    The span is too long after deletions, so that it is no more than the file has room for.
    """
    room = _bytes(connection, schema) // _LEAST_ROW
    for table in tables:
        counted = rows_counted(connection, {0: (schema, table)})[0]
        if counted <= LIMIT:
            yield table, counted
        else:
            yield table, max(counted, min(room, _span(connection, schema, table)))


def _span(connection: Connection, schema: str | None, table: str) -> int:
    place = sa.table(table, schema=schema)
    rowid: sa.ColumnElement[int] = sa.literal_column("rowid", sa.Integer)
    ends = [
        sa.select(end(rowid)).select_from(place).scalar_subquery()
        for end in (sa.func.max, sa.func.min)
    ]
    try:
        last, first = connection.execute(sa.select(*ends)).one()
    except DBAPIError:  # WITHOUT ROWID
        return 0
    return int(last) - int(first) + 1


def bytes_of(connection: Connection, schema: str | None) -> int | None:
    """The bytes of the only table of a database; None where there are more."""
    master = f"{_quoted(connection, schema)}.sqlite_master"
    ours = "type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"  # without sqlite_sequence
    query = f"SELECT count(*) FROM {master} WHERE {ours}"
    return _bytes(connection, schema) if connection.scalar(sa.text(query)) == 1 else None


def _bytes(connection: Connection, schema: str | None) -> int:
    name = _quoted(connection, schema)
    pages, size = (
        connection.execute(sa.text(f"PRAGMA {name}.{pragma}")).scalar_one()
        for pragma in ("page_count", "page_size")
    )
    return int(pages * size)


def _quoted(connection: Connection, schema: str | None) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(schema or "main")
