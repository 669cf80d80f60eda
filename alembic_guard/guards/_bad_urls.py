"""Why a URL can't be read, and what to write instead: the reasons of ``bad-database-url``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from sqlalchemy import URL
from sqlalchemy.exc import NoSuchModuleError

from alembic_guard.guards._urls import EXAMPLE, SYNC_OF, place_of, port_of, with_driver, write
from alembic_guard.masking import Mask
from alembic_guard.runtime.failed_url import backend_of, misread
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

Reason = tuple[str, tuple[str, ...]]

_DIALECTS: Mapping[str, str] = {
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "cockroachdb": "sqlalchemy-cockroachdb",
    "databricks": "databricks-sqlalchemy",
    "duckdb": "duckdb-engine",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "trino": "trino",
}
"""Dialects that SQLAlchemy's documentation lists under "External Dialects", and their packages."""

_OWN = ("mariadb", "mssql", "mysql", "oracle", "postgresql", "sqlite")
_UNKNOWN_OPTION = re.compile(
    r"unexpected keyword argument '(\w+)'|invalid (?:connection|dsn).* option \"(\w+)\""
    r"|'(\w+)' is an invalid keyword argument"
)
_ENCODE = (
    'python -c "from getpass import getpass; from urllib.parse import quote; '
    "print(quote(getpass(), safe=''))\"  # a password as a URL takes it"
)


def reason(failed: EnvironmentFailed) -> Reason:
    """What is wrong with the URL, and the lines that would mend it."""
    text, url = str(failed.error), failed.url
    if misread(url):
        return _at_in_password(failed)
    if isinstance(failed.error, NoSuchModuleError) and isinstance(url, URL):
        return _unknown_dialect(failed, url)
    if text.startswith("Invalid SQLite URL") and isinstance(url, URL):
        file = f"sqlite:///{url.host or ''}{f'/{url.database}' if url.database else ''}"
        return "after sqlite:// a third slash comes before the file", (write(failed, file),)
    if option := _UNKNOWN_OPTION.search(text):
        return _unknown_option(failed, next(filter(None, option.groups())))
    if "port" in text or isinstance(failed.error, ValueError | OverflowError):
        said = "what stands for the port is no number from 1 to 65535"
        if isinstance(url, URL):
            return said, (write(failed, url.set(port=port_of(url))),)
        return said, (write(failed, f"{EXAMPLE.replace('HOST', 'HOST:5432')}"), _ENCODE)
    if "option values must be strings" in text or "Expected string or URL" in text:
        place = f"{relative(failed.frame[0])}:{failed.frame[1]}"
        return "it is no string", (f"in {place}, give str(url) instead",)
    if isinstance(url, str) and len(url) > 1 and url[0] in "'\"" and url[0] == url[-1]:
        said = "the quotes around it are taken for a part of it"
        return said, (write(failed, Mask()(url[1:-1])),)
    if isinstance(url, str) and url.startswith("jdbc:"):
        return "'jdbc:' is Java's", (write(failed, EXAMPLE),)
    return "it is no URL", (write(failed, EXAMPLE),)


def _at_in_password(failed: EnvironmentFailed) -> Reason:
    place, origin = place_of(failed), failed.origin
    in_ini = origin.option is not None and not origin.variable
    form = "%%40" if in_ini else "%40"
    said = "the password holds '@': write it %40 (in an ini file %%40)"
    return said, (f"in {place}, write {form} for each @ of the password", _ENCODE)


def _unknown_dialect(failed: EnvironmentFailed, url: URL) -> Reason:
    dialect, _, driver = url.drivername.partition("+")
    if dialect == "driver":
        return "it is still the template's placeholder", (
            write(failed, "sqlite:///app.db"),
            write(failed, EXAMPLE),
        )
    if dialect in ("postgres", "postgresql") or (dialect in _OWN and driver):
        backend = backend_of(url)
        known = failed.drivers or (SYNC_OF.get(backend, ("", ""))[0],)
        right = with_driver(url, known[0])
        return _spelled(dialect, driver), _corrected(failed, url, right)
    near = difflib.get_close_matches(dialect, _OWN, 1)
    if near:
        right = url.set(drivername=near[0] + (f"+{driver}" if driver else ""))
        return _spelled(dialect, ""), _corrected(failed, url, right)
    package = _DIALECTS.get(dialect)
    install = f"pip install {package}" if package else "pip install PACKAGE  # of that dialect"
    return _spelled(dialect, ""), (install,)


def _spelled(dialect: str, driver: str) -> str:
    known = dialect in _OWN
    return f"{dialect} has no driver {driver!r}" if known else f"there is no dialect {dialect!r}"


def _corrected(failed: EnvironmentFailed, url: URL, right: URL) -> tuple[str, ...]:
    """The right URL; where a platform sets the variable, the line that mends it on the way."""
    reader, name = failed.origin.reader, failed.origin.option
    if reader is None:
        return (write(failed, right),)
    old, new = f"{url.drivername}://", f"{right.drivername}://"
    return (
        write(failed, right),
        f"in {relative(reader[0])}:{reader[1]}: "
        f'os.environ["{name}"].replace("{old}", "{new}", 1)  # instead',
    )


def _unknown_option(failed: EnvironmentFailed, option: str) -> Reason:
    url = failed.url
    if not isinstance(url, URL):
        return f"the driver has no option {option!r}", ()
    driver = url.drivername.partition("+")[2] or url.drivername
    right = url.difference_update_query([option])
    if driver == "asyncpg" and option == "sslmode":  # libpq's word, which asyncpg calls ssl
        right = right.update_query_dict({"ssl": str(url.query[option])})
    return f"{driver} has no option {option!r}", (write(failed, right),)
