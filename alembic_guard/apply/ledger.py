"""Keeps the statement journal of a running revision, and passes over what an earlier run has done.

A revision that is one transaction is only listened to: nothing is written. Where a part of it is
committed before its end,

- what the open transaction holds is written as ``done`` in that transaction, as its last statement,
  so that it is on record exactly if it is committed;
- a statement that commits by itself, and that a transaction could hold, gets one, with its row;
- one that no transaction holds (MariaDB's DDL, ``CREATE INDEX CONCURRENTLY``) is ``started`` before
  it runs and ``done`` when it has returned. Between the two it is in doubt, and the truth is asked.

So rows are written on the migration connection: beside it, a row could be there without its work.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from alembic_guard.apply.cause import running_line
from alembic_guard.apply.in_doubt import InDoubt
from alembic_guard.apply.ledger_rows import LedgerRows
from alembic_guard.apply.statement_journal import DONE, STARTED, Entry, Partial, StatementJournal
from alembic_guard.runtime.commits import Commits
from alembic_guard.runtime.doubt import Verdict, state_of
from alembic_guard.runtime.executed import OPEN, Executed, PassedOver, executed
from alembic_guard.runtime.history import checksum, counted
from alembic_guard.runtime.stopped import PartlyApplied

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Connection

    from alembic_guard.runtime.database import Database


class Ledger:
    """The statements of one revision at a time; a :class:`~alembic_guard.runtime.commits.Keeper`.

    :param patience: seconds to wait for a statement that a dead process left running.
    """

    def __init__(
        self,
        book: StatementJournal,
        database: Database,
        connection: Connection,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
        patience: float,
    ) -> None:
        self.book = book
        self.database = database
        self.connection = connection
        self.say = say
        self.rows = LedgerRows(book, database, connection)
        self.doubt = InDoubt(self.rows, say, sleep, patience)
        self._begun: Script | None = None
        self._partial: Partial | None = None
        self._ordinal = 0
        self._reread: list[tuple[Entry, Executed]] = []
        self._said = False
        self._failed: int | None = None
        self._rubble = False
        """Whether what failed may have left something behind: an invalid index."""

    def look(self, script: Script) -> None:
        """Before anything is written: whether what is on record of a revision is still its own.

        :raises PartlyApplied: when its file was edited since.
        """
        partial = self.book.partials.get(script.revision)
        if partial is not None and partial.checksum not in (None, checksum(script.path)):
            raise partial.stopped(script, "its file was edited since")

    def begin(self, script: Script, attempt: int) -> None:
        """A revision begins, or is tried again from its first statement."""
        again = self._begun is script
        self._begun, self.rows.attempt = script, attempt
        self._partial = self.book.partials.get(script.revision)
        self.rows.forget()
        self._ordinal, self._reread = 0, []
        self._said = self._said and again
        self._failed = None

    @property
    def resuming(self) -> bool:
        """Whether a part of the revision was committed by an earlier run."""
        return self._partial is not None

    @property
    def behind(self) -> bool:
        """Whether statements that an earlier run has done have not come by yet."""
        return self._ordinal < len(self._entries)

    @property
    def earlier(self) -> tuple[str, ...]:
        """What an earlier run has done, oldest first."""
        return tuple(one.text for one in self._entries if one.status == DONE)

    def finished(self) -> None:
        """``upgrade()`` has returned.

        :raises PartlyApplied: when it ran fewer statements than are on record.
        """
        if self.behind:
            raise self.stop(f"it ran {counted(self._ordinal, 'statement')} now")
        self._continue(None)

    def failed(self) -> None:
        """The try is rolled back: what failed in it was not done. Commits."""
        self.rows.forget()
        number, self._failed = self._failed, None
        if number is not None and not self._rubble:
            self.rows.undone(number)

    def run(
        self,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        execute: Callable[[], None],
        commits: Commits,
    ) -> None:
        """Run a statement, and put it on record as far as it needs to be.

        :raises PartlyApplied: when the revision cannot be continued.
        """
        self._ordinal += 1
        one = executed(statement, parameters, context)
        entries = self._entries
        if self._ordinal <= len(entries):
            entry = entries[self._ordinal - 1]
            if self._pass_over(entry, one, cursor, context, execute):
                return
        else:
            self._continue(self._line())
            entry = None
        if self.database.is_mysql and not self.book.there:  # later it would commit what is open
            self.book.prepare(self.connection)
        if commits is Commits.OPEN:
            self.rows.committing()
        if commits is Commits.ALONE:
            self._alone(one, cursor, context, execute)
        elif commits is Commits.ITSELF:
            self._itself(one, cursor, context, execute, entry)
        else:
            self._execute(one, cursor, context, execute)
            self.rows.add(self._ordinal, one)

    def committing(self) -> None:
        """The open transaction is about to be committed: with it goes the record of its work."""
        self.rows.committing()

    def _execute(
        self, one: Executed, cursor: Any, context: Any, execute: Callable[[], None]
    ) -> None:
        number = self._ordinal
        if self._is_committed(one):
            context.cursor = PassedOver(cursor, None, None)
            return
        try:
            execute()
        except BaseException:
            if number != self._failed:
                self._ordinal -= 1  # who catches it goes on as if it had not been there
            raise
        one.ran(cursor, context)
        if self.database.is_mysql and one.verb in ("LOCK", "UNLOCK"):
            self.rows.locked = one.verb == "LOCK"

    def _is_committed(self, one: Executed) -> bool:
        """Whether SQLite would refuse a COMMIT, as what it is for was committed by an earlier run.

        The record of a COMMIT is written after it: a kill between the two leaves the work alone.
        """
        return (
            self.resuming
            and self.database.kind == "sqlite"
            and one.verb in ("COMMIT", "END")
            and not self.database.is_writing(self.connection)
        )

    def _alone(self, one: Executed, cursor: Any, context: Any, execute: Callable[[], None]) -> None:
        """Run it in a transaction of its own, which holds its row too."""
        number = self._ordinal
        self.rows.raw("BEGIN")
        try:
            self._execute(one, cursor, context, execute)
            self.rows.add(number, one)
            self.rows.flush()
            self.rows.raw("COMMIT")
        except BaseException:
            with suppress(Exception):  # a connection that is lost is rolled back by its server
                self.rows.raw("ROLLBACK")
            raise

    def _itself(
        self,
        one: Executed,
        cursor: Any,
        context: Any,
        execute: Callable[[], None],
        entry: Entry | None,
    ) -> None:
        """Run what no transaction holds: on record before, and once more when it has returned."""
        number = self._ordinal
        if one.verb in _QUIET:  # nothing that would have to be done, or not done, twice
            self.rows.committing()
            self._execute(one, cursor, context, execute)
            self.rows.add(number, one)
            return
        if entry is None:
            state = state_of(self.database.kind, self.connection, one.statement)
            self.rows.add(number, one, STARTED, state)
            self.rows.flush()
        self._failed, self._rubble = number, "CONCURRENTLY" in one.statement.upper()
        self._execute(one, cursor, context, execute)
        self._failed = None
        self.rows.done(number, one)

    @property
    def _entries(self) -> tuple[Entry, ...]:
        return () if self._partial is None else self._partial.entries

    def _pass_over(
        self,
        entry: Entry,
        one: Executed,
        cursor: Any,
        context: Any,
        execute: Callable[[], None],
    ) -> bool:
        """Whether nothing is left to do for a statement that is on record."""
        if one.digest != entry.digest:
            raise self.stop(f"its statement {entry.ordinal} is another one now")
        if entry.status == STARTED and not self._was_done(entry, one):
            return False
        if one.temporary:
            raise self.stop("it made a temporary table, which is gone with its session")
        if one.again:
            self._execute(one, cursor, context, execute)
            self._reread.append((entry, one))
            return True
        if entry.fetched is not None or one.returning:
            raise self.stop(
                f"its code used what statement {entry.ordinal} gave back, which nobody can repeat"
            )
        context.cursor = PassedOver(cursor, entry.rowcount, entry.made_key)
        return True

    def _was_done(self, entry: Entry, one: Executed) -> bool:
        """Ask the database about a statement that was running when the process died."""
        found = self.doubt.verdict(entry, one, self._script)
        if found is Verdict.UNKNOWN:
            raise self.stop("nobody knows whether its last statement was done")
        if found is Verdict.DONE:
            self.rows.done(entry.ordinal, one)
            return True
        self._continue(self._line(), done=entry.ordinal - 1)
        if found is Verdict.INVALID:
            self.doubt.clear(one, self._script)
        return False

    def _continue(self, line: int | None, done: int | None = None) -> None:
        """From here on, it is new: say so, once."""
        partial = self._partial
        if partial is None or self._said:
            return
        for entry, one in self._reread:
            if entry.fetched not in (None, one.fetched) or entry.fetched == OPEN:
                raise self.stop(f"the rows that its statement {entry.ordinal} reads have changed")
        self._said = True
        self.say(partial.resumed(len(partial.entries) if done is None else done, line))

    @property
    def _script(self) -> Script:
        assert self._begun is not None
        return self._begun

    def _line(self) -> int | None:
        """Where in the revision file the statement comes from."""
        return running_line(self._script.path)

    def stop(self, reason: str) -> PartlyApplied:
        """Why the revision cannot be continued, to raise."""
        assert self._partial is not None
        return self._partial.stopped(self._script, reason)


_QUIET = {"BEGIN", "START", "LOCK", "UNLOCK", "SET", "RESET", "PRAGMA", "USE", "COMMIT", "DISCARD"}
