"""The statements of a running migration: what was done, what commits by itself, what is redone.

A listener on the migration connection; it changes no statement. It knows two ways in which a
database surprises a transaction: MariaDB and MySQL commit with every DDL statement, and SQLite has
statements that a transaction makes fail, or worse, ignore (``PRAGMA foreign_keys`` is a no-op
inside one, https://www.sqlite.org/pragma.html#pragma_foreign_keys).

A :class:`Keeper` is told of each statement of an ``upgrade()`` before it runs, and how it will be
committed; it runs the statement, or passes it over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from alembic_guard.runtime.commits import (
    COMMITS_ITSELF,
    SQLITE_OUTSIDE,
    Commits,
    Keeper,
    commits_of,
)
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.executed import PassedOver
from alembic_guard.runtime.executed import verb_of as _verb
from alembic_guard.runtime.waiting import may_retry_statement

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SHOWN = 100
"""Characters of a statement that a report shows."""


class LeavesTransaction(Exception):
    """SQLite: a statement that means something only outside a transaction is about to run, or the
    revision is about to commit a part of itself, which could not be undone after that.
    """


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
        self._keeper: Keeper | None = None
        self._keeping = False
        self.begins: Callable[[], None] = lambda: None
        """Called when a statement of the revision goes to the server."""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to the connection inside the block."""
        event.listen(self.connection, "before_cursor_execute", self._before)
        event.listen(self.connection, "after_cursor_execute", self._after)
        event.listen(self.connection, "commit", self._commit)
        for name, listener in self._executing().items():
            event.listen(self.connection.engine, name, listener)
        try:
            yield
        finally:
            event.remove(self.connection, "before_cursor_execute", self._before)
            event.remove(self.connection, "after_cursor_execute", self._after)
            event.remove(self.connection, "commit", self._commit)
            for name, listener in self._executing().items():
                event.remove(self.connection.engine, name, listener)

    def _executing(self) -> dict[str, Callable[..., bool]]:
        """The listeners in whose hands a statement is executed, by SQLAlchemy's event."""
        return {
            "do_execute": self._execute,
            "do_executemany": self._execute_many,
            "do_execute_no_params": self._execute_plain,
        }

    @contextmanager
    def keeping(self, keeper: Keeper | None) -> Iterator[None]:
        """An ``upgrade()`` runs inside the block, and a keeper is told of its statements."""
        self._keeper = keeper
        try:
            yield
        finally:
            self._keeper = None

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

    def end(self) -> None:
        """Commit what came after a revision's own ``op.get_bind().commit()``, its version with it:
        the transaction that Alembic began, and would commit, had ended there.
        """
        if self.connection.in_transaction():
            self.connection.commit()

    @property
    def kept(self) -> tuple[str, ...]:
        """What is in the database whatever happens to the revision, oldest first."""
        return tuple(self._done[: self._kept])

    @property
    def committed(self) -> bool:
        """Whether there is any of it."""
        return self._kept > 0

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not self._recording or self._keeping:
            return
        if self._keeper is None:  # a keeper may pass it over
            self._commits_before(statement)
        outside = self.database.kind == "sqlite" and self._in_transaction()
        if outside and SQLITE_OUTSIDE.match(statement):
            raise LeavesTransaction(statement)

    def _commits_before(self, statement: str) -> None:
        """MariaDB: what came before DDL is committed even if that fails."""
        if self.database.is_mysql and _verb(statement) in COMMITS_ITSELF:
            self._kept = len(self._done)

    def _after(
        self, _connection: Any, _cursor: Any, statement: str, _words: Any, context: Any, _many: Any
    ) -> None:
        if not self._recording or self._keeping:
            return
        if isinstance(getattr(context, "cursor", None), PassedOver):
            return  # an earlier run has done it
        self._done.append(" ".join(statement.split())[:_SHOWN])
        if self._stays(statement):
            self._kept = len(self._done)

    def _commit(self, _connection: Any) -> None:
        """In the middle of a revision: an autocommit block begins, or the migration commits."""
        if not self._recording or self._keeping:
            return
        if self.database.kind == "sqlite" and self._in_transaction():
            # by the driver, for SQLAlchemy takes the transaction for one that has ended
            self.connection.connection.rollback()
            raise LeavesTransaction("COMMIT")
        if self._keeper is not None:
            with self._alone():
                self._keeper.committing()
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
            return verb in COMMITS_ITSELF
        outside = self.database.kind == "sqlite" and not self._in_transaction()
        if not outside or verb in ("SELECT", "PRAGMA"):
            return False
        return not self.database.is_writing(self.connection)

    def _commits(self, statement: str) -> Commits:
        """How a statement that is about to run will be committed."""
        options = self.connection.get_execution_options()
        outside = self.database.kind == "sqlite" and not self._in_transaction()
        return commits_of(
            statement,
            self.database.kind,
            autocommit=self._commits_each or options.get("isolation_level") == "AUTOCOMMIT",
            outside=outside and not self.database.is_writing(self.connection),
        )

    def unrecorded(self) -> AbstractContextManager[None]:
        """A block, the statements of which are ours and not the revision's."""
        return self._alone()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The keeper's own statements are not the revision's."""
        self._keeping = True
        try:
            yield
        finally:
            self._keeping = False

    def _execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        """SQLAlchemy's ``do_execute``: True means that the statement has been run here."""
        run = partial(self.database.dialect.do_execute, cursor, statement, parameters, context)
        return self._run(cursor, statement, parameters, context, run)

    def _execute_many(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        run = partial(self.database.dialect.do_executemany, cursor, statement, parameters, context)
        return self._run(cursor, statement, parameters, context, run)

    def _execute_plain(self, cursor: Any, statement: str, context: Any) -> bool:
        run = partial(self.database.dialect.do_execute_no_params, cursor, statement, context)
        return self._run(cursor, statement, None, context, run)

    def _run(
        self, cursor: Any, statement: str, parameters: Any, context: Any, run: Callable[[], None]
    ) -> bool:
        if context is None or context.root_connection is not self.connection or self._keeping:
            return False
        if self._keeper is None or not self._recording:
            if not self.database.is_mysql:
                return False
            self._until_granted(run)
            return True

        def execute() -> None:
            self._keeping = False
            self.begins()
            self._commits_before(statement)
            try:
                self._until_granted(run)
            finally:
                self._keeping = True

        with self._alone():
            commits = self._commits(statement)
            self._keeper.run(cursor, statement, parameters, context, execute, commits)
        return True

    def _until_granted(self, run: Callable[[], None]) -> None:
        """MariaDB: run it again while a lock is not granted; the ones before it are committed."""
        while True:
            try:
                run()
            except Exception as error:
                if (
                    not self.database.is_mysql
                    or not may_retry_statement(error)
                    or not self._again(error)
                ):
                    raise
            else:
                return
