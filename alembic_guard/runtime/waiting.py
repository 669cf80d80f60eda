"""Waiting for locks on tables: how each database limits it, and reports that it was too long.

Who it is that one waits for is asked in :mod:`~alembic_guard.runtime.blocking`.

- PostgreSQL: ``lock_timeout`` for each transaction (``set_config(…, true)``, which ends with it);
  inside an autocommit block it is off for the session, and put back: a timed-out ``CREATE INDEX
  CONCURRENTLY`` leaves an invalid index (facts/alembic_hooks.md, B7).
- MariaDB/MySQL: ``lock_wait_timeout`` and ``innodb_lock_wait_timeout``, whole seconds, put back. On
  MariaDB 0 is "not at all" (measured on 10.11; MySQL makes 1 of it): so it is while some other
  transaction has been open for more than a second, which may be the one that holds the table.
- SQLite: the driver's busy timeout; nobody waits behind who waits there, so it is the longest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.blocking import Blocker, older_transactions
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.pooler import pooled_by_transaction
from alembic_guard.runtime.stopped import PooledConnection

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NOT_GRANTED: set[object] = {
    "55P03",  # PostgreSQL lock_not_available
    "40P01",  # PostgreSQL deadlock_detected
    1205,  # MySQL ER_LOCK_WAIT_TIMEOUT
    1213,  # MySQL ER_LOCK_DEADLOCK
    3572,  # MySQL ER_LOCK_NOWAIT
}
_STATEMENT_RETRIABLE: set[object] = {1205}
"""Only the statement was rolled back, and the transaction goes on (innodb_rollback_on_timeout)."""


def is_lock_not_granted(error: BaseException) -> bool:
    """Whether a statement failed only because somebody else held a lock."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if "database is locked" in str(original):  # SQLITE_BUSY, also raised in our own "begin" event
        return True
    return isinstance(error, DBAPIError) and bool(_codes(original) & _NOT_GRANTED)


def may_retry_statement(error: BaseException) -> bool:
    """Whether a driver's own error leaves the transaction whole, so the statement can be redone."""
    return bool(_codes(error) & _STATEMENT_RETRIABLE)


def _codes(error: Any) -> set[object]:
    """What the drivers call the error: an SQLSTATE, a server's number, or both (PyMySQL 1.2)."""
    codes = {getattr(error, attribute, None) for attribute in ("sqlstate", "pgcode")}
    arguments = getattr(error, "args", ())
    return codes | set(arguments[:1]) if arguments and isinstance(arguments[0], int) else codes


@dataclass(frozen=True)
class Limits:
    """How long a statement may wait, and run. Seconds; 0 leaves it to the server and the driver.

    :param longest: for a lock, where it does not matter to others how long a statement waits.
    """

    lock: float
    statement: float = 0.0
    longest: float = 0.0


class LimitedTransactions:
    """Sets the limits at the start of every transaction of a connection, and puts them back.

    :param limits: in force in each transaction.
    """

    def __init__(self, database: Database, connection: Connection, limits: Limits) -> None:
        self.database = database
        self.connection = connection
        self.limits = limits
        self.entered_autocommit = False
        self.in_transaction = True
        """SQLite: whether a revision gets a real transaction; False for one that must leave it."""
        self.older: tuple[Blocker, ...] = ()
        """MariaDB: whose transactions have been open for longer than a try would queue."""
        self._session: dict[str, Any] = {}

    def wait_at_most(self, seconds: float) -> None:
        """The next transaction's statements queue for locks at most so long."""
        self.limits = replace(self.limits, lock=seconds)
        self.older = ()
        if self.database.kind == "mariadb" and "lock_wait_timeout" in self._session:
            self._raw(f"SET SESSION lock_wait_timeout = {self._mariadb_seconds()}")

    def _mariadb_seconds(self) -> int:
        """Not at all while somebody's transaction is not about to end; else whole seconds."""
        seconds = max(1, math.ceil(self.limits.lock))
        cursor = self.connection.connection.cursor()
        try:
            self.older = older_transactions(cursor)
        except Exception:  # without the privilege PROCESS nobody knows
            return seconds
        finally:
            cursor.close()
        return 0 if self.older and seconds == 1 else seconds

    @contextmanager
    def applied(self) -> Iterator[LimitedTransactions]:
        """Limits apply to what begins inside the block, and to a transaction already begun."""
        event.listen(self.connection, "begin", self._begin)
        try:
            self._enter()
            if self.connection.in_transaction():
                self._begin(self.connection)
            yield self
        finally:
            event.remove(self.connection, "begin", self._begin)
            with suppress(Exception):  # a lost connection has nothing to put back
                self._put_back()

    def _enter(self) -> None:
        if self.database.is_mysql:
            if self.limits.lock:
                seconds = max(1, math.ceil(self.limits.lock))
                self._set_session("lock_wait_timeout", seconds)
                self._set_session("innodb_lock_wait_timeout", seconds)
            if self.limits.statement and self.database.kind == "mariadb":
                self._set_session("max_statement_time", self.limits.statement)
        elif self.database.kind == "sqlite" and self.limits.lock:
            self._session["busy_timeout"] = self._raw("PRAGMA busy_timeout")[0]
            longest = max(self.limits.lock, self.limits.longest)
            self._raw(f"PRAGMA busy_timeout = {_milliseconds(longest)}")

    def _set_session(self, name: str, value: float) -> None:
        self._session[name] = self._raw(f"SELECT @@SESSION.{name}")[0]
        self._raw(f"SET SESSION {name} = {value}")

    def _put_back(self) -> None:
        for name, value in self._session.items():
            if name == "busy_timeout":
                self._raw(f"PRAGMA busy_timeout = {value}")
            elif self.database.kind == "postgresql":
                quoted = str(value).replace("'", "''")
                self._raw(f"SELECT set_config('{name}', '{quoted}', false)")
            else:
                self._raw(f"SET SESSION {name} = {value}")
        if self._session and not self.connection.in_transaction():
            # the driver began a transaction for these statements; rolled back, they would be undone
            self.connection.connection.commit()
        self._session.clear()

    def _begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            self.entered_autocommit = True
            if self.database.kind == "postgresql":
                self._without_lock_timeout()
        elif self.database.kind == "postgresql":
            limits = {"lock_timeout": self.limits.lock}
            if self.limits.statement:
                limits["statement_timeout"] = self.limits.statement
            settings = (
                f"set_config('{name}', '{_milliseconds(seconds)}', true)"
                for name, seconds in limits.items()
            )
            self._raw(f"SELECT {', '.join(settings)}")
        elif self.in_transaction and self.database.kind == "sqlite":
            self._begin_immediate()

    def _without_lock_timeout(self) -> None:
        """For the session, as each statement here is a transaction of its own; where it is off
        already nothing is set, which a pooler could give to somebody else.
        """
        usual = self._raw("SHOW lock_timeout")[0]
        if usual == "0":
            return
        driver = self.connection.connection.driver_connection
        if pooled_by_transaction(self.database, driver, self._raw("SELECT pg_backend_pid()")[0]):
            raise PooledConnection(
                self.database.url,
                f"An autocommit block needs lock_timeout off, it is {usual} here, and what is set "
                "for a session would reach others.",
            )
        self._session.setdefault("lock_timeout", usual)
        self._raw("SET lock_timeout = 0")

    def _begin_immediate(self) -> None:
        """Make the whole revision atomic: pysqlite begins only before DML, so that DDL would stay
        after a rollback (facts/alembic_hooks.md, B7).
        """
        if not self.database.is_writing(self.connection):
            self._raw("BEGIN IMMEDIATE")

    def _raw(self, statement: str) -> tuple[Any, ...]:
        """Run on the driver's cursor: in a "begin" event SQLAlchemy must not begin another."""
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
        finally:
            cursor.close()
        return tuple(row) if row is not None else ()


def _milliseconds(seconds: float) -> int:
    return math.ceil(seconds * 1000)
