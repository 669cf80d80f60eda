"""Counting the rows of small tables, all in one statement and each only up to a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy import Connection

LIMIT = 10_000
"""Rows that are counted at most in one table."""
TABLES = 200
"""Tables that are counted at most: each takes a lock of its own for as long as the statement."""


def rows_counted(
    connection: Connection, tables: Mapping[int, tuple[str | None, str]]
) -> dict[int, int]:
    """How many rows tables have; ``LIMIT + 1`` means that there are more.

    :param tables: schema and name of each, by the caller's own number.
    :raises sqlalchemy.exc.DBAPIError: where one of them is locked, gone or closed to this role.
    """
    counts = [_count(number, *names) for number, names in list(tables.items())[:TABLES]]
    if not counts:
        return {}
    # the schemas are the server's own, not those of the models that the map is for
    plain: Any = {"schema_translate_map": None}
    rows = connection.execute(sa.union_all(*counts), execution_options=plain)
    return {number: counted for number, counted in rows}


def _count(number: int, schema: str | None, name: str) -> Any:
    table = sa.table(name, schema=schema)
    first = sa.select(sa.literal_column("1")).select_from(table).limit(LIMIT + 1).subquery()
    return sa.select(sa.literal_column(str(number)), sa.func.count()).select_from(first)
