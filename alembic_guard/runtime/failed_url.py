"""The URL with which a connection failed: what it was, and in which file it stands.

It is found in the traceback, in the local variables of SQLAlchemy's own frames, so that it is the
one that was really used, whatever env.py did to make it. Tried on SQLAlchemy 2.0.58 and 2.1.9.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from alembic_guard.masking import Mask
from alembic_guard.runtime.env_text import (
    base_of,
    dotenv_line,
    option_line,
    options,
    variables_read,
)
from alembic_guard.runtime.traces import frames_of, user_frames

if TYPE_CHECKING:
    from alembic.config import Config

_ARGUMENTS = ("name_or_url", "name", "_url", "url", "u")
_MAKERS = ("sqlalchemy.engine.url", "sqlalchemy.engine.create", "sqlalchemy.ext.asyncio.engine")

# Module to import, and name of the driver in a URL; the first is what SQLAlchemy's docs name first.
SYNC_DRIVERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2"), ("pg8000", "pg8000")),
    "mysql": (
        ("MySQLdb", "mysqldb"),
        ("pymysql", "pymysql"),
        ("mysql.connector", "mysqlconnector"),
    ),
    "sqlite": (("sqlite3", ""),),
    "oracle": (("oracledb", "oracledb"), ("cx_Oracle", "cx_oracle")),
    "mssql": (("pyodbc", "pyodbc"), ("pymssql", "pymssql")),
}
_SEVERAL_AT = re.compile(r"[\w+.-]+://[^:/@\s]*:\S*@[^\s?]*@")
_ALIASES = {"postgres": "postgresql", "mariadb": "mysql"}


@dataclass(frozen=True)
class Origin:
    """Where a URL stands.

    :param option: the option of the ini file, or the variable, that holds it; None for neither.
    :param variable: whether it is a variable; :param reader: who reads it, as far as is known.
    """

    path: str
    line: int
    option: str | None = None
    variable: bool = False
    reader: tuple[str, int] | None = None


@dataclass(frozen=True)
class DatabaseFile:
    """The file that a SQLite URL names, and what is there."""

    path: str
    folder: str
    is_folder: bool
    folder_exists: bool
    accessible: bool


def database_file(url: URL | str | None) -> DatabaseFile | None:
    """The file of a SQLite URL; None for another database, and in memory."""
    if not isinstance(url, URL) or not url.database or backend_of(url) != "sqlite":
        return None
    path = Path(url.database)
    mode = os.R_OK | os.W_OK
    return DatabaseFile(
        str(path),
        str(path.parent),
        is_folder=path.is_dir(),
        folder_exists=path.parent.is_dir(),
        accessible=os.access(path if path.exists() else path.parent, mode),
    )


def url_in(error: BaseException) -> URL | str | None:
    """The URL that an exception is about: parsed if it could be, else as it was given."""
    given: URL | str | None = None
    for frame in frames_of(error):
        if not frame.module.startswith("sqlalchemy."):
            continue
        for value in frame.names.values():
            if isinstance(value, URL):
                given = value
            elif isinstance(value, Engine | Connection):
                given = value.engine.url
        if frame.module in _MAKERS and given is None:
            texts = [frame.names.get(name) for name in _ARGUMENTS]
            given = next((text for text in texts if isinstance(text, str)), given)
    return given


def masked(url: URL | str | None) -> str:
    """A URL for people, without its password; "" where there is none."""
    if isinstance(url, URL):
        if misread(url):  # the last "@" is where the password ends
            return Mask()(url.render_as_string(hide_password=False).replace("%40", "@"))
        hidden = {
            key: "***" if "pass" in key.lower() else value for key, value in url.query.items()
        }
        text = url.set(query=hidden).render_as_string(hide_password=True)
        return Mask()(text.replace("%2A%2A%2A", "***"))
    return ""


def misread(url: URL | str | None) -> bool:
    """Whether an "@" in the password made its end a part of the host, the port or the database."""
    if isinstance(url, URL):
        behind = f"{url.host or ''}/{url.database or ''}"
        return url.password is not None and "@" in behind
    return bool(url and _SEVERAL_AT.match(url))


def backend_of(url: URL | str | None) -> str:
    """The database that a URL names: "postgresql", "mysql" (MariaDB too), "sqlite"…"""
    text = url.drivername if isinstance(url, URL) else (url or "").partition(":")[0]
    name = text.partition("+")[0]
    return _ALIASES.get(name, name)


def installed_drivers(url: URL | str | None) -> tuple[str, ...]:
    """The names, as a URL takes them, of the installed synchronous drivers for its database."""
    known = SYNC_DRIVERS.get(backend_of(url), ())
    return tuple(name for module, name in known if _installed(module))


def _installed(module: str) -> bool:
    with suppress(ImportError, ValueError):  # of a parent that is not there
        return find_spec(module) is not None
    return False


def origin_of(
    url: URL | str | None,
    config: Config | None,
    error: BaseException,
    frame: tuple[str, int],
) -> Origin:
    """Where a URL stands: in the ini file, in a variable, else in the code that connects.

    :param frame: the line of the user's code that used it.
    """
    if config is not None and config.config_file_name:
        for section, option, value in options(config):
            if _same(value, url) and (
                line := option_line(config.config_file_name, section, option)
            ):
                return Origin(line.path, line.line, option)
    files = dict.fromkeys(each.file for each in user_frames(error))
    for name in [name for name, value in os.environ.items() if _same(value, url)]:
        reads = [(file, at) for file in files for read, at in variables_read(file) if read == name]
        stated = dotenv_line(name, base_of(config))
        reader = reads[0] if reads else None
        if stated is not None and _same(stated.text, url):
            return Origin(stated.path, stated.line, name, True, reader)
        return Origin(*(reader or frame), name, True, reader)
    return Origin(*frame)


def _same(value: Any, url: URL | str | None) -> bool:
    if not url or not value or "://" not in value:
        return bool(value) and value == url
    try:
        return value == url or make_url(value) == url
    except (ArgumentError, ValueError):
        return False
