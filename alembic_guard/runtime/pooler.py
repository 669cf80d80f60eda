"""Tells a pooler between here and PostgreSQL that hands out its connections by the transaction.

A pooler shows itself in the number of the server process that a driver is told when it connects:
PgBouncer and its like hand out one of their own. Whether it pools by transaction is told only from
hard evidence, for the pooler's settings are behind its own console: one connection meets two
server processes, or two connections meet one. A pooler that is busy with others, or one that passes
the number on, may not show it; then nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Beside, Database


def pooled_by_transaction(database: Database, driver_connection: Any, pid: int) -> tuple[int, ...]:
    """Server processes that one connection met, or one that two met; () where none was seen.

    Where a pooler may be there, two more connections are opened for a moment.

    :param driver_connection: the driver's own; it was told of a process when it connected.
    :param pid: of the server process that it meets now.
    """
    return () if _told(driver_connection) == pid else _met_by_two(database)


def _told(driver_connection: Any) -> int | None:
    """The process that the driver was told of when it connected; psycopg, psycopg2, asyncpg."""
    info = getattr(driver_connection, "info", None)
    told = getattr(info, "backend_pid", None)
    if told is None and hasattr(driver_connection, "get_server_pid"):
        told = driver_connection.get_server_pid()
    return told if isinstance(told, int) else None


def _met_by_two(database: Database) -> tuple[int, ...]:
    try:
        with closing(database.open_beside()) as one, closing(database.open_beside()) as other:
            # Never two transactions at once: a pool of one connection would wait for itself. Twice
            # in a row is for a pooler that hands out its connections in turn.
            met = [(side, _met(side)) for side in (one, one, other, one, other)]
    except (DBAPIError, OSError):  # it has no connection left for us
        return ()
    return _evidence(*([pid for side, pid in met if side is each] for each in (one, other)))


def _evidence(ones: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
    for alone in (ones, others):
        if len(set(alone)) > 1:
            return tuple(dict.fromkeys(alone))
    return (ones[0],) if set(ones) & set(others) else ()


def _met(side: Beside) -> int:
    """The server process that a connection meets in a transaction of its own."""

    def ask(connection: Connection) -> int:
        pid = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        connection.rollback()
        return pid

    return side.ask(ask)
