"""Questions to a live server, asked without waiting for anybody's lock.

A :class:`Database` stands behind the migration connection. What it asks on that connection it asks
only when told to; everything else goes through :meth:`Database.beside`, a connection of its own
that the project's pool does not know. It promises to leave nothing behind on the server.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Pool._creator`` and ``Pool(_dispatch=)``,
so that a connection beside the pool is opened just as env.py's engine opens its own (``creator``,
``connect_args``, listeners for tokens and search paths).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from alembic_guard.masking import Mask
from alembic_guard.runtime.chosen import CHOSEN, choose_for_good, choose_in_each_transaction
from alembic_guard.runtime.lock_key import lock_key

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_T = TypeVar("_T")

PRODUCTS = {
    "postgresql": "PostgreSQL",
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "sqlite": "SQLite",
    "mssql": "SQL Server",
    "oracle": "Oracle",
}


class Database:
    """The server and the database behind a migration connection.

    :param connection: the migration connection; only its engine is kept.
    """

    def __init__(self, connection: Connection) -> None:
        self.engine: Engine = connection.engine
        self.dialect = connection.dialect
        self.url = Mask()(connection.engine.url.render_as_string(hide_password=True))
        self.file = _sqlite_file(connection) if self.kind == "sqlite" else None
        self.user = self.engine.url.username
        """The role that works; what the URL says, until :meth:`follow` has asked."""
        self._session: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """``postgresql``, ``mariadb``, ``mysql``, ``sqlite`` or the dialect's own name."""
        return kind_of(self.dialect)

    @property
    def is_mysql(self) -> bool:
        """Whether it is MariaDB or MySQL, which commit with every DDL statement."""
        return self.kind in ("mariadb", "mysql")

    @property
    def version(self) -> tuple[int, ...]:
        """The server's version, as SQLAlchemy read it when the engine first connected."""
        version = getattr(self.dialect, "server_version_info", None)
        if self.kind == "sqlite":
            version = getattr(self.dialect.dbapi, "sqlite_version_info", version)
        return tuple(part for part in version or () if isinstance(part, int))

    @property
    def server(self) -> str:
        """Product and version, such as ``PostgreSQL 15.20``."""
        numbers = ".".join(str(part) for part in self.version)
        return f"{PRODUCTS.get(self.kind, self.kind)} {numbers}".strip()

    @property
    def driver(self) -> str:
        """The driver and its version, such as ``psycopg 3.2.3``."""
        module = self.dialect.dbapi
        version = getattr(module, "__version__", None) or getattr(module, "version", "")
        return f"{self.dialect.driver} {str(version).split(' ')[0]}".strip()

    @property
    def in_memory(self) -> bool:
        """Whether it is gone with its connection, so that nobody else can see it."""
        return self.kind == "sqlite" and self.file is None

    def key(self, schema: str | None, version_table: str) -> int:
        """What deployers of the same history lock on; see :func:`lock_key`."""
        return lock_key(schema or self.schema, version_table)

    @property
    def schema(self) -> str:
        """The schema that names without one are in, as the followed connection has it."""
        return self._session.get("schema") or self.dialect.default_schema_name or ""

    def follow(self, connection: Connection) -> None:
        """Let connections beside this one see what it sees.

        env.py may have chosen a schema or a role on it, as Alembic's cookbook does for tenants
        (https://alembic.sqlalchemy.org/en/latest/cookbook.html, schema-level multi tenancy).
        """
        if self.kind == "postgresql":
            self._session = dict(connection.execute(text(CHOSEN)).mappings().one())
            self.user = connection.execute(text("SELECT current_user")).scalar_one()
        elif self.is_mysql:
            name = connection.execute(text("SELECT DATABASE()")).scalar_one()
            self._session = {"schema": name} if name else {}

    def commits_each_statement(self, connection: Connection) -> bool:
        """Whether the driver is in autocommit, under which no migration is atomic."""
        raw: Any = connection.connection.dbapi_connection
        if self.is_mysql:  # its `autocommit` is a method that sets it
            raw = connection.connection.driver_connection
            ask = getattr(raw, "get_autocommit", None)
            return bool(ask()) if callable(ask) else False
        return self.kind == "postgresql" and getattr(raw, "autocommit", False) is True

    def is_writing(self, connection: Connection) -> bool:
        """SQLite: whether a transaction is open in the driver, which may hold the whole file."""
        raw: Any = connection.connection.driver_connection
        return bool(self.kind == "sqlite" and getattr(raw, "in_transaction", False))

    def beside_engine(self) -> Engine:
        """An engine on the same database that shares no pool, whatever env.py configured."""
        pool = self.engine.pool
        alone = NullPool(
            pool._creator,
            dialect=self.dialect,
            _dispatch=pool.dispatch,
        )
        engine = Engine(alone, self.dialect, self.engine.url)
        if self.kind in ("postgresql", "mariadb", "mysql"):
            # An engine in AUTOCOMMIT would lose a lock held by a transaction at once, and one in
            # REPEATABLE READ would keep seeing the heads of the past.
            return engine.execution_options(isolation_level="READ COMMITTED")
        return engine

    @contextmanager
    def beside(self) -> Iterator[Beside]:
        """A new connection that is closed afterwards; never from the project's pool. It sees what
        the connection sees that was followed.
        """
        side = self.open_beside()
        try:
            if self._session:
                side.ask(self._join)
            yield side
        finally:
            side.close()

    def open_beside(self) -> Beside:
        """A new connection beside the pool, for the caller to close."""
        if self.dialect.is_async:
            return _AsyncBeside(self.beside_engine())
        return _SyncBeside(self.beside_engine())

    def choose(self, connection: Connection) -> None:
        """Choose schema and role of the followed connection on another one, for good."""
        if not self.is_mysql and self._session:
            choose_for_good(connection, self._session)

    def _join(self, connection: Connection) -> None:
        if self.is_mysql:
            quote = self.dialect.identifier_preparer.quote_identifier
            connection.execute(text(f"USE {quote(self._session['schema'])}"))
            connection.commit()
        else:
            choose_in_each_transaction(connection, self._session)

    def nobodys_tables(self, connection: Connection) -> dict[tuple[str, str], str]:
        """Tables that no history owns, by schema and name, with the reason.

        PostgreSQL: partitions and members of an extension (pg_class.relispartition, pg_depend
        deptype 'e'). Empty elsewhere.
        """
        if self.kind != "postgresql":
            return {}
        rows = connection.execute(text(_NOBODYS))
        return {(row.schema, row.name): row.reason for row in rows}


def kind_of(dialect: Dialect) -> str:
    """``postgresql``, ``mariadb``, ``mysql``, ``sqlite`` or the dialect's own name."""
    if dialect.name == "mysql" and getattr(dialect, "is_mariadb", False):
        return "mariadb"
    return dialect.name


class Beside(Protocol):
    """A connection of our own, asked from any thread and from inside any event loop."""

    def ask(self, question: Callable[[Connection], _T]) -> _T:
        """What ``question`` returns for the connection; it may begin and end transactions."""

    def close(self) -> None:
        """Close the connection; no error when the server has gone."""


class _SyncBeside:
    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()

    def ask(self, question: Callable[[Connection], _T]) -> _T:
        return question(self._connection)

    def close(self) -> None:
        with suppress(DBAPIError):
            self._connection.close()


class _AsyncBeside:
    """Brings an event loop in a thread: a connection of an async driver belongs to one loop, and
    ours must outlive env.py's ``asyncio.run()``.
    """

    def __init__(self, engine: Engine) -> None:
        from sqlalchemy.ext.asyncio import AsyncEngine

        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._connection = self._wait(_connected(AsyncEngine(engine)))
        except BaseException:
            self._stop()
            raise

    def ask(self, question: Callable[[Connection], _T]) -> _T:
        return self._wait(self._connection.run_sync(question))

    def close(self) -> None:
        with suppress(DBAPIError, OSError):
            self._wait(self._connection.close())
        self._stop()

    def _wait(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


_NOBODYS = """
SELECT n.nspname AS schema, c.relname AS name,
       'a partition of ' || p.relname AS reason
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
  JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
 WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')
UNION ALL
SELECT n.nspname, c.relname, 'a member of the extension ' || e.extname
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
   AND d.deptype = 'e'
  JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
 WHERE c.relkind IN ('r', 'p', 'f')
"""


def _sqlite_file(connection: Connection) -> Path | None:
    """The file behind a SQLite connection, asked of SQLite itself; None in memory.

    ``PRAGMA database_list`` reads no table and takes no lock; on the driver's own cursor it does
    not begin a transaction of SQLAlchemy's either.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA database_list")
        files = [row[2] for row in cursor.fetchall() if row[1] == "main"]
    finally:
        cursor.close()
    return Path(files[0]) if files and files[0] else None
