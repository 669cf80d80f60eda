"""Reads the version table the way anybody else would see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    table = sa.table(name, sa.column("version_num", sa.String()), schema=schema)
    return tuple(sorted(connection.scalars(sa.select(table.c.version_num))))
