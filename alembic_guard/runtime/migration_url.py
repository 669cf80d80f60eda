"""Leads a migration connection past a pooler: to ``migration_url``, under env.py's own engine.

The connection that env.py hands to ``context.configure()`` stays the object that it is, with its
execution options, its listeners and the transaction that env.py may have begun on it; what it
speaks over is closed and opened again at the other URL. So everything that env.py does with it
afterwards, a commit of its own among it, reaches the same place as the migrations.

Of the engine, everything is kept that is not the way to the server: ``connect_args``, listeners of
the pool and of ``do_connect``, the pool itself. What ``migration_url`` names wins over them, what
it leaves out (user, password, database, options) is env.py's. A ``creator`` is not called. Schema
and role that env.py has chosen are chosen again. Afterwards the engine is as it was, and its pool
has none of these connections.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Connection._dbapi_connection``,
``PoolProxiedConnection._connection_record``, ``Pool._creator`` and
``Dialect._assert_and_set_isolation_level``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.exc import ArgumentError

from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.stopped import WrongMigrationUrl

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Lead = Callable[["Connection"], None]


@contextmanager
def leading_to(migration_url: str, mask: Mask) -> Iterator[Lead | None]:
    """What leads a connection of env.py to ``migration_url``; None where that is empty.

    Used up to the end of the block, in which connections beside it go the same way.

    :param mask: learns the password.
    """
    if not migration_url:
        yield None
        return
    mask.learn_from(migration_url)
    with ExitStack() as undo:
        led: list[Engine] = []

        def lead(connection: Connection) -> None:
            if any(connection.engine is engine for engine in led):
                return  # env.py is run again with an engine that it keeps
            _Leading(connection, migration_url, mask).lead(undo)
            led.append(connection.engine)

        yield lead


class _Leading:
    """One connection, before and after."""

    def __init__(self, connection: Connection, migration_url: str, mask: Mask) -> None:
        self.connection = connection
        self.engine = connection.engine
        self.mask = mask
        self.url = _completed(migration_url, self.engine.url, mask)
        self.database = Database(connection)

    def lead(self, undo: ExitStack) -> None:
        """Open the connection anew, at the other URL.

        :raises WrongMigrationUrl: where that is not the same database, or the way is barred.
        """
        begun = self.connection.in_transaction()
        here = self._asked()
        self.database.follow(self.connection)
        if not begun:
            self.connection.rollback()
        undo.enter_context(_redirected(self.engine, self.url))
        self._open_anew(undo)
        if (there := self._asked()) != here:
            raise self._wrong("elsewhere", f"{_place(there)} is not {_place(here)}")
        self._choose_again(begun)

    def _asked(self) -> tuple[Any, ...]:
        """What tells the database from every other."""
        begun, connection = self.connection.in_transaction(), self.connection
        if self.database.kind == "postgresql":
            if begun and connection.execute(text(_WROTE)).scalar_one():
                raise self._wrong("wrote")
            found = connection.execute(text(_POSTGRESQL)).one()
        else:
            found = connection.execute(text(_MYSQL)).one()
        if not begun:
            connection.rollback()
        return tuple(found)

    def _open_anew(self, undo: ExitStack) -> None:
        connection: Any = self.connection
        connection.connection.invalidate()
        try:
            fresh: Any = self.engine.raw_connection()
        except Exception as error:  # the driver's own: a pool wraps none
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise self._wrong("unreachable", said[0]) from error
        connection._dbapi_connection = fresh
        undo.callback(_forget(fresh))
        level = connection.get_execution_options().get("isolation_level")
        if level is not None:
            dialect: Any = self.engine.dialect
            dialect._assert_and_set_isolation_level(fresh.dbapi_connection, level)

    def _choose_again(self, begun: bool) -> None:
        """The schema and the role that env.py has chosen; this server process is ours alone."""
        self.database.choose(self.connection)
        if not begun and self.connection.in_transaction():
            self.connection.commit()

    def _wrong(self, cause: str, detail: str = "") -> WrongMigrationUrl:
        shown = _masked(self.url, self.mask)
        return WrongMigrationUrl(cause, shown, self.database.url, self.mask(detail))


def _completed(migration_url: str, of_env: URL, mask: Mask) -> URL:
    """The URL, with env.py's driver, and what it leaves out taken from env.py's."""
    shown = _masked(of_env, mask)
    try:
        url = make_url(migration_url)
        backends = {each.replace("mariadb", "mysql") for each in (_backend(url), _backend(of_env))}
    except ArgumentError:
        raise WrongMigrationUrl("unparsable", mask(migration_url), shown) from None
    if len(backends) > 1 or backends.isdisjoint(_KINDS):
        raise WrongMigrationUrl("kind", _masked(url, mask), shown)
    own = url.username in (None, of_env.username)
    return of_env.set(
        username=url.username or of_env.username,
        password=url.password or (of_env.password if own else None),
        host=url.host or of_env.host,
        port=url.port if url.host else url.port or of_env.port,
        database=url.database or of_env.database,
        query={**of_env.query, **url.query},
    )


_KINDS = {"postgresql", "mysql"}


def _backend(url: URL) -> str:
    return url.get_backend_name()


def _masked(url: URL, mask: Mask) -> str:
    mask.learn_url(url)
    return mask(url.render_as_string(hide_password=True))


@contextmanager
def _redirected(engine: Engine, url: URL) -> Iterator[None]:
    """The engine connects to another URL than its own."""
    dialect, pool, own = engine.dialect, engine.pool, engine.url
    usual = dialect.create_connect_args(own)[1]
    words, options = dialect.create_connect_args(url)
    changed = {name: value for name, value in options.items() if usual.get(name) != value}

    def do_connect(_dialect: Any, _record: Any, _words: Any, named: dict[str, Any]) -> Any:
        return dialect.connect(*words, **{**named, **changed})

    creator = pool._creator
    theirs = not getattr(creator, "__module__", "").startswith("sqlalchemy.engine.")
    if theirs:
        pool._creator = lambda: dialect.connect(*words, **options)
    event.listen(engine, "do_connect", do_connect)
    engine.url = url
    try:
        yield
    finally:
        engine.url = own
        with suppress(Exception):  # gone, if env.py has removed every listener
            event.remove(engine, "do_connect", do_connect)
        if theirs:
            pool._creator = creator


def _forget(fresh: Any) -> Callable[[], None]:
    """Take a connection out of the pool that env.py has given it back to."""
    record = fresh._connection_record

    def forget() -> None:
        with suppress(Exception):  # of an event loop that is closed, or closed with its pool
            record.invalidate()

    return forget


def _place(found: tuple[Any, ...]) -> str:
    return (
        f"{found[0]} (of the server started {found[2]})"
        if len(found) == 3
        else " ".join(str(each) for each in found)
    )


# A database of one server process: the same through every pooler and every name of the host.
_POSTGRESQL = """
SELECT pg_catalog.current_database(), d.oid,
       to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC',
               'YYYY-MM-DD HH24:MI:SS.US')
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""
_WROTE = "SELECT pg_catalog.txid_current_if_assigned() IS NOT NULL"
_MYSQL = "SELECT DATABASE(), @@hostname, @@port, @@datadir"
