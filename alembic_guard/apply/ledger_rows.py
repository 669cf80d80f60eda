"""Writes what the ledger knows of statements where it is true exactly if their work is.

On the migration connection, in the transaction that holds the work. Only under MariaDB's ``LOCK
TABLES``, which shuts out every other table, rows are written beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from alembic_guard.apply.statement_journal import DONE, StatementJournal
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.executed import Executed

if TYPE_CHECKING:
    from sqlalchemy import Connection


class LedgerRows:
    """The rows of one connection; those of an open transaction are kept until it is committed.

    :param attempt: id of the journal's row of the attempt that they belong to.
    :param locked: whether ``LOCK TABLES`` is in force.
    """

    def __init__(self, book: StatementJournal, database: Database, connection: Connection) -> None:
        self.book = book
        self.database = database
        self.connection = connection
        self.attempt = 0
        self.locked = False
        self._pending: list[tuple[int, Executed, str, datetime, str | None]] = []

    def forget(self) -> None:
        """What the open transaction held is rolled back."""
        self._pending = []

    def add(
        self, ordinal: int, one: Executed, status: str = DONE, state: str | None = None
    ) -> None:
        """A statement is to be on record.

        :param state: what the database said of its object before it ran.
        """
        self._pending.append((ordinal, one, status, datetime.now(timezone.utc), state))

    def committing(self) -> None:
        """The open transaction is about to be committed: with it goes the record of its work."""
        if any(not one.again for _, one, *_ in self._pending):
            self.flush()

    def flush(self) -> None:
        """Write what is kept."""
        pending, self._pending = self._pending, []
        self._write(lambda connection: self.book.write(connection, self.attempt, pending))

    def done(self, number: int, one: Executed) -> None:
        """A statement has committed itself, so that nothing else is in the transaction."""
        self._write(lambda connection: self.book.done(connection, self.attempt, number, one))
        options = self.connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT" and not self.locked:
            self.connection.connection.commit()

    def undone(self, number: int) -> None:
        """A statement that would have committed itself has failed. Commits."""
        self.book.undone(self.connection, self.attempt, number)
        self.connection.commit()

    def raw(self, statement: str) -> None:
        """Run a statement of ours that nobody listens to."""
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(statement)
        finally:
            cursor.close()

    def _write(self, write: Callable[[Connection], None]) -> None:
        if not self.locked:
            write(self.connection)
            return

        def committed(connection: Connection) -> None:
            write(connection)
            connection.commit()

        with self.database.beside() as side:
            side.ask(committed)
