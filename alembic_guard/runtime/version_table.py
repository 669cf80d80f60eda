"""Reads the version table the way anybody else would see it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy import Connection


def recorded_heads(connection: Connection, name: str, schema: str | None) -> tuple[str, ...]:
    """The revisions that a version table holds, sorted; () where there is no such table."""
    if not sa.inspect(connection).has_table(name, schema=schema):
        return ()
    return heads_in(connection, name, schema)


def heads_in(connection: Connection, name: str, schema: str | None) -> tuple[str, ...]:
    """The same of a version table that is there, in one query."""
    return tuple(sorted(connection.scalars(_heads(name, schema))))


@functools.lru_cache(maxsize=8)
def _heads(name: str, schema: str | None) -> sa.Select[Any]:
    """The query: an upgrade asks it before each revision."""
    table = sa.table(name, sa.column("version_num", sa.String()), schema=schema)
    return sa.select(table.c.version_num)
