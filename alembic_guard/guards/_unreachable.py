"""Why a database does not let us in: what drivers say, put into one sentence each.

The patterns are libpq's, asyncpg's, MariaDB's and SQLite's own words; each was seen in a test of
``tests/guards/test_database_unreachable.py`` or is quoted from the driver's source.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from alembic_guard.guards._several_hosts import hosts_of, none_of_them
from alembic_guard.guards._urls import port_of, write
from alembic_guard.runtime.failed_url import backend_of
from alembic_guard.runtime.failure import EnvironmentFailed

Told = tuple[str, str, tuple[str, ...]]
"""A sentence, more about the cause, and what to type next."""

_CAUSES: Mapping[str, str] = {
    "stranger": r"invalid response to SSL negotiation|expected authentication request"
    r"|rejected SSL upgrade",
    "encryption": r"no encryption|SSL off|require_secure_transport|insecure transport"
    r"|server does not support SSL|SSL connection is required",
    "role": r'role "?[^"]+"? does not exist',
    "database": r'database "?[^"]+"? does not exist|Unknown database',
    "right": r"permission denied for database|Access denied for user .* to database",
    "password": r"authentication failed|Access denied for user|no password supplied"
    r"|not permitted to log in|no pg_hba.conf entry",
    "crowd": r"too many (?:clients|connections)|connection slots are reserved|remaining connection",
    "starting": r"the database system is (?:starting|shutting|in recovery|not yet)",
    "host": r"Name or service not known|nodename nor servname|name resolution|getaddrinfo"
    r"|could not translate host name|failed to resolve host|No address associated",
    "refused": r"Connection refused|Connect call failed|actively refused|Can't connect to"
    r"|Is the server running|Multiple exceptions",
    "late": r"timed? ?out|TimeoutError",
    "file": r"unable to open database file",
    "not-sqlite": r"file is not a database|file is encrypted",
}
"""By cause; the first that is found counts, so that the narrower ones come first."""


def tell(failed: EnvironmentFailed) -> Told:
    """What happened, in the user's own host, database, role or file."""
    text = said(failed.error)
    url = failed.url if isinstance(failed.url, URL) else URL.create("")
    found = [cause for cause, words in _CAUSES.items() if re.search(words, text, re.IGNORECASE)]
    if hosts_of(url) and found[:1] in ([], ["refused"], ["late"], ["host"]):
        return none_of_them(url, text)
    if found and (told := _TOLD[found[0]](failed, url)):
        return told
    first, *rest = text.splitlines() or [type(failed.error).__name__]
    return f"The database cannot be reached: {first.rstrip('.')}.", "\n".join(rest[:2]), ()


def said(error: BaseException) -> str:
    """What the driver or the server said, without what no reader needs."""
    inner = error.orig if isinstance(error, DBAPIError) and error.orig else error
    args: tuple[Any, ...] = getattr(inner, "args", ())
    text = str(args[1]) if len(args) > 1 and isinstance(args[0], int) else str(inner)
    text = re.sub(r" \(using password: YES\)", " with a password", text)
    text = re.sub(r" \(using password: NO\)", " without a password", text)
    last = re.split(r"failed: (?:FATAL|ERROR):  ", text)[-1]
    return "\n".join(line.strip() for line in last.splitlines() if line.strip())


def _refused(failed: EnvironmentFailed, url: URL) -> Told:
    server = f"{url.host or 'the local socket'}{f':{_port(url)}' if url.host else ''}"
    return f"Nothing listens at {server}.", "", _ping(url)


def _host(_failed: EnvironmentFailed, url: URL) -> Told:
    host = url.host or ""
    more = "" if "." in host else _OF_COMPOSE.format(host)
    return f"There is no host {host!r}.", more, (f"getent hosts {shlex.quote(host)}",)


_OF_COMPOSE = (
    "If {!r} is a service of docker compose, it is known inside of its network alone: from "
    "outside, the host is localhost and the port the published one."
)


def _password(failed: EnvironmentFailed, url: URL) -> Told:
    first = said(failed.error).splitlines()[0].rstrip(".")
    return f"The server refuses the login of {url.username}: {first}.", "", _login(url)


def _role(_failed: EnvironmentFailed, url: URL) -> Told:
    create = shlex.join(["createuser", *_server(url), url.username or ""])
    return f"The server has no role {url.username!r}.", "", (create,)


def _database(_failed: EnvironmentFailed, url: URL) -> Told:
    name = url.database or ""
    if backend_of(url) == "mysql":
        create = shlex.join(["mysql", *_server(url), *_user(url), "-e", f"CREATE DATABASE {name}"])
        look = shlex.join(["mysql", *_server(url), *_user(url), "-e", "SHOW DATABASES"])
    else:
        create = shlex.join(["createdb", *_server(url), *_user(url), name])
        look = shlex.join(["psql", *_server(url), *_user(url), "-l"])
    return f"The server has no database {name!r}.", "", (create, f"{look}  # those that it has")


def _right(_failed: EnvironmentFailed, url: URL) -> Told:
    grant = f"GRANT CONNECT ON DATABASE {url.database} TO {url.username}"
    if backend_of(url) == "mysql":
        grant = f"GRANT ALL ON {url.database}.* TO {url.username}"
    said_ = f"The role {url.username} may not enter the database {url.database!r}."
    return said_, "", (f"as an administrator: {grant}",)


def _crowd(_failed: EnvironmentFailed, url: URL) -> Told:
    ask = ["psql", *_server(url), "-c", "SELECT pid, usename, state, query FROM pg_stat_activity"]
    if backend_of(url) == "mysql":
        ask = ["mysql", *_server(url), "-e", "SHOW PROCESSLIST"]
    return "The server has as many connections as it allows.", "", (shlex.join(ask),)


def _starting(failed: EnvironmentFailed, url: URL) -> Told:
    return f"The server is not ready: {said(failed.error).splitlines()[0]}.", "", _ping(url)


def _late(_failed: EnvironmentFailed, url: URL) -> Told:
    more = "A firewall drops what is sent there, or the host is not up."
    return f"{url.host}:{_port(url)} does not answer in time.", more, _ping(url)


def _stranger(failed: EnvironmentFailed, url: URL) -> Told | None:
    if "rejected" in said(failed.error) and {"ssl", "sslmode"} & set(url.query):
        return None  # asyncpg's words also for a server that does not encrypt, if it has to
    return (
        f"What answers at {url.host or 'the local socket'}:{_port(url)} is no PostgreSQL.",
        "",
        (),
    )


def _encryption(failed: EnvironmentFailed, url: URL) -> Told:
    if "does not support SSL" in said(failed.error):
        plain = url.update_query_dict({"sslmode": "prefer"})
        return "The server does not encrypt, and the URL asks for it.", "", (write(failed, plain),)
    option = {"ssl_ca": "CA.pem"} if backend_of(url) == "mysql" else {"sslmode": "require"}
    first = said(failed.error).splitlines()[0].rstrip(".")
    encrypted = url.update_query_dict(option)
    return f"The server takes encrypted connections only: {first}.", "", (write(failed, encrypted),)


def _file(failed: EnvironmentFailed, _url: URL) -> Told | None:
    file = failed.file
    if file is None:
        return None
    if file.is_folder:
        return f"{file.path} is a folder and no SQLite file.", "", (f"ls -l {file.path}",)
    if not file.folder_exists:
        return (
            f"SQLite cannot make {file.path}: there is no folder {file.folder}.",
            "",
            (shlex.join(["mkdir", "-p", file.folder]),),
        )
    return f"SQLite may not open {file.path}.", "", (shlex.join(["ls", "-ld", file.folder]),)


def _not_sqlite(failed: EnvironmentFailed, url: URL) -> Told:
    return f"{url.database} is no SQLite database.", "", (shlex.join(["file", url.database or ""]),)


_TOLD: Mapping[str, Callable[[EnvironmentFailed, URL], Told | None]] = {
    "stranger": _stranger,
    "encryption": _encryption,
    "role": _role,
    "database": _database,
    "password": _password,
    "right": _right,
    "crowd": _crowd,
    "starting": _starting,
    "host": _host,
    "refused": _refused,
    "late": _late,
    "file": _file,
    "not-sqlite": _not_sqlite,
}


def _port(url: URL) -> int:
    return url.port or port_of(url)


def _server(url: URL) -> list[str]:
    if not url.host:
        return []
    return ["-h", url.host, "-P" if backend_of(url) == "mysql" else "-p", str(_port(url))]


def _user(url: URL) -> list[str]:
    if not url.username:
        return []
    return [
        *(["-u"] if backend_of(url) == "mysql" else ["-U"]),
        url.username,
        *(["-p"] if backend_of(url) == "mysql" else []),
    ]


def _ping(url: URL) -> tuple[str, ...]:
    tools = {"postgresql": ["pg_isready"], "mysql": ["mysqladmin"]}
    tool = tools.get(backend_of(url))
    if tool is None:
        return ()
    return (shlex.join([*tool, *_server(url), *(["ping"] if tool == ["mysqladmin"] else [])]),)


def _login(url: URL) -> tuple[str, ...]:
    tool = "mysql" if backend_of(url) == "mysql" else "psql"
    words = [tool, *_server(url), *_user(url), url.database or ""]
    return (f"{shlex.join(word for word in words if word)}  # the same login, by hand",)
