"""A scratch database on a PostgreSQL: made, filled with the schema of another one, dropped.

Filled by ``pg_dump`` and ``pg_restore``, which read the live database and write none of it. Owners,
privileges, publications, subscriptions and tablespaces are left out, and so are the user mappings
of foreign servers, so that nothing in the scratch database reaches another one. Passwords
are handed to both programs in their environment, where no list of processes shows them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

_LEFT_OUT = (
    *("--no-owner", "--no-privileges", "--no-publications"),
    *("--no-subscriptions", "--no-security-labels", "--no-tablespaces"),
)
_DUMPED = ("--schema-only", "--format=custom", "--lock-wait-timeout=10s")
"""It waits no longer for a lock on a table of the live database, and lets nobody queue behind."""
_VARIABLES = ("host", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")


class NotCopied(Exception):
    """Nothing of a schema could be copied, with the reason as a clause."""


def create(connection: Connection, name: str, like: Mapping[str, Any]) -> None:
    """Make an empty database.

    :param like: encoding, locale and role, as :func:`described` says them.
    """
    words = [f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING {_text(like["encoding"])}']
    words += [f"LC_COLLATE {_text(like['collate'])} LC_CTYPE {_text(like['ctype'])}"]
    if like["provider"] == "i":
        words.append(f"LOCALE_PROVIDER icu ICU_LOCALE {_text(like['locale'])}")
    elif like["provider"] == "b":
        words.append(f"LOCALE_PROVIDER builtin BUILTIN_LOCALE {_text(like['locale'])}")
    if like["role"] != "none":
        words.append("OWNER " + connection.dialect.identifier_preparer.quote(like["role"]))
    _at_once(connection).exec_driver_sql(" ".join(words).replace("%", "%%"))


def drop(connection: Connection, name: str) -> None:
    """End the sessions in a database, and drop it; nothing where it is not there.

    FORCE is there from 13 on (PostgreSQL manual, DROP DATABASE).
    """
    at_once = _at_once(connection)
    force = " WITH (FORCE)" if (connection.dialect.server_version_info or (0,)) >= (13,) else ""
    if not force:
        at_once.execute(text(_END), {"name": name})
    at_once.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"{force}')


def grant(connection: Connection, _name: str) -> str:
    """What lets the role of a session make databases."""
    role = connection.execute(text("SELECT pg_catalog.quote_ident(CURRENT_USER)")).scalar_one()
    return f"ALTER ROLE {role} CREATEDB;"


def unused(connection: Connection, prefix: str) -> list[str]:
    """The databases with this prefix that no session uses."""
    return list(connection.execute(text(_UNUSED), {"prefix": prefix}).scalars())


def described(connection: Connection) -> dict[str, Any]:
    """Encoding and locale of the database behind a connection, and the role that it has taken."""
    return dict(connection.execute(text(_DESCRIBED)).mappings().one())


def fill(live: Connection, scratch: Connection) -> str:
    """Give a scratch database the schema of the live one.

    :returns: "" or what could not be restored, as a clause.
    :raises NotCopied: when nothing was copied.
    """
    dumping, restoring = shutil.which("pg_dump"), shutil.which("pg_restore")
    if dumping is None or restoring is None:
        raise NotCopied("pg_dump is not on PATH")
    with tempfile.TemporaryDirectory(prefix="alembic_guard_") as folder:
        file = str(Path(folder) / "schema.dump")
        problem = _run(
            [dumping, *_DUMPED, *_as_role(live), f"--file={file}"],
            live,
        )
        if problem:
            raise NotCopied(problem)
        target = scratch.engine.url.database or ""
        problem = _run(
            [restoring, *_LEFT_OUT, *_as_role(scratch), f"--dbname={target}", file], scratch
        )
    for mapping in scratch.execute(text(_MAPPINGS)).scalars().all():
        scratch.exec_driver_sql(mapping.replace("%", "%%"))
    for grant in scratch.execute(text(_GRANTS)).scalars().all():
        scratch.exec_driver_sql(grant.replace("%", "%%"))
    scratch.commit()
    return problem


def _as_role(connection: Connection) -> list[str]:
    """The role that env.py has taken, beside the one that logged in."""
    role = connection.execute(text("SELECT current_setting('role')")).scalar_one()
    return [] if role == "none" else [f"--role={role}"]


def _run(words: list[str], connection: Connection) -> str:
    done = subprocess.run(
        words,
        env={**os.environ, **_environment(connection)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode == 0:
        return ""
    said = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr)
    return said.strip() or f"{Path(words[0]).name} ended with status {done.returncode}"


def _environment(connection: Connection) -> dict[str, str]:
    """What libpq has to know to connect as this connection did."""
    url, raw = connection.engine.url, connection.connection.driver_connection
    said: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        **{name: value for name, value in url.query.items() if isinstance(value, str)},
    }
    info: Any = getattr(raw, "info", None)
    told = getattr(info, "get_parameters", None) or getattr(raw, "get_dsn_parameters", None)
    if told is not None:  # psycopg, psycopg2: connect_args, too
        said = {**said, **told(), "password": info.password}
    database = connection.execute(text("SELECT current_database()")).scalar_one()
    found = {f"PG{name.upper()}": str(said[name]) for name in _VARIABLES if said.get(name)}
    return {**found, "PGDATABASE": database, "PGCONNECT_TIMEOUT": "10"}


def _at_once(connection: Connection) -> Connection:
    return connection.execution_options(isolation_level="AUTOCOMMIT")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_END = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
_UNUSED = """
SELECT datname::text FROM pg_catalog.pg_database d
 WHERE left(datname, length(:prefix)) = :prefix AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)
"""
# The columns of the provider came with 15, and one was renamed in 17.
_DESCRIBED = """
SELECT pg_catalog.pg_encoding_to_char(encoding) AS encoding, datcollate AS collate,
       datctype AS ctype, coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale',
                pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
       pg_catalog.current_setting('role') AS role
  FROM pg_catalog.pg_database d WHERE datname = pg_catalog.current_database()
"""
_MAPPINGS = """
SELECT pg_catalog.format('DROP USER MAPPING IF EXISTS FOR %s SERVER %I',
       CASE WHEN umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(usename) END, srvname)
  FROM pg_catalog.pg_user_mappings
"""
_GRANTS = """
SELECT pg_catalog.format('GRANT CREATE ON SCHEMA %I TO PUBLIC', n.nspname)
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
   AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
"""
"""Whoever is to own a table needs a right to its schema, and privileges are left out."""
