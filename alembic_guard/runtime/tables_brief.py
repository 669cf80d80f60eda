"""Asking PostgreSQL what needs a lock, without waiting for it.

``lock_timeout`` is set inside a savepoint that is always rolled back: with it go the setting and
the locks that the question took.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_T = TypeVar("_T")

MOMENT = 0.1
"""Seconds that a question waits for a lock at most."""


def briefly(connection: Connection, ask: Callable[[Connection], _T]) -> _T | None:
    """What a question returns, in a savepoint where nothing waits longer than :data:`MOMENT`.

    :returns: None where the server refused: a lock, a privilege, a table just dropped.
    :raises sqlalchemy.exc.DBAPIError: where the connection is lost.
    """
    savepoint = connection.begin_nested()
    try:
        connection.execute(
            text("SELECT pg_catalog.set_config('lock_timeout', :value, true)"),
            {"value": str(round(MOMENT * 1000))},
        )
        return ask(connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return None
    finally:
        savepoint.rollback()


def rows_briefly(connection: Connection, query: str, oids: Sequence[int]) -> list[Row[Any]]:
    """The rows of a query about relations; none where the server refused it."""

    def ask(connection: Connection) -> list[Row[Any]]:
        return list(connection.execute(text(query), {"oids": oids}))

    return briefly(connection, ask) or []


@contextmanager
def in_transaction(connection: Connection) -> Iterator[None]:
    """One transaction also where the driver commits each statement: savepoints need it."""
    if not Database(connection).commits_each_statement(connection):
        yield
        return
    connection.exec_driver_sql("BEGIN READ ONLY")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK")
