"""The lock that lets one deployer work at a time: how each database takes, shows and drops it.

Every lock here is *tried*, never waited for inside a statement: a blocked ``pg_advisory_lock``
holds a snapshot that ``CREATE INDEX CONCURRENTLY`` of the holder waits for, for good
(facts/deployer_lock.md). Who waits, and for how long, is decided in ``apply/deployer.py``.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Beside, Database
from alembic_guard.runtime.lock_key import mysql_lock_name

if TYPE_CHECKING:
    from sqlalchemy import Row

APPLICATION_NAME = "alembic_guard"


class DeployerLock(Protocol):
    """What each kind of lock answers."""

    @property
    def key(self) -> int:
        """What it locks in its database; 0 on SQLite, which has one lock for the whole file."""

    def try_acquire(self) -> bool:
        """Take the lock if it is free; never waits."""

    def holder(self) -> str:
        """Who holds it, for people; empty when the database does not tell."""

    def is_held(self) -> bool:
        """Whether it is still ours; a connection that was lost has dropped it."""

    def release(self) -> None:
        """Drop it; no error when it was never taken or is already gone."""


def deployer_lock(database: Database, key: int) -> DeployerLock | None:
    """The lock for a database, or None where there is nothing to lock with.

    :param key: from :meth:`Database.key`.
    """
    if database.kind == "postgresql":
        return PostgresqlLock(database, key)
    if database.is_mysql:
        return MysqlLock(database, key)
    if database.file is not None:
        return SqliteLock(database.file)
    return None


class _OnConnection:
    """A lock that lives on a connection of its own."""

    def __init__(self, database: Database, key: int) -> None:
        self.database = database
        self.key = key
        self._side: Beside | None = None

    def ask(self, statement: str, **parameters: object) -> Row[Any] | None:
        """The first row of a statement, in the transaction that is open on the connection."""
        if self._side is None:
            self._side = self.database.open_beside()
        return self._side.ask(lambda found: found.execute(text(statement), parameters).first())

    def end_transaction(self) -> None:
        """Keep no snapshot and no idle transaction between two tries."""
        if self._side is not None:
            self._side.ask(lambda connection: connection.rollback())

    def release(self) -> None:
        """Close the connection, which drops the lock with it."""
        if self._side is not None:
            self._side.close()
            self._side = None


class PostgresqlLock(_OnConnection):
    """``pg_try_advisory_xact_lock`` in a transaction that then stays idle.

    A transaction-level lock survives PgBouncer in transaction mode and dies with its holder. READ
    COMMITTED keeps no snapshot between statements, so vacuum and CONCURRENTLY do not wait for it.
    The server's limits on idle transactions are off, locally (transaction_timeout: from 17).
    """

    _answered = float("-inf")
    """When its connection last did, on the monotonic clock."""

    def try_acquire(self) -> bool:
        """Take the lock, in the first statement of a transaction; a loser's is ended at once."""
        limits = ["idle_in_transaction_session_timeout"]
        if self.database.version >= (17,):
            limits.append("transaction_timeout")
        settings = "".join(f", set_config('{name}', '0', true)" for name in limits)
        row = self.ask(
            f"SELECT pg_catalog.pg_try_advisory_xact_lock(:key){settings}",
            key=self.key,
        )
        acquired = row is not None and bool(row[0])
        if acquired:
            self._keep_no_snapshot()
        else:
            self.end_transaction()
        return acquired

    def _keep_no_snapshot(self) -> None:
        """Say who we are; what ``SELECT`` read is let go of with it.

        asyncpg binds every statement to the unnamed portal, which stays, with the snapshot of its
        ``SELECT``, until the next one is bound (PostgreSQL manual, 55.2.3): a concurrent index
        waited for that for good. ``SET`` needs no snapshot.
        """
        assert self._side is not None
        self._side.ask(lambda found: found.execute(text(_NAME_OURSELVES)))

    def holder(self) -> str:
        """Pid, role, address and start; another role's details may be hidden from this one."""
        row = self.ask(_POSTGRESQL_HOLDER, key=self.key)
        self.end_transaction()
        if row is None:
            return ""
        parts = [f"pid {row.pid}", row.usename and f"role {row.usename}"]
        parts += [row.client_addr and f"from {row.client_addr}"]
        parts += [row.since and f"since {row.since} UTC"]
        return ", ".join(part for part in parts if part)

    def is_held(self) -> bool:
        """Whether the connection still answers: the lock lives as long as its transaction.

        It is asked once a second; in between its socket tells, which has something to read as soon
        as the server or a pooler has ended it.
        """
        now = time.monotonic()
        if now - self._answered < _ASKED_EVERY and self._is_silent():
            return True
        try:
            self._keep_no_snapshot()
        except DBAPIError:
            return False
        self._answered = now
        return True

    def _is_silent(self) -> bool:
        """Whether nothing has come from the server since it answered; False where nobody knows."""
        if self._side is None or self.database.dialect.is_async or not hasattr(select, "poll"):
            return False
        driver: Any = self._side.ask(lambda found: found.connection.driver_connection)
        poll = select.poll()
        try:
            poll.register(driver.fileno(), select.POLLIN)
            return not poll.poll(0)
        except Exception:  # closed, or a driver that hands out no socket: it is asked
            return False


_ASKED_EVERY = 1.0
"""Seconds for which an answer of the lock's connection counts, while its socket is silent."""
_NAME_OURSELVES = f"SET LOCAL application_name = '{APPLICATION_NAME}'"
_POSTGRESQL_HOLDER = """
SELECT a.pid, a.usename, a.client_addr,
       to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND (l.classid::bigint << 32) | l.objid::bigint = :key
"""


class MysqlLock(_OnConnection):
    """``GET_LOCK(name, 0)``: connection level, server-wide, so the key names the database too."""

    @property
    def _name(self) -> str:
        return mysql_lock_name(self.key)

    def try_acquire(self) -> bool:
        """Take the lock; the connection may then be idle for a day (``wait_timeout``)."""
        row = self.ask("SELECT GET_LOCK(:name, 0)", name=self._name)
        acquired = row is not None and row[0] == 1
        if acquired and self._side is not None:
            self._side.ask(lambda found: found.execute(text("SET SESSION wait_timeout = 86400")))
        self.end_transaction()
        return acquired

    def holder(self) -> str:
        """The connection that holds it, and its user where the process list shows it."""
        row = self.ask(
            "SELECT p.id, p.user, p.host FROM information_schema.processlist p "
            "WHERE p.id = IS_USED_LOCK(:name)",
            name=self._name,
        )
        self.end_transaction()
        return "" if row is None else f"connection {row.id}, user {row.user}, from {row.host}"

    def is_held(self) -> bool:
        """Whether the server still counts the lock as this connection's."""
        try:
            row = self.ask("SELECT IS_USED_LOCK(:name) = CONNECTION_ID()", name=self._name)
            self.end_transaction()
        except DBAPIError:
            return False
        return row is not None and bool(row[0])


class SqliteLock:
    """A lock file beside the database file, removed on release.

    :param file: the database file.
    """

    def __init__(self, file: Path) -> None:
        self.key = 0
        self.path = file.with_name(f"{file.name}.alembic-guard.lock")
        self._lock = FileLock(str(self.path), timeout=0)

    def try_acquire(self) -> bool:
        """Take the lock; a file that its last holder removed meanwhile guards nothing."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        if self.is_held():
            return True
        self._lock.release()
        return False

    def holder(self) -> str:
        """The lock file; who holds it is in the journal."""
        return f"lock file {self.path}"

    def is_held(self) -> bool:
        """Whether the file that is locked is still the one at that path."""
        # filelock 3.x does not look whether the file it locked was unlinked meanwhile; 4.x does.
        # Its descriptor has this private name in both.
        descriptor = self._lock._context.lock_file_fd
        if descriptor is None:
            return False
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(descriptor))
        except OSError:
            return False

    def release(self) -> None:
        """Remove the file while it is still locked, so that nobody locks a file about to go.

        Windows removes no open file: there it goes after the release, if nobody was quicker.
        """
        if self._lock.is_locked:
            with suppress(OSError):
                self.path.unlink()
            self._lock.release()
            if os.name == "nt":
                with suppress(OSError):
                    self.path.unlink()
