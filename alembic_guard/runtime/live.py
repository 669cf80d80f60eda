"""What can be seen of a live connection that stands in the way of migrations.

It is asked before anything is applied, takes no lock and writes nothing. On the connection itself
it runs a few ``SELECT``; where a pooler is between it and PostgreSQL, two more connections are
opened for a moment (:mod:`alembic_guard.runtime.pooler`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.pooler import pooled_by_transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class ReadOnly:
    """Why nothing can be written.

    :param cause: ``replica``, ``default`` (of a setting), ``transaction``, ``server``, ``session``,
        ``mode`` (of the URL), ``pragma``, ``file`` or ``folder``.
    :param detail: where the setting comes from, its name, or the path.
    """

    cause: str
    detail: str = ""


@dataclass(frozen=True)
class LiveConnection:
    """A migration connection.

    :param autocommit: whether each statement commits by itself.
    :param read_only: why nothing can be written; None where it can.
    :param pooled: server processes that one connection met, or one that two met; () for none.
    :param behind: host and port at which the server itself was met by its pooler; "" where unknown.
    """

    url: str
    server: str
    kind: str
    user: str
    database: str
    autocommit: bool = False
    read_only: ReadOnly | None = None
    pooled: tuple[int, ...] = ()
    behind: str = ""


def live_connection(database: Database, connection: Connection) -> LiveConnection:
    """Look at a connection; a transaction that this begins is ended again.

    :param database: what stands behind ``connection``.
    """
    before = connection.in_transaction()
    autocommit = database.commits_each_statement(connection)
    read_only = _read_only(database, connection)
    met = connection.execute(text(_MET)).one() if database.kind == "postgresql" else None
    if not before and connection.in_transaction():
        connection.rollback()  # a pool of one connection has none left for others until then
    driver = connection.connection.driver_connection
    pooled = () if met is None else pooled_by_transaction(database, driver, met.pid)
    return LiveConnection(
        url=database.url,
        server=database.server,
        kind=database.kind,
        user=database.user or "",
        database=database.engine.url.database or "",
        autocommit=autocommit,
        read_only=read_only,
        pooled=pooled,
        behind=f"{met.address}:{met.port}" if met is not None and met.port else "",
    )


_MET = """
SELECT pg_catalog.pg_backend_pid() AS pid,
       pg_catalog.host(pg_catalog.inet_server_addr()) AS address,
       pg_catalog.inet_server_port() AS port
"""


# --- Read-only -----------------------------------------------------------------------------------


def _read_only(database: Database, connection: Connection) -> ReadOnly | None:
    if database.kind == "postgresql":
        return _postgresql(connection)
    if database.is_mysql:
        return _mysql(database, connection)
    return _sqlite(database, connection) if database.kind == "sqlite" else None


def _postgresql(connection: Connection) -> ReadOnly | None:
    row = connection.execute(text(_POSTGRESQL_READ_ONLY)).one()
    if row.replica:
        return ReadOnly("replica")
    if row.transaction == "off":
        return None
    return ReadOnly("default", row.source) if row.setting == "on" else ReadOnly("transaction")


def _mysql(database: Database, connection: Connection) -> ReadOnly | None:
    session = "tx_read_only" if database.kind == "mariadb" else "transaction_read_only"
    names = [f"@@{session}", "@@global.innodb_read_only", "@@global.read_only"]
    names += ["@@global.super_read_only"] if database.kind == "mysql" else []
    row = connection.execute(text(f"SELECT {', '.join(names)}")).one()
    on = [name for name, value in zip(names, row, strict=True) if str(value) not in ("0", "OFF")]
    if not on:
        return None
    if on == [names[2]] and _may_bypass(database, connection):
        return None
    return ReadOnly("session" if on[0] == names[0] else "server", on[0].removeprefix("@@global."))


def _may_bypass(database: Database, connection: Connection) -> bool:
    """Whether the role writes in spite of ``read_only``.

    MariaDB: READ_ONLY ADMIN, before 10.11 SUPER too (mariadb.com/kb, "read_only"). MySQL: SUPER or
    CONNECTION_ADMIN (Reference Manual, "read_only").
    """
    needed = ["ALL PRIVILEGES", "READ_ONLY ADMIN"]
    if database.kind == "mysql":
        needed = ["ALL PRIVILEGES", "SUPER", "CONNECTION_ADMIN"]
    elif database.version < (10, 11):
        needed.append("SUPER")
    # What it shows are the grants of roles, too, which information_schema.user_privileges lacks.
    lines = [line for line in connection.scalars(text("SHOW GRANTS")) if " ON *.* " in line]
    return any(name in line for line in lines for name in needed)


def _sqlite(database: Database, connection: Connection) -> ReadOnly | None:
    query = database.engine.url.query
    for option in ("mode=ro", "immutable=1"):
        name, _, value = option.partition("=")
        if query.get(name) == value or option in (database.engine.url.database or ""):
            return ReadOnly("mode", option)
    cursor = connection.connection.cursor()  # the driver's own: it begins no transaction
    cursor.execute("PRAGMA query_only")
    if cursor.fetchone() == (1,):
        return ReadOnly("pragma", "query_only")
    file = database.file
    if file is None or not file.exists():
        return None
    if not os.access(file, os.W_OK):
        return ReadOnly("file", str(file))
    # SQLite keeps its rollback journal beside the file (sqlite.org/tempfiles.html, 2.1)
    return None if os.access(file.parent, os.W_OK) else ReadOnly("folder", str(file.parent))


_POSTGRESQL_READ_ONLY = """
SELECT pg_catalog.pg_is_in_recovery() AS replica,
       pg_catalog.current_setting('transaction_read_only') AS transaction, setting, source
  FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'
"""
