"""A database driver that executes nothing: what a recorded migration's connection stands on.

:func:`silent_engine` gives an engine whose every statement goes to one function. It has a copy of
the project's dialect, so that SQL is compiled, and rows are read, exactly as they would be; nothing
of ``create_engine()`` runs, no listener of the project's engine, no ``on_connect``.

It promises that no statement leaves the process. It is permissive: what a dialect or a migration
asks of a driver's connection or cursor and is not known here is a function that does nothing.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Engine(pool, dialect, url)`` by hand, and
the ``do_…`` methods of a dialect, overridden on the instance.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sqlalchemy
from sqlalchemy.engine import URL, Dialect, Engine
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import await_only

from alembic_guard.runtime.target import OLDEST

Description = Sequence[Sequence[Any]]
Execute = Callable[["SilentCursor", str, Any, Any], None]
"""Serves a statement: given the cursor to fill, the driver's SQL, its parameters, and SQLAlchemy's
execution context (None for a raw cursor)."""

_SQLALCHEMY = str(Path(sqlalchemy.__file__).parent) + os.sep


def silent_engine(
    dialect: Dialect, url: URL, execute: Execute, committed: Callable[[], None]
) -> Engine:
    """An engine whose statements all go to ``execute``.

    :param dialect: of the project's engine, or of an offline context; it is not changed.
    :param committed: called where a migration commits by itself.
    """
    own = _silenced(dialect, execute)
    own.do_commit = lambda *_: committed()
    connection: Any = SilentConnection(execute)
    pool = StaticPool(lambda: connection, dialect=own, reset_on_return=None)
    engine = Engine(pool, own, url)
    # A project that logs its statements would see some that were never executed, with their values.
    engine.logger = logging.Logger("alembic_guard.silent", logging.CRITICAL)
    return engine


class SilentCursor:
    """A DBAPI cursor (PEP 249) that holds what it was given."""

    arraysize = 1

    def __init__(self, connection: SilentConnection, execute: Execute) -> None:
        self.connection = connection
        self.description: Description | None = None
        self.rowcount = 0
        self.lastrowid: int | None = None
        self._execute = execute
        self._rows: Iterator[Any] = iter(())

    def fill(self, description: Description | None, rows: Iterable[Any] = ()) -> None:
        """What the statement gives back; None for one without rows."""
        self.description = description
        self._rows = iter(rows)

    def execute(self, statement: Any, parameters: Any = None, *_: Any, **__: Any) -> SilentCursor:
        """A statement on the raw cursor; those that SQLAlchemy sends for itself do nothing."""
        self.fill(None)
        if not sys._getframe(1).f_code.co_filename.startswith(_SQLALCHEMY):
            text = statement.decode() if isinstance(statement, bytes) else str(statement)
            self._execute(self, text, parameters, None)
        return self

    def executemany(self, statement: Any, _parameters: Any = None, *_: Any, **__: Any) -> None:
        """The same statement several times, which is one for us."""
        self.fill(None)
        self._execute(self, str(statement), None, None)

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """The rest of the rows."""
        return list(self._rows)

    def nextset(self) -> None:
        """There is one set of rows only."""

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> SilentCursor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


class SilentConnection:
    """A DBAPI connection (PEP 249) to nothing."""

    autocommit: Any = False
    isolation_level: Any = None

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def cursor(self, *_: Any, **__: Any) -> SilentCursor:
        """A cursor, whatever kind was asked for."""
        return SilentCursor(self, self._execute)

    def execute(self, statement: Any, parameters: Any = None, *_: Any, **__: Any) -> SilentCursor:
        """As sqlite3 and psycopg offer beside PEP 249."""
        cursor = self.cursor()
        self._execute(cursor, str(statement), parameters, None)
        return cursor

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


async def _pause() -> None:
    """As a driver waits for its server."""


def _nothing(*_: Any, **__: Any) -> None:
    return None


def as_connected(dialect: Dialect) -> Dialect:
    """An offline dialect as it is with a connection: with its server's version, an assumed one, and
    ``%(name)s`` for a parameter, also where env.py has ``dialect_opts={"paramstyle": "named"}``,
    whose ``:name`` no parser of PostgreSQL or MySQL reads.
    """
    own: Any = copy.copy(dialect)
    if getattr(own, "server_version_info", None) is None:
        own.server_version_info = OLDEST.get(dialect.name)  # reflection compares it
    if own.paramstyle == "named" and own.name in ("postgresql", "mysql", "mariadb"):
        own.paramstyle = "pyformat"
        own.positional = False
        own.identifier_preparer = own.preparer(own)  # it doubles percent signs, or does not
    return own  # type: ignore[no-any-return]


def _silenced(dialect: Dialect, execute: Execute) -> Any:
    own: Any = copy.copy(dialect)
    own.__dict__.pop("dispatch", None)  # the listeners of the project's engine
    own._has_events = False
    if own.dbapi is None:
        own.dbapi = _DBAPI

    def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        execute(cursor, statement, parameters, context)
        if own.is_async:
            with suppress(MissingGreenlet):  # offline, or a synchronous env.py
                await_only(_pause())  # AsyncConnection.execute() insists on having waited

    def do_execute_no_params(cursor: Any, statement: str, context: Any = None) -> None:
        execute(cursor, statement, None, context)

    own.do_execute = own.do_executemany = do_execute
    own.do_execute_no_params = do_execute_no_params
    for name in _SILENT:
        setattr(own, name, _nothing)
    own.get_isolation_level = own.get_default_isolation_level = lambda *_: "READ COMMITTED"
    own.is_disconnect = lambda *_: False
    # The ORM would take the 0 rows of a write that was swallowed for an error.
    own.supports_sane_rowcount = own.supports_sane_multi_rowcount = False
    # Each row of the ORM is a statement of its own, so that the text does not grow with the rows.
    own.use_insertmanyvalues = own.insert_executemany_returning = False
    own.insert_executemany_returning_sort_by_parameter_order = False
    return own


_SILENT = (
    *("do_begin", "do_rollback", "do_close", "do_terminate", "do_ping", "initialize"),
    *("do_savepoint", "do_rollback_to_savepoint", "do_release_savepoint", "do_set_input_sizes"),
    *("set_isolation_level", "reset_isolation_level", "set_readonly", "set_deferrable"),
)


class _Error(Exception):
    """Of a driver that is not installed."""


_ERRORS = (
    *("Warning", "InterfaceError", "DatabaseError", "DataError", "OperationalError"),
    *("IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
)
_DBAPI = SimpleNamespace(
    Error=_Error,
    **{name: type(name, (_Error,), {}) for name in _ERRORS},
    Binary=bytes,
    paramstyle="named",
    apilevel="2.0",
    threadsafety=1,
    __name__="silent",
    version_info=(0, 0),
    sqlite_version_info=(3, 45, 0),
)
