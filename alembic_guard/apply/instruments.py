"""What listens to a migration connection while its revisions are tried, put together once.

Limits on waiting, the statements and their journal, who blocks, locks taken up front, the copy of
a SQLite file, and what ends a running statement when an interrupt comes. They know of each other
here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic_guard.apply.copies import CopyBefore
from alembic_guard.apply.course import Course
from alembic_guard.apply.halt import Halt
from alembic_guard.apply.ledger import Ledger
from alembic_guard.apply.record import Record
from alembic_guard.apply.table_locks import TableLocks, Wanted
from alembic_guard.apply.watch import Watcher
from alembic_guard.runtime.blocking import Blocker, session_id
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.statements import Statements
from alembic_guard.runtime.waiting import LimitedTransactions, Limits
from alembic_guard.settings import Settings


class Instruments:
    """The instruments of one run on one database.

    :param begins: SQLite: whether a revision begins in a real transaction of ours.
    :param again: asked when one statement alone may be run again; waits, and says whether to.
    :param wanted: which tables each revision locks.
    """

    def __init__(
        self,
        database: Database,
        call: Call,
        record: Record,
        settings: Settings,
        *,
        course: Course,
        begins: bool,
        again: Callable[[BaseException], bool],
        wanted: Wanted,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        with call.reading() as connection:
            session = session_id(database, connection)
        first, last = course.policy.lock_timeout, settings.lock_timeout_last
        self.limits = LimitedTransactions(
            database, call.connection, Limits(first, settings.statement_timeout, last)
        )
        self.limits.in_transaction = begins
        self.statements = Statements(
            database, call.connection, lambda: self.limits.in_transaction, again
        )
        self.watcher = Watcher(database, call.connection, session, say)
        self.statements.begins = self.watcher.busy
        self.ledger: Ledger | None = None
        if record.book is not None:
            patience = settings.retry_for
            self.ledger = Ledger(
                record.book, database, call.connection, say=say, sleep=sleep, patience=patience
            )
        self.halt = Halt(database, call.connection, session)
        self.copy = CopyBefore(database, call, say, sleep, spare=course.backup is not None)
        self.tables = TableLocks(
            database,
            call,
            course,
            wanted,
            session=session,
            settings=settings,
            unrecorded=self.statements.unrecorded,
            say=say,
            sleep=sleep,
        )

    @contextmanager
    def listening(self) -> Iterator[None]:
        """They listen inside the block."""
        with self.halt, self.watcher, self.tables, self.statements.listening():
            yield

    @property
    def seen(self) -> tuple[Blocker, ...]:
        """Who blocks, as far as that was seen."""
        return self.watcher.seen or self.tables.seen or self.limits.older
