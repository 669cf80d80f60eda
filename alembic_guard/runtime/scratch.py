"""A scratch database that looks like a live one, for as long as a block lasts.

PostgreSQL, MariaDB and MySQL: a new database on the same server, or on that of the setting
``dev_url``, with the schema and no rows. SQLite: a copy of the file, rows included, in a temporary
folder. The live database is only read.

It is dropped on every way out of the block, Ctrl-C among them, after the sessions in it were ended.
A process that is killed leaves it behind; the next one names what it finds, and drops nothing that
may be somebody else's.

Its engine connects as env.py's own does (``connect_args``, listeners for tokens and search paths),
and is refused where it would end up in another database.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Pool._creator``, ``Pool(_dispatch=)``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool

from alembic_guard.masking import Mask
from alembic_guard.runtime import scratch_mysql, scratch_postgresql, scratch_sqlite
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.dev_database import dev_database
from alembic_guard.runtime.first_line import first_line
from alembic_guard.runtime.no_scratch import NoScratch
from alembic_guard.runtime.scratch_names import PREFIX, abandoned, new_name
from alembic_guard.runtime.signals import surely

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["LEFT", "NoScratch", "scratch"]

LEFT = "Left by a trace that was killed"
"""Begins a line about the scratch databases of other runs."""

_CONNECTIONS = 2
"""Opened before a migration runs, which may open none: its own, and one more of its engine."""

Replay = Callable[[Engine], None]


@contextmanager
def scratch(
    database: Database,
    connection: Connection,
    *,
    dev_url: str = "",
    setting: str = "dev_url",
    say: Callable[[str], None],
    replay: Replay | None = None,
    empty: bool = False,
) -> Iterator[Engine]:
    """A scratch database, by an engine on it.

    :param database: the live one, and :param connection: on it; a transaction of its own is ended.
    :param dev_url: where to make it instead of on the same server; not for SQLite;
        :param setting: what says that, for people.
    :param say: takes lines for people.
    :param replay: makes the schema by running the history, where it cannot be copied.
    :param empty: whether to copy nothing.
    :raises NoScratch: when there can be none.
    """
    with ExitStack() as stack:
        before = connection.in_transaction()
        try:
            engine = stack.enter_context(
                _sqlite(database, connection, empty)
                if database.kind == "sqlite"
                else _server(database, connection, (dev_url, setting), say, replay, empty)
            )
        finally:
            if not before and connection.in_transaction():
                connection.rollback()
        yield engine


@contextmanager
def _sqlite(database: Database, connection: Connection, empty: bool) -> Iterator[Engine]:
    with scratch_sqlite.copied(database, connection, PREFIX, empty=empty) as file:
        url = database.engine.url.set(database=str(file.resolve()), query={})
        with _redirected(database.engine, url) as engine:
            yield engine


@contextmanager
def _server(
    database: Database,
    connection: Connection,
    other: tuple[str, str],
    say: Callable[[str], None],
    replay: Replay | None,
    empty: bool,
) -> Iterator[Engine]:
    dev_url, setting = other
    server: Any = scratch_mysql if database.is_mysql else scratch_postgresql
    if not database.is_mysql and database.kind != "postgresql":
        raise NoScratch(f"how to make one on {database.server} is not known")
    like, name = server.described(connection), new_name()
    database.follow(connection)
    if dev_url and database.kind == "postgresql":
        database._session["role"] = like["role"] = "none"  # which its server need not have
    with ExitStack() as stack:
        home = (
            stack.enter_context(dev_database(dev_url, setting, database)) if dev_url else database
        )
        made = stack.enter_context(ExitStack())
        made.callback(surely, lambda: _ask(home, lambda side: server.drop(side, name)))
        try:
            _create(server, home, name, like, say, setting)
        except NoScratch:
            made.pop_all()
            raise
        engine = stack.enter_context(_redirected(home.engine, home.engine.url.set(database=name)))
        _join(database, engine)
        with engine.connect() as inside:
            problem = None if empty else _fill(server, connection, inside, say)
        if problem and replay is None:
            raise NoScratch(f"the schema can't be copied: {problem}")
        if problem and replay is not None:
            say(f"The schema can't be copied ({problem}): the history is run from its beginning.")
            replay(engine)
        yield engine


def _join(database: Database, engine: Engine) -> None:
    """Let the connections see what that of env.py sees, such as the schema of a tenant."""
    with ExitStack() as stack:
        for _ in range(_CONNECTIONS if database.kind == "postgresql" else 0):
            connection = stack.enter_context(engine.connect())
            database.choose(connection)
            connection.commit()


def _fill(
    server: Any, live: Connection, scratch: Connection, say: Callable[[str], None]
) -> str | None:
    """Copy the schema; the reason where nothing of it can be."""
    try:
        left_out = server.fill(live, scratch)
    except scratch_postgresql.NotCopied as reason:
        return str(reason)
    if left_out:
        say(f"The scratch database lacks something: {Mask()(left_out)}")
    return None


def _create(
    server: Any,
    home: Database,
    name: str,
    like: dict[str, Any],
    say: Callable[[str], None],
    setting: str,
) -> None:
    def question(side: Connection) -> list[str]:
        left = abandoned(server.unused(side, PREFIX))
        side.rollback()
        server.create(side, name, like)
        return left

    try:
        left = _ask(home, question)
    except DBAPIError as error:
        said = Mask()(first_line(error))
        grant = _ask(home, lambda side: server.grant(side, PREFIX))
        raise NoScratch(
            f"no database can be made on {home.url}: {said}",
            f"{grant}  # as an administrator of the server",
            f'{setting} = "…"  # in the settings: a server where databases may be made',
        ) from error
    for each in left:
        say(f"{LEFT}: DROP DATABASE {each};")


def _ask(home: Database, question: Callable[[Connection], Any]) -> Any:
    side = home.open_beside()
    try:
        return side.ask(question)
    finally:
        side.close()


@contextmanager
def _redirected(plain: Engine, url: URL) -> Iterator[Engine]:
    """An engine that connects as another one does, but to another database of its server."""
    dialect: Any = plain.dialect
    _, usual = dialect.create_connect_args(plain.url)
    words, options = dialect.create_connect_args(url)
    changed = {name: value for name, value in options.items() if usual.get(name) != value}
    ours: set[int] = set()
    own = copy.copy(dialect)
    if dialect.name in ("mysql", "mariadb"):
        own.default_schema_name = url.database  # or reflection would ask the live one

    def do_connect(_dialect: Any, _record: Any, _words: Any, named: dict[str, Any]) -> Any:
        return dialect.connect(*words, **{**named, **changed}) if get_ident() in ours else None

    def connect(*_: Any) -> Any:
        ours.add(get_ident())
        try:
            return plain.pool._creator()  # type: ignore[call-arg]
        finally:
            ours.discard(get_ident())

    pool = (AsyncAdaptedQueuePool if dialect.is_async else QueuePool)(
        connect,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        timeout=5,
        dialect=own,
        _dispatch=plain.pool.dispatch,
    )
    engine = Engine(pool, own, url)
    event.listen(plain, "do_connect", do_connect)
    try:
        _open(engine)
        yield engine
    finally:
        event.remove(plain, "do_connect", do_connect)
        engine.dispose()


def _open(engine: Engine) -> None:
    """Open the connections, and see that they are where they should be."""
    with ExitStack() as stack:
        for _ in range(_CONNECTIONS):
            connection = stack.enter_context(engine.connect())
            where = _whereabouts(connection)
            connection.rollback()
            if where != {engine.url.database}:
                raise NoScratch(
                    "the connections of env.py's engine lead to a database of its own choice",
                    "create_engine(url)  # in env.py: without creator= and ATTACH",
                )


def _whereabouts(connection: Connection) -> set[str | None]:
    if connection.dialect.name == "sqlite":
        files = connection.exec_driver_sql("PRAGMA database_list").all()
        return {str(Path(row[2]).resolve()) for row in files if row[1] != "temp"}
    asked = "current_database()" if connection.dialect.name == "postgresql" else "DATABASE()"
    return {connection.execute(text(f"SELECT {asked}")).scalar_one()}
