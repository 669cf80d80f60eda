"""Gives a server that accepts and never answers a deadline, where the URL gives it none.

libpq waits for ever by default (PostgreSQL manual, 34.1.2, ``connect_timeout``), so that a command
which says why nothing works would itself hang.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_OPTIONS = {
    "psycopg": "connect_timeout",
    "psycopg_async": "connect_timeout",
    "psycopg2": "connect_timeout",
    "asyncpg": "timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
    "aiomysql": "connect_timeout",
}
"""What each driver calls it. PyMySQL stops counting once the socket is open."""


@contextmanager
def connect_deadline(seconds: int) -> Iterator[None]:
    """While it is open, engines of this process give up connecting after so many seconds."""

    def do_connect(dialect: Any, _record: Any, _words: list[Any], options: dict[str, Any]) -> None:
        name = _OPTIONS.get(dialect.driver)
        if name is not None:
            options.setdefault(name, seconds)

    event.listen(Engine, "do_connect", do_connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", do_connect)
