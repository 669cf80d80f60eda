"""What a script has to know of the database and of the session that it is run in.

Read on the migration connection, or assumed where there is none; a password never has a part in it.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, text

from alembic_guard.runtime.database import kind_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


def session_settings(connection: Connection | None, dialect: Dialect) -> tuple[str, ...]:
    """SET statements by which names and strings mean what they mean to the migrations.

    :param connection: the migration connection, if there is one.
    """
    kind = kind_of(dialect)
    if kind == "postgresql":
        escapes = connection is not None and getattr(dialect, "_backslash_escapes", False)
        lines = [f"SET standard_conforming_strings = {'off' if escapes else 'on'};"]
        if connection is not None:
            path = connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
            lines.append(f"SET search_path = {path or repr('')};")
        return tuple(lines)
    if kind in ("mariadb", "mysql") and connection is not None:
        mode = connection.execute(text("SELECT @@SESSION.sql_mode")).scalar_one()
        return (f"SET SESSION sql_mode = '{mode}';",)
    return ()


def shell_command(kind: str, url: URL | None, file: str) -> str:
    """How a script is run, as it is typed; it asks for a password where one is needed.

    :param url: of the database, with whatever driver; :param file: the script.
    """
    script = shlex.quote(file)
    if kind == "postgresql":
        bare = "DATABASE_URL" if url is None else _without_secrets(url)
        return f"psql -X -v ON_ERROR_STOP=1 -f {script} {shlex.quote(bare)}"
    if kind == "sqlite":
        database = "DATABASE_FILE" if url is None or not url.database else url.database
        return f"sqlite3 {shlex.quote(database)} < {script}"
    shell = "mysql" if kind == "mysql" else "mariadb"
    if url is None:
        return f"{shell} DATABASE < {script}"
    given: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username}
    words = [f"--{name}={shlex.quote(str(value))}" for name, value in given.items() if value]
    return " ".join([shell, *words, "-p", shlex.quote(url.database or "DATABASE"), "<", script])


def _without_secrets(url: URL) -> str:
    """A query may hold a password too, so none of it is kept."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
    return bare.render_as_string(hide_password=False)
