"""Locks the tables of a revision before its first statement, and never queues long for them.

Whoever queues for a strong lock makes everybody wait who comes after (PostgreSQL manual, 13.3.1).
So it is looked first, on a connection beside, whether somebody holds or awaits a conflicting lock
for longer than a try would queue, and waited without a request of ours as long as that is so. Then
the locks are taken one after another, by name: the first queues for as long as the policy says, the
others not at all, for readers of the first would wait with them. One that is refused lets go of
all. A database that cannot be looked at, or a table that may not be locked, is left to the
statements, which queue for ``lock_timeout``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.blockers import Blockers
from alembic_guard.apply.course import Course
from alembic_guard.apply.refused import next_delay
from alembic_guard.ddl.lock_request import LockRequest
from alembic_guard.runtime.blocking import Blocker
from alembic_guard.runtime.database import Beside, Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.stopped import LockNotGranted
from alembic_guard.runtime.table_locks import Holder, Standing, look
from alembic_guard.runtime.table_names import default_schema
from alembic_guard.runtime.waiting import is_lock_not_granted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

Wanted = Callable[[Revision], Sequence[Sequence[LockRequest]]]
"""The locks of each transaction of a revision, in order; empty where nothing is known of them."""


class TableLocks:
    """The locks of one run on one database.

    :param wanted: told by whoever recorded the revisions.
    :param unrecorded: a block, the statements of which are not the revision's.
    :param session: pid of the migration connection, whose own locks are in nobody's way.
    """

    def __init__(
        self,
        database: Database,
        call: Call,
        course: Course,
        wanted: Wanted,
        *,
        session: int | None,
        settings: Settings,
        unrecorded: Callable[[], AbstractContextManager[None]],
        say: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        self.database = database
        self.call = call
        self.policy = course.policy
        self.say = say
        self.sleep = sleep
        self._wanted = wanted
        self._session = session
        self._blockers = Blockers(
            max(settings.lock_timeout, settings.lock_timeout_last),
            settings.cancel_blockers_after,
            say=say,
            note=lambda revision, what: course.cancelled.setdefault(revision, []).append(what),
            clock=self.policy.clock,
        )
        self._stack = ExitStack()
        self._side: Beside | None = None
        self._schema: str | None = None
        self._transaction: object = None
        self._unrecorded = unrecorded
        self._works = database.kind == "postgresql" and not call.handed_in
        self._standing = Standing()
        self._later: list[Sequence[LockRequest]] = []
        self._revision: Revision | None = None

    def __enter__(self) -> TableLocks:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def seen(self) -> tuple[Blocker, ...]:
        """Who was in the way at the last look, however shortly."""
        return tuple(dict.fromkeys(each.blocker for each in self._standing.holders))

    def wait(
        self, revision: Revision, others: Iterable[Revision] = (), *, patient: bool = True
    ) -> None:
        """Wait until the tables of a revision are free, or may soon be; nothing is requested.

        :param others: revisions that run in the same transaction: their tables count too.
        :param patient: False only looks, where earlier revisions hold their locks already.
        :raises LockNotGranted: when there is no time left.
        """
        self._revision = revision
        first, *self._later = [*self._wanted(revision)] or [()]
        also = [each for one in others for part in self._wanted(one) for each in part]
        self._await([*first], also, patient=patient)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The locks of the transaction that has begun; an ``upgrade()`` runs inside the block, and
        a transaction of it that follows an autocommit block gets its own locks.

        :raises DBAPIError: when one is not granted.
        """
        self._take()
        if not self._later:  # there is one transaction, as in most revisions
            yield
            return
        connection = self.call.connection
        self._transaction = connection.get_transaction()
        event.listen(connection, "before_cursor_execute", self._before)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", self._before)

    def _take(self) -> None:
        lockable, self._standing = self._standing.lockable, Standing((), self._standing.holders)
        connection = self.call.connection
        if not lockable or self.database.commits_each_statement(connection):
            return
        try:
            with self._unrecorded(), connection.begin_nested():
                for number, each in enumerate(lockable):
                    statement = each.statement(nowait=number > 0)
                    connection.execute(text(statement.replace(":", "\\:")))
        except DBAPIError as error:
            if is_lock_not_granted(error) or error.connection_invalidated:
                raise
            return  # dropped or revoked since: the statement itself will say so
        if self.policy.waited:
            tables = ", ".join(f"{each.table} ({each.mode})" for each in lockable)
            tries = self.policy.tries + 1
            self.say(
                f"Locked    {tables} after {self.policy.waited:.1f} s, "
                f"{tries} {'try' if tries == 1 else 'tries'}."
            )

    def _before(self, connection: Connection, *_: Any) -> None:
        """A statement of the revision is about to run: the first of a transaction, perhaps."""
        now = connection.get_transaction()
        options = connection.get_execution_options()
        if now is self._transaction or options.get("isolation_level") == "AUTOCOMMIT":
            return
        self._transaction = now
        self._take_later()

    def _take_later(self) -> None:
        """Nothing was done in this transaction yet, so that it can be tried again by itself.

        :raises LockNotGranted: when there is no time left; :raises DBAPIError: no try is left.
        """
        requests = self._later.pop(0) if self._later else ()
        if requests:
            self.policy.begin()
        while requests:
            self._await(requests)
            try:
                self._take()
            except DBAPIError as error:
                if not is_lock_not_granted(error):
                    raise
                delay = next_delay(self._revision, self.policy, self.seen, self.say)
                if delay is None:
                    raise
                self.sleep(delay)
            else:
                return

    # --- Looking ------------------------------------------------------------------------------

    def _await(
        self,
        requests: Sequence[LockRequest],
        others: Sequence[LockRequest] = (),
        *,
        patient: bool = True,
    ) -> None:
        self._standing = Standing()
        if not self._works or not (requests or others):
            return
        self._blockers.begin(self._revision)
        while True:
            try:
                self._standing = self._look(requests, others)
            except (DBAPIError, OSError):  # no connection for us, or no right to a schema
                self._works = False
                return
            blocking = self._blockers.lasting(self._standing.holders)
            if not (blocking and patient):
                return
            assert self._side is not None
            self._blockers.face(blocking, self._side, self._standing.lockable)
            delay = self.policy.next_look()
            if delay is None:
                raise self._not_granted(blocking, [*requests, *others])
            self.sleep(delay)

    def _look(self, requests: Sequence[LockRequest], others: Sequence[LockRequest]) -> Standing:
        if self._side is None:
            with self.call.reading() as connection:
                self._schema = default_schema(connection)
            self._side = self._stack.enter_context(self.database.beside())
        ignored = {self._session} if self._session is not None else set()

        def ask(connection: Connection) -> Standing:
            found = look(connection, requests, self._schema, ignored)
            taken = {each.table for each in requests}
            more = [each for each in others if each.table not in taken]
            seen = look(connection, more, self._schema, ignored) if more else Standing()
            connection.rollback()
            return Standing(found.lockable, (*found.holders, *seen.holders))

        return self._side.ask(ask)

    def _not_granted(
        self, blocking: Sequence[Holder], requests: Sequence[LockRequest]
    ) -> LockNotGranted:
        wanted = {each.table: each.lock for each in requests}
        return LockNotGranted(
            f"{blocking[0].table} was in use all the time; the migration locks it in "
            f"{wanted[blocking[0].table]} mode.",
            revision=self._revision,
            tries=self.policy.tries,
            waited=self.policy.waited,
            blockers=tuple(dict.fromkeys(each.blocker for each in blocking)),
        )
