"""How the guards of a failing connection speak of a URL: masked, and with the place to change."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import URL

from alembic_guard.finding import Place
from alembic_guard.runtime.failed_url import backend_of, masked
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

EXAMPLE = "postgresql+psycopg://USER@HOST/DATABASE"

PACKAGES: Mapping[str, str] = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
}
"""What to install for a driver's module, where the two names differ."""

SYNC_OF: Mapping[str, tuple[str, str]] = {
    "postgresql": ("psycopg", "psycopg[binary]"),
    "mysql": ("pymysql", "pymysql"),
    "oracle": ("oracledb", "oracledb"),
    "mssql": ("pyodbc", "pyodbc"),
}
"""The synchronous driver to propose where none is installed, and its package."""


def place_of(failed: EnvironmentFailed) -> Place:
    """Where the URL stands, else where it was used."""
    return Place(relative(failed.origin.path), failed.origin.line or None)


def where(failed: EnvironmentFailed) -> str:
    """The same for a sentence: "alembic.ini:89", "the variable DATABASE_URL (.env:1)"."""
    origin = failed.origin
    place = str(place_of(failed))
    return f"the variable {origin.option} ({place})" if origin.variable else place


def stands(failed: EnvironmentFailed) -> str:
    """A line that shows the URL and says where it stands; "" where it is not known."""
    url = masked(failed.url)
    return f"The URL is {url}, from {where(failed)}." if url else ""


def write(failed: EnvironmentFailed, url: URL | str) -> str:
    """The line to write so that another URL is used; a password in it stays hidden."""
    text = masked(url) if isinstance(url, URL) else url
    origin = failed.origin
    if origin.option is None:
        return f"in {place_of(failed)}, write {text}"
    if not origin.variable:
        return f"in {place_of(failed)}: {origin.option} = {text.replace('%', '%%')}"
    if place_of(failed).path.endswith(".py"):
        return f"export {origin.option}='{text}'"
    return f"in {place_of(failed)}: {origin.option}={text}"


def with_driver(url: URL, driver: str) -> URL:
    """The same URL with another driver; ``""`` is the one that the dialect has by itself."""
    given = url.drivername.partition("+")[0]
    backend = given if given == "mariadb" else backend_of(url)
    return url.set(drivername=f"{backend}+{driver}" if driver else backend)


def port_of(url: URL) -> int:
    """The port that a server of this kind listens at."""
    return {"mysql": 3306, "oracle": 1521, "mssql": 1433}.get(backend_of(url), 5432)
