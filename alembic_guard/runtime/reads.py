"""Answers the reads of a recorded migration from the real database, on a connection of its own.

It reads in a transaction that the server itself keeps read-only, with a time limit, and rolls back.
A query never runs longer than :data:`SECONDS`, waits for no lock longer than that, and gives at
most :data:`ROWS` rows. What it cannot forbid: functions in a SELECT whose effect no transaction
holds (``dblink``, user-defined ones in C); the known ones are not put to the database at all
(:mod:`~alembic_guard.runtime.queries`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Beside, Database
from alembic_guard.runtime.driver import Description
from alembic_guard.runtime.environment import Call

SECONDS = 2
ROWS = 10_000


class Answer(NamedTuple):
    """What a database gave back; :param cut: whether there was more than ROWS."""

    description: Description
    rows: Sequence[Any]
    cut: bool = False


class Answers:
    """A database that is asked; see :func:`answering`."""

    def __init__(self, beside: Beside, kind: str) -> None:
        self._beside = beside
        self._kind = kind
        self.slow = False
        """Whether the last question ran into the time limit."""

    def ask(self, statement: str, parameters: Any, *, plain: bool = False) -> Answer | None:
        """The database's answer; None where it failed.

        :param statement: in the driver's own SQL, with the parameters that it takes.
        :param plain: whether the driver is to get no parameters at all.
        """
        began = time.monotonic()

        def question(connection: Connection) -> Answer:
            if not connection.in_transaction():
                self._begin(connection)
            if self._kind == "sqlite":
                _limit(connection)
            options = {"no_parameters": True} if plain else {}
            result = connection.exec_driver_sql(
                statement, parameters or None, execution_options=options
            )
            if not result.returns_rows:
                return Answer((("?", *[None] * 6),), ())
            assert result.cursor is not None
            description = tuple(result.cursor.description)
            rows = [tuple(row) for row in result.fetchmany(ROWS + 1)]
            result.close()
            return Answer(description, rows[:ROWS], len(rows) > ROWS)

        self.slow = False
        try:
            return self._beside.ask(question)
        except Exception:  # a migration is never stopped by what answers it
            self.slow = time.monotonic() - began >= SECONDS
            with suppress(Exception):
                self._beside.ask(Connection.rollback)
            return None

    def _begin(self, connection: Connection) -> None:
        for statement in _READ_ONLY.get(self._kind, ()):
            with suppress(DBAPIError) if "max_" in statement else _strictly():
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Roll back."""
        with suppress(DBAPIError):
            self._beside.ask(Connection.rollback)


@contextmanager
def answering(call: Call) -> Iterator[Answers | None]:
    """The database behind a call of env.py; None where there is none to ask.

    :param call: offline, in memory, or on a file that does not exist, there is none.
    """
    database = _database(call)
    if database is None:
        yield None
        return
    with database.beside() as beside:
        answers = Answers(beside, database.kind)
        try:
            yield answers
        finally:
            answers.close()


def _database(call: Call) -> Database | None:
    if call.context.as_sql or call.context.connection is None or call.absent_file is not None:
        return None
    with call.reading() as connection:
        database = Database(connection)
        if database.in_memory or database.kind not in _READ_ONLY:
            return None
        database.follow(connection)
    return database


@contextmanager
def _strictly() -> Iterator[None]:
    yield


def _limit(connection: Connection) -> None:
    """SQLite has no time limit of its own: its driver asks every 10,000 instructions."""
    raw: Any = connection.connection.driver_connection
    handler = getattr(raw, "set_progress_handler", None)
    if handler is None or connection.dialect.is_async:
        return
    ends = time.monotonic() + SECONDS
    handler(lambda: time.monotonic() > ends, 10_000)


_MILLISECONDS = SECONDS * 1000
_READ_ONLY = {
    "postgresql": (
        "SET TRANSACTION READ ONLY",
        f"SET LOCAL statement_timeout = {_MILLISECONDS}",
        f"SET LOCAL lock_timeout = {_MILLISECONDS}",
    ),
    "mariadb": (
        f"SET SESSION max_statement_time = {SECONDS}",
        f"SET SESSION lock_wait_timeout = {SECONDS}",
        f"SET SESSION innodb_lock_wait_timeout = {SECONDS}",
        "START TRANSACTION READ ONLY",
    ),
    "mysql": (
        f"SET SESSION max_execution_time = {_MILLISECONDS}",
        f"SET SESSION lock_wait_timeout = {SECONDS}",
        f"SET SESSION innodb_lock_wait_timeout = {SECONDS}",
        "START TRANSACTION READ ONLY",
    ),
    "sqlite": ("PRAGMA query_only = ON",),
}
