"""Keeps the journal of one run: which connection writes a row, and who commits it.

- usually: the migration connection, so that on SQLite no second writer is needed; the start of the
  first revision in a small transaction of its own, that of each other in the transaction of the one
  before it, with which it is committed;
- env.py commits: a connection beside it, before env.py's transaction writes anything, one row for
  each revision of the run, since they stand or fall together;
- a connection handed in: that connection, and the caller commits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import text

from alembic_guard.apply.direction import UP, Direction
from alembic_guard.apply.journal import Attempt, Journal
from alembic_guard.apply.statement_journal import StatementJournal
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import checksum
from alembic_guard.runtime.recorded import form_of, oldest_first
from alembic_guard.runtime.stopped import Interrupted, Stopped

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Connection

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Failure:
    revision: str
    error: str
    status: str
    milliseconds: int
    tries: int


class Record:
    """The journal of one database in one run; does nothing where there is no journal.

    :param shared: whether no other connection could write: nobody else sees the database, or the
        migration connection holds the lock of a whole SQLite file.
    :param cancelled: queries of others that were cancelled for a revision, by its identifier.
    :param rows: ids of the rows of attempts that have not ended; outlives a run of env.py.
    :param book: of the statements of a revision that is committed in parts; None where nothing of
        it would outlive the connection, or somebody else's is worked on.
    """

    def __init__(
        self,
        journal: Journal | None,
        database: Database,
        call: Call,
        *,
        shared: bool,
        rows: dict[str, int],
        direction: Direction,
        cancelled: Mapping[str, Sequence[str]] | None = None,
        book: StatementJournal | None = None,
    ) -> None:
        self.journal = journal
        self.book = book
        self.database = database
        self.call = call
        self.shared = shared
        self._rows = rows
        self._cancelled = {} if cancelled is None else cancelled
        self.said: dict[str, list[str]] = {}
        """What the checks of each revision said."""
        self._direction = direction.name
        self._begun: set[str] = set()
        self._next: dict[str, Script] = {}
        """What comes after each revision, where both are written by the migration connection."""
        self._ahead: tuple[str, str] | None = None
        """A revision that has a row and has not begun, after the one that its row stands with."""
        self._failure: _Failure | None = None

    def prepare(self, pending: Iterable[Script], present: Iterable[Script]) -> None:
        """The table, what plain Alembic brought, and in env.py's transaction the start rows.

        :param pending: what is about to run.
        :param present: every revision that the database already holds.
        :raises JournalNotWritable: when the role may not.
        """
        journal = self.journal
        if journal is None:
            return
        upfront, waiting = self.call.external and not self.shared, [*pending]
        if not (self.call.external or self.shared):
            self._next = {one.revision: other for one, other in pairwise(waiting)}

        def write(connection: Connection) -> None:
            journal.prepare(connection)
            known = journal.known(connection)
            brought = {one.revision: one for one in present if one.revision not in known}
            journal.adopt(
                connection, [_attempt(one, UP.name) for one in oldest_first(brought, brought)]
            )
            if self.book is not None:
                self.book.load(connection, [script.revision for script in waiting])
                if upfront and self.database.is_mysql:  # there it commits what is open
                    self.book.prepare(connection)
            if upfront:
                for script in waiting:
                    if script.revision not in self._rows:
                        self._rows[script.revision] = self._begin(journal, connection, script)

        if upfront:
            self._beside(write)
        else:
            self._here(write)

    def start(self, script: Script) -> None:
        """An attempt at a revision begins; on record even if the process dies now."""
        journal = self.journal
        if journal is None:
            return
        if self._ahead is not None and self._ahead[1] != script.revision:
            del self._rows[self._ahead[1]]  # rolled back, with what begins again now
        self._ahead = None
        self._begun.add(script.revision)
        if script.revision not in self._rows:
            self._rows[script.revision] = self._here(
                lambda connection: self._begin(journal, connection, script)
            )

    def _begin(self, journal: Journal, connection: Connection, script: Script) -> int:
        row = journal.start(connection, _attempt(script, self._direction))
        if self.book is not None:
            self.book.carry(connection, script.revision, row)
        return row

    def attempt(self, revision: str) -> int:
        """The journal's row of an attempt that has not ended."""
        return self._rows[revision]

    def applied(self, revision: str, milliseconds: int, tries: int, allowed: Sequence[str]) -> None:
        """In the revision's own transaction: it and its row are committed together.

        :param allowed: names of guards that were let through for it.
        """
        if self.journal is not None:
            self.journal.finish(
                self.call.connection,
                self._rows[revision],
                "applied",
                milliseconds=milliseconds,
                tries=tries,
                allowed=allowed,
                cancelled=self._cancelled.get(revision, ()),
                checks=self.said.get(revision, ()),
            )

    def ahead(self, revision: str) -> None:
        """At the end of a revision's transaction: the next one's row, which is committed with it.

        What a part of is committed by an earlier run has to be looked at before it gets its row.
        """
        script = self._next.get(revision)
        if self.journal is None or script is None or script.revision in self._rows:
            return
        if self.book is not None and script.revision in self.book.partials:
            return
        try:
            row = self._begin(self.journal, self.call.connection, script)
        except FileNotFoundError:  # start() says so, of the revision whose file it is
            return
        self._rows[script.revision], self._ahead = row, (revision, script.revision)

    def failed(self, revision: str, stopped: Stopped, milliseconds: int, tries: int) -> None:
        """An attempt failed; written by :meth:`flush`, when env.py has let go of its connection."""
        status = "interrupted" if isinstance(stopped, Interrupted) else "failed"
        error = stopped.message or "interrupted"
        self._failure = _Failure(revision, error, status, milliseconds, tries)

    def flush(self, achieved: Collection[str], *, interrupted: bool) -> None:
        """End the rows of attempts that came to nothing: the run is over, and failed.

        :param achieved: revisions that are in the database, or out of it after a downgrade; their
            rows were committed with them.
        :param interrupted: whether the run did not fail by itself.
        """
        rows, journal = dict(self._rows), self.journal
        ahead = {} if self._ahead is None else {self._ahead[1]: self._ahead[0]}
        if journal is None or self.shared or not rows:
            return

        def write(connection: Connection) -> None:
            for revision, row in rows.items():
                before = ahead.get(revision)
                if before is not None and before not in achieved:
                    continue  # rolled back with it; its number may be somebody else's by now
                if revision in achieved or before is not None:
                    # if it is still started, others brought it, or it has not begun
                    journal.forget(connection, row)
                else:
                    self._end(journal, connection, revision, row, interrupted)

        self._beside(write)
        self._rows.clear()
        self._ahead = None

    def _end(
        self, journal: Journal, connection: Connection, revision: str, row: int, interrupted: bool
    ) -> None:
        failure = self._failure
        if failure is not None and failure.revision == revision:
            journal.finish(
                connection,
                row,
                failure.status,
                milliseconds=failure.milliseconds,
                tries=failure.tries,
                error=failure.error,
                cancelled=self._cancelled.get(revision, ()),
                checks=self.said.get(revision, ()),
            )
        elif revision in self._begun:
            error = "rolled back with env.py's transaction"
            if failure is not None:
                error = f"rolled back together with {failure.revision}"
            status = "interrupted" if interrupted else "failed"
            journal.finish(connection, row, status, milliseconds=0, error=error)
        else:
            journal.forget(connection, row)

    def _here(self, write: Callable[[Connection], _T]) -> _T:
        connection = self.call.connection
        if self.call.external:
            return write(connection)
        if connection.in_transaction():
            connection.commit()
        try:
            if self.database.kind == "postgresql":
                # The row has to outlive this process, not the server: no flush of its own.
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            result = write(connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        return result

    def _beside(self, write: Callable[[Connection], _T]) -> _T:
        def committed(connection: Connection) -> _T:
            result = write(connection)
            connection.commit()
            return result

        with self.database.beside() as side:
            return side.ask(committed)


def _attempt(script: Script, direction: str) -> Attempt:
    form = form_of(script.path)
    return Attempt(script.revision, script.doc or "", checksum(script.path), form, direction)
