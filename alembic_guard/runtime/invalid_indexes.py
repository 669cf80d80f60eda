"""The indexes that PostgreSQL keeps up to date and never reads: invalid ones.

A ``CREATE INDEX CONCURRENTLY`` that fails, or whose client dies, leaves one: every write pays
for it, and ``CREATE INDEX`` of that name fails (postgresql.org/docs, CREATE INDEX, "Building
Indexes Concurrently"). An index of a partitioned table is invalid on purpose until each partition
has its own attached: it is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.history import Revision


@dataclass(frozen=True)
class InvalidIndex:
    """One invalid index.

    :param index: quoted, with its schema, as SQL takes it; :param table: the same of its table.
    :param building: whether a session is building it just now.
    """

    schema: str
    name: str
    index: str
    table: str
    building: bool = False

    @property
    def drop(self) -> str:
        """The statement that takes it away without stopping anybody."""
        return f"DROP INDEX CONCURRENTLY {self.index};"


@dataclass(frozen=True)
class LeftIndex:
    """An invalid index that nobody is building.

    :param revision: a pending one that creates an index of its name, if there is one.
    """

    index: InvalidIndex
    revision: Revision | None = None


@dataclass(frozen=True)
class LeftIndexes:
    """What a database has of them, for the guard."""

    indexes: tuple[LeftIndex, ...] = ()


def invalid_indexes(connection: Connection) -> tuple[InvalidIndex, ...]:
    """Every invalid index of the database, sorted by name; none where it is no PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return ()
    return tuple(InvalidIndex(**row) for row in connection.execute(text(_INVALID)).mappings())


_INVALID = """
SELECT n.nspname AS schema, c.relname AS name,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS index,
       pg_catalog.format('%I.%I', tn.nspname, t.relname) AS table,
       EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p
                WHERE p.index_relid = i.indexrelid) AS building
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
 WHERE NOT i.indisvalid AND c.relkind = 'i'
   AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
 ORDER BY 1, 2
"""
