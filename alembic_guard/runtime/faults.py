"""Tells the failures that are the server's from those of a migration, by what the drivers raise.

Seen with psycopg 3.3, asyncpg 0.32, PyMySQL 1.2, aiomysql 0.3 and Python's sqlite3.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError

_LOST: set[object] = {
    "57P01",  # PostgreSQL admin_shutdown
    "57P02",  # PostgreSQL crash_shutdown
    "57P03",  # PostgreSQL cannot_connect_now
    1053,  # MySQL ER_SERVER_SHUTDOWN
    1927,  # MariaDB ER_CONNECTION_KILLED
    2006,  # MySQL CR_SERVER_GONE_ERROR
    2013,  # MySQL CR_SERVER_LOST
}
_READ_ONLY: set[object] = {
    "25006",  # PostgreSQL read_only_sql_transaction
    1792,  # MySQL ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    1836,  # MySQL ER_READ_ONLY_MODE
}


def is_connection_lost(error: BaseException) -> bool:
    """Whether the session is gone, and the server has rolled its transaction back."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or bool(_codes(error.orig) & _LOST)
    return isinstance(error, ConnectionError)


def is_read_only(error: BaseException) -> bool:
    """Whether the server, or the file, takes no writes."""
    if not isinstance(error, DBAPIError):
        return False
    by_option = 1290 in _codes(error.orig) and "read-only" in str(error.orig).replace("_", "-")
    in_sqlite = "attempt to write a readonly database" in str(error.orig)
    return by_option or in_sqlite or bool(_codes(error.orig) & _READ_ONLY)


def _codes(original: Any) -> set[object]:
    """What the drivers call the error: an SQLSTATE, or a server's number."""
    codes: set[object] = {getattr(original, name, None) for name in ("sqlstate", "pgcode")}
    return codes | {each for each in getattr(original, "args", ())[:1] if isinstance(each, int)}
