"""The database that a migration is for: asked of a live one, or assumed.

Read-only; a transaction that a question began is ended again. A version that nobody asked for is
the oldest supported one, so that what is true of it is true of the later ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.schema import Functions, Target

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.database import Database

OLDEST = {"postgresql": (12,), "mariadb": (10, 6), "mysql": (8, 0), "sqlite": (3, 35)}
"""The oldest version of each database that is supported."""

_TRANSACTIONAL = {"postgresql", "sqlite", "mssql"}
"""As Alembic's ``transactional_ddl`` (alembic/ddl of 1.20.1), and SQLite, to whose revisions
``safe-upgrade`` gives the transaction that its driver does not."""


def assumed_target(kind: str, version: tuple[int, ...] = ()) -> Target:
    """A database that nobody asked.

    :param kind: ``postgresql``, ``mariadb``, ``mysql``, ``sqlite`` or a dialect's own name.
    :param version: the oldest supported one where none is given.
    """
    return Target(
        kind=kind,
        version=version or OLDEST.get(kind, ()),
        transactional_ddl=kind in _TRANSACTIONAL,
    )


def target_of(database: Database, connection: Connection) -> Target:
    """The live database behind a connection, as a new session of env.py would have it.

    :param database: what stands behind ``connection``.
    :returns: without functions; see :func:`functions_of`.
    """
    before = connection.in_transaction()
    try:
        said = _said(database, connection)
    finally:
        if not before and connection.in_transaction():
            connection.rollback()
    return Target(
        kind=database.kind,
        version=database.version,
        live=True,
        transactional_ddl=database.kind in _TRANSACTIONAL,
        **said,
    )


def functions_of(connection: Connection, names: Iterable[str]) -> Functions:
    """How volatile functions are: of several with one name, the worst; PostgreSQL only.

    :param names: without schema, as the catalogue has them; those that are unknown are left out.
    """
    wanted = sorted({name.rpartition(".")[2] for name in names})
    if connection.dialect.name != "postgresql" or not wanted:
        return Functions()
    before = connection.in_transaction()
    try:
        rows = connection.execute(text(_VOLATILITY), {"names": wanted})
        return Functions({name: volatility for name, volatility in rows})
    finally:
        if not before and connection.in_transaction():
            connection.rollback()


def _said(database: Database, connection: Connection) -> dict[str, Any]:
    if database.kind == "postgresql":
        row = connection.execute(text(_POSTGRESQL)).one()
        return {"timezone": row.timezone.lower(), "lock_timeout": row.lock_timeout / 1000}
    if database.is_mysql:
        row = connection.execute(text(_MYSQL)).one()
        modes = row.modes.upper().split(",")
        return {
            "lock_timeout": float(row.lock_timeout),
            "strict": bool({"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"}.intersection(modes)),
            "charset": row.charset,
        }
    return {}


# pg_settings has it in milliseconds, whatever unit it was written in.
_POSTGRESQL = """
SELECT pg_catalog.current_setting('TimeZone') AS timezone, setting::int AS lock_timeout
  FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'
"""

_MYSQL = """
SELECT @@SESSION.lock_wait_timeout AS lock_timeout, @@SESSION.sql_mode AS modes,
       @@character_set_database AS charset
"""

_VOLATILITY = """
SELECT proname::text,
       CASE WHEN bool_or(provolatile = 'v') THEN 'volatile'
            WHEN bool_or(provolatile = 's') THEN 'stable' ELSE 'immutable' END
  FROM pg_catalog.pg_proc WHERE proname = ANY (CAST(:names AS name[])) GROUP BY proname
"""
