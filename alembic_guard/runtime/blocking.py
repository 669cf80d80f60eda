"""Who holds what a migration waits for, as far as the server tells the migration's role.

- PostgreSQL names them: ``pg_blocking_pids``, with what ``pg_stat_activity`` shows of them.
- MariaDB/MySQL: who holds a metadata lock is not shown without a plugin, so all other open
  transactions are named, of which the holder is one.
- SQLite names nobody.

It only asks: how long one waits is up to :mod:`~alembic_guard.runtime.waiting`, and what becomes of
who blocks to those that call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.database import Database


@dataclass(frozen=True)
class Blocker:
    """Somebody who held what the migration waited for."""

    session: str
    user: str = ""
    application: str = ""
    state: str = ""
    age: float | None = None
    verb: str = ""

    def __str__(self) -> str:
        parts = [self.session]
        parts += [f"user {self.user}"] if self.user else []
        parts += [f"application {self.application}"] if self.application else []
        parts += [self.state] if self.state else []
        parts += [f"transaction open for {self.age:.0f} s"] if self.age is not None else []
        parts += [f"last statement {self.verb}"] if self.verb else []
        return ", ".join(parts)


def blockers(database: Database, connection: Connection, session: int) -> list[Blocker]:
    """Who blocks a session right now; can only be seen while it waits.

    :param connection: any connection but the waiting one.
    :param session: the waiting backend's pid, or MariaDB's connection id.
    """
    if database.kind == "postgresql":
        rows = connection.execute(text(_POSTGRESQL_BLOCKERS), {"pid": session})
    elif database.is_mysql:
        rows = connection.execute(text(_MYSQL_BLOCKERS), {"id": session})
    else:
        return []
    found = [blocker_of(row) for row in rows]
    connection.rollback()
    return found


def older_transactions(cursor: Any) -> tuple[Blocker, ...]:
    """MariaDB: whose transactions on this database have been open for more than a second.

    :param cursor: the driver's own.
    :raises Exception: the driver's, without the privilege ``PROCESS``.
    """
    cursor.execute(_MARIADB_OLDER)
    return tuple(blocker_of(_Row(*row)) for row in cursor.fetchall())


def session_id(database: Database, connection: Connection) -> int | None:
    """The server's number for a connection; None where it has none."""
    statement = {"postgresql": "SELECT pg_backend_pid()"}.get(
        database.kind, "SELECT CONNECTION_ID()" if database.is_mysql else None
    )
    if statement is None:
        return None
    return int(connection.execute(text(statement)).scalar_one())


def blocker_of(row: Any) -> Blocker:
    """Out of a row of ``pg_stat_activity`` or its like, which hides some from some roles."""
    hidden = row.query == "<insufficient privilege>" or (row.state is None and row.query is None)
    verb = "" if hidden or not row.query else str(row.query).split(None, 1)[0].upper()[:20]
    return Blocker(
        session=str(row.session),
        user=row.usename or "",
        application=row.application or "",
        state="details hidden from this role (grant pg_monitor)" if hidden else row.state or "",
        age=None if row.age is None else float(row.age),
        verb=verb,
    )


_POSTGRESQL_BLOCKERS = """
SELECT 'pid ' || a.pid AS session, a.usename, a.application_name AS application, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start) AS age, a.query
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = ANY (pg_catalog.pg_blocking_pids(:pid))
"""


class _Row(NamedTuple):
    session: str
    usename: str
    application: str | None
    state: str
    age: float
    query: str


_MARIADB_OLDER = """
SELECT CONCAT('connection ', p.id), p.user, NULL, CONCAT('command ', p.command),
       TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), COALESCE(t.trx_query, p.info, '')
  FROM information_schema.innodb_trx t
  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
 WHERE p.id <> CONNECTION_ID() AND p.db = DATABASE()
   AND t.trx_started < NOW() - INTERVAL 1 SECOND
 ORDER BY t.trx_started
"""

# A metadata lock's holder is not shown without the METADATA_LOCK_INFO plugin: these are the open
# transactions of others, of which the holder is one.
_MYSQL_BLOCKERS = """
SELECT CONCAT('connection ', p.id) AS session, p.user AS usename, NULL AS application,
       CONCAT('command ', p.command) AS state,
       TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age,
       COALESCE(t.trx_query, p.info, '') AS query
  FROM information_schema.innodb_trx t
  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
 WHERE p.id <> :id
   AND EXISTS (SELECT 1 FROM information_schema.processlist w WHERE w.id = :id
                  AND (w.state LIKE 'Waiting for%' OR w.state LIKE '%lock%'))
"""
