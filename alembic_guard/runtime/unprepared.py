"""Has drivers of PostgreSQL prepare nothing by name, which no pooler by transaction could follow.

A statement that was prepared in one session of the server is not known in the next that a pooler
hands out ("prepared statement … does not exist"), or is one of somebody else ("already exists").
PgBouncer follows them from 1.21, with ``max_prepared_statements``. For a migration, which runs each
statement once, preparing is worth nothing.

psycopg prepares what it has run five times (``prepare_threshold``), asyncpg everything; SQLAlchemy
names what asyncpg prepares, and keeps it (``prepared_statement_name_func`` and ``_cache_size``:
https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#prepared-statement-name-with-pgbouncer).
An unnamed one lives in the transaction in which it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


def _unnamed() -> str:
    return ""


_OPTIONS: dict[str, dict[str, Any]] = {
    "psycopg": {"prepare_threshold": None},
    "psycopg_async": {"prepare_threshold": None},
    "asyncpg": {
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": _unnamed,
    },
}


@contextmanager
def unprepared() -> Iterator[None]:
    """While it is open, connections of this process that are made prepare nothing by name.

    What env.py itself says of it, in ``connect_args`` or the URL, counts.
    """

    def do_connect(dialect: Any, _record: Any, _words: list[Any], options: dict[str, Any]) -> None:
        for name, value in _OPTIONS.get(dialect.driver, {}).items():
            options.setdefault(name, value)

    event.listen(Engine, "do_connect", do_connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", do_connect)
