"""The statements of a running migration: what was done, what commits by itself, what is redone.

A listener on the migration connection; it changes no statement. It knows two ways in which a
database surprises a transaction: MariaDB and MySQL commit with every DDL statement, and SQLite has
statements that a transaction makes fail, or worse, ignore (``PRAGMA foreign_keys`` is a no-op
inside one, https://www.sqlite.org/pragma.html#pragma_foreign_keys).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.waiting import may_retry_statement

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What MariaDB and MySQL commit before and after (mariadb.com/kb, "SQL statements that cause an
# implicit commit").
_COMMITS_ITSELF = {
    *("ALTER", "ANALYZE", "BEGIN", "CHECK", "CREATE", "DROP", "FLUSH", "GRANT", "INSTALL"),
    *("LOCK", "OPTIMIZE", "RENAME", "REPAIR", "REVOKE", "START", "TRUNCATE", "UNLOCK"),
}
# What SQLite refuses or ignores inside a transaction, and what would end ours behind our back. A
# pragma that is only read stays inside.
_SQLITE_OUTSIDE = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:PRAGMA\s+(?:\w+\.)?(?:foreign_keys|journal_mode|synchronous)\s*[=(]"
    r"|VACUUM\b|ATTACH\b|DETACH\b|BEGIN\b|COMMIT\b|END\b|ROLLBACK(?!\s+TO\b))",
    re.IGNORECASE | re.DOTALL,
)
_COMMENTS = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*", re.DOTALL)
_SHOWN = 100
"""Characters of a statement that a report shows."""


class LeavesTransaction(Exception):
    """A SQLite statement that means something only outside a transaction is about to run."""


class Statements:
    """What one revision has executed so far.

    :param in_transaction: asked before each statement: whether SQLite is in a real transaction.
    :param again: asked when MariaDB did not grant a lock to a statement: waits, and says whether
        to run that one statement again. The ones before it are committed and cannot be redone.
    """

    def __init__(
        self,
        database: Database,
        connection: Connection,
        in_transaction: Callable[[], bool],
        again: Callable[[BaseException], bool],
    ) -> None:
        self.database = database
        self.connection = connection
        self._done: list[str] = []
        self._kept = 0
        self._commits_each = database.commits_each_statement(connection)
        self._in_transaction = in_transaction
        self._again = again
        self._recording = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to the connection inside the block."""
        event.listen(self.connection, "before_cursor_execute", self._before)
        event.listen(self.connection, "after_cursor_execute", self._after)
        event.listen(self.connection, "commit", self._commit)
        if self.database.is_mysql:
            event.listen(self.connection.engine, "do_execute", self._execute)
        try:
            yield
        finally:
            event.remove(self.connection, "before_cursor_execute", self._before)
            event.remove(self.connection, "after_cursor_execute", self._after)
            event.remove(self.connection, "commit", self._commit)
            if self.database.is_mysql:
                event.remove(self.connection.engine, "do_execute", self._execute)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """A revision's own statements run inside the block."""
        self._recording = True
        try:
            yield
        finally:
            self._recording = False

    def forget(self) -> None:
        """A new revision, or a new try of one."""
        self._done = []
        self._kept = 0

    @property
    def kept(self) -> tuple[str, ...]:
        """What is in the database whatever happens to the revision, oldest first."""
        return tuple(self._done[: self._kept])

    @property
    def committed(self) -> bool:
        """Whether there is any of it."""
        return self._kept > 0

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not self._recording:
            return
        if self.database.is_mysql and _verb(statement) in _COMMITS_ITSELF:
            self._kept = len(self._done)  # what came before is committed even if this one fails
        outside = self.database.kind == "sqlite" and self._in_transaction()
        if outside and _SQLITE_OUTSIDE.match(statement):
            raise LeavesTransaction(statement)

    def _after(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not self._recording:
            return
        self._done.append(" ".join(statement.split())[:_SHOWN])
        if self._stays(statement):
            self._kept = len(self._done)

    def _commit(self, _connection: Any) -> None:
        """In the middle of a revision: an autocommit block begins, or the migration commits."""
        if self._recording:
            self._kept = len(self._done)

    def _stays(self, statement: str) -> bool:
        """Whether everything up to this statement is committed with it."""
        verb = _verb(statement)
        if verb in ("COMMIT", "END"):
            return True
        if (
            self._commits_each
            or self.connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
        ):
            return verb != "SELECT"
        if self.database.is_mysql:
            return verb in _COMMITS_ITSELF
        outside = self.database.kind == "sqlite" and not self._in_transaction()
        if not outside or verb in ("SELECT", "PRAGMA"):
            return False
        return not self.database.is_writing(self.connection)

    def _execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        """SQLAlchemy's ``do_execute``: True means that the statement has been run here."""
        if context is None or context.root_connection is not self.connection:
            return False
        while True:
            try:
                self.database.dialect.do_execute(cursor, statement, parameters, context)
            except Exception as error:
                if not may_retry_statement(error) or not self._again(error):
                    raise
            else:
                return True


def _verb(statement: str) -> str:
    """The first word of a statement, in capitals, comments passed over."""
    words = _COMMENTS.sub("", statement, count=1).replace(";", " ").split(None, 1)
    return words[0].upper() if words else ""
