"""Ends a statement that runs in the database, from outside of it.

- PostgreSQL: the driver's own cancel, which carries the secret of its connection: a pooler hands it
  to the right server, where a process id may belong to somebody else by then. asyncpg sends it by
  itself when its task is cancelled.
- MariaDB and MySQL: ``KILL`` from a second connection. PyMySQL returns from a Ctrl-C at once and
  leaves the statement running: an ``ALTER TABLE`` would be done minutes after "interrupted".
- SQLite: ``sqlite3_interrupt``, the one call that another thread may make.

Private name of aiosqlite, tried on 0.20 to 0.22: ``Connection._conn``, the driver's own connection.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.runtime.database import Beside, Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PATIENCE = 10.0
"""Seconds that a server gets to end what it was told to end."""


def driver_of(connection: Connection) -> Any:
    """What :func:`cancel_statement` takes: it stays when SQLAlchemy has let go of the connection,
    as it does on an interrupt.
    """
    driver_connection: Any = connection.connection.driver_connection
    return getattr(driver_connection, "_conn", driver_connection)


def cancel_statement(database: Database, driver_connection: Any, session: int | None) -> None:
    """Make the statement fail that its own thread waits for.

    :param driver_connection: from :func:`driver_of`; :param session: the server's number for it.
    """
    if database.kind == "sqlite":
        with suppress(sqlite3.ProgrammingError):  # it has been closed
            driver_connection.interrupt()
    elif database.is_mysql and session is not None:
        with database.beside() as side:
            _kill(side, "KILL QUERY", session)
    elif hasattr(driver_connection, "cancel"):
        driver_connection.cancel()


def end_abandoned(database: Database, driver_connection: Any, session: int | None) -> None:
    """See to it that a statement which nobody waits for any more has ended."""
    if database.kind == "sqlite":
        cancel_statement(database, driver_connection, session)
    elif database.is_mysql and session is not None:
        deadline = time.monotonic() + _PATIENCE
        with database.beside() as side:
            _kill(side, "KILL", session)
            while _is_there(side, session) and time.monotonic() < deadline:
                time.sleep(0.05)


def _kill(side: Beside, verb: str, session: int) -> None:
    if _is_there(side, session):
        side.ask(lambda connection: connection.execute(text(f"{verb} {session:d}")))


def _is_there(side: Beside, session: int) -> bool:
    query = text("SELECT 1 FROM information_schema.processlist WHERE id = :id")
    return bool(side.ask(lambda connection: connection.scalar(query, {"id": session})))
