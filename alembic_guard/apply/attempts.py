"""Tries the pending revisions until they are applied, or until trying again can't help.

Alembic calls :meth:`Attempts.steps` for the steps to run and runs each in a transaction; around
each, in that transaction: ``precheck(connection)``, ``upgrade()``, the journal's row,
``postcheck(connection)``. A lock that was not granted rolls the revision back and begins it again,
unless part of it is committed already (an autocommit block, MariaDB's DDL): that can't be redone.
"""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.again import WholeRunAgain
from alembic_guard.apply.cause import as_stopped
from alembic_guard.apply.checks import Checks
from alembic_guard.apply.course import Course
from alembic_guard.apply.direction import Direction
from alembic_guard.apply.fault import named
from alembic_guard.apply.instruments import Instruments
from alembic_guard.apply.meanwhile import ExpectedHeads
from alembic_guard.apply.migration import GuardedMigration
from alembic_guard.apply.record import Record
from alembic_guard.apply.refused import next_delay, not_granted
from alembic_guard.apply.table_locks import Wanted
from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision, as_revision
from alembic_guard.runtime.statements import LeavesTransaction
from alembic_guard.runtime.stopped import Applied, DeployerLockLost, MovedMeanwhile
from alembic_guard.runtime.waiting import is_lock_not_granted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import Script


class Attempts:
    """The tries at the pending revisions of one database.

    :param expected: what the version table held when the steps were chosen.
    :param course: what outlives a run of env.py that is begun again: the tries, the lock.
    :param wanted: which tables each revision locks.
    """

    def __init__(
        self,
        database: Database,
        call: Call,
        record: Record,
        settings: Settings,
        *,
        expected: ExpectedHeads,
        course: Course,
        direction: Direction,
        wanted: Wanted,
        mask: Mask,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        self.database = database
        self.call = call
        self.record = record
        self.expected = expected
        self.course = course
        self.direction = direction
        self.policy = course.policy
        self.mask = mask
        self.say = say
        self.sleep = sleep
        self.checks = Checks(settings.allow, mask)
        self.applied: list[Applied] = []
        self.kept: dict[Revision, tuple[str, ...]] = {}
        """Statements that were committed before their revision was."""
        self._remaining: list[RevisionStep] = []
        self._step: RevisionStep | None = None
        self._prepared = False
        self._began = 0.0
        self.tools = Instruments(
            database,
            call,
            record,
            settings,
            course=course,
            begins=self._begins,
            again=self._again,
            wanted=wanted,
            say=say,
            sleep=sleep,
        )
        self._migration = GuardedMigration(
            call.connection,
            record,
            expected=expected,
            course=course,
            direction=direction,
            checks=self.checks,
            instruments=self.tools,
            milliseconds=lambda: self._milliseconds,
        )

    def run(
        self, plain: Callable[[], None], steps: list[RevisionStep], present: Iterable[Script]
    ) -> None:
        """Apply the steps.

        :param present: every revision that the database already holds.
        :param plain: Alembic's ``run_migrations``; asks :meth:`steps` for what to do.
        :raises Stopped: when a revision could not be applied.
        :raises WholeRunAgain: when env.py has to begin its transaction again.
        """
        self._remaining = list(steps)
        for step in steps:
            self._migration.around(step)
        with self.tools.listening(), self.expected.following():
            if self.call.external:
                # Rows that are written beside env.py's transaction come before it writes anything.
                self._until_done(lambda: self._prepare(present))
            with ExitStack() as limits:
                if not self.call.handed_in:
                    # on SQLite this begins a transaction, for which the file has to be free
                    self._until_done(lambda: limits.enter_context(self.tools.limits.applied()))
                self._until_done(lambda: self._prepare(present))
                self._until_done(plain)
        self.tools.copy.done()

    def _until_done(self, work: Callable[[], object]) -> None:
        """Do it again as long as :meth:`_failed` says so."""
        delay: float | None = None
        while True:
            try:
                if delay is not None:
                    self.sleep(delay)
                work()
            except (Exception, KeyboardInterrupt, SystemExit, CancelledError) as error:
                try:
                    delay = self._failed(error)
                except KeyboardInterrupt as interrupt:  # while it was said who blocks
                    delay = self._failed(interrupt)
            else:
                return

    def _prepare(self, present: Iterable[Script]) -> None:
        if not self._prepared:
            self.record.prepare([step.revision for step in self._remaining], present)
            self._prepared = True

    def steps(self) -> Iterator[RevisionStep]:
        """What is left to do, for Alembic; resumed when the step before has been committed."""
        for step in list(self._remaining):
            self._start(step)
            yield step
            self._finished(step)

    def _start(self, step: RevisionStep) -> None:
        self.tools.limits.entered_autocommit = False
        self.tools.statements.forget()
        if self._step is not step:
            self._step = step
            self._began = time.monotonic()
            self.tools.limits.in_transaction = self._begins
            self.tools.watcher.forget()
            if not self.call.external:  # a run that began again keeps counting
                self.policy.begin()
        lock = self.course.lock
        if lock is not None and not lock.is_held():
            raise DeployerLockLost(revision=self._revision)
        if self.tools.ledger is not None:
            self.tools.ledger.look(step.revision)
        self.record.start(step.revision)
        if self.tools.ledger is not None:
            self.tools.ledger.begin(step.revision, self.record.attempt(step.revision.revision))
        if not self.call.external and self.call.connection.in_transaction():
            self.call.connection.commit()  # only reads so far: the revision begins its own
        self._wait(step)
        if not (self.tools.limits.in_transaction or self.call.handed_in):
            self.tools.copy.take(as_revision(step.revision))

    def _wait(self, step: RevisionStep) -> None:
        """Wait until its tables may be free; in env.py's transaction, those of all revisions."""
        self.tools.limits.wait_at_most(self.policy.lock_timeout)
        revision = as_revision(step.revision)
        alone = not self.call.external
        first = not (alone or self.applied)
        others = [as_revision(one.revision) for one in self._remaining[1:]] if first else ()
        self.tools.tables.wait(revision, others, patient=alone or first)

    def _finished(self, step: RevisionStep) -> None:
        if self.call.external:
            self._keep()
        else:
            self.tools.statements.end()
            self.tools.copy.done()
        self._remaining.remove(step)
        self.expected.committed()
        self.applied.append(self._now(step))
        self._step = None
        # In env.py's own transaction it is not applied before env.py commits.
        verb = "Ran" if self.call.external else self.direction.done
        self.say(f"{verb:<9} {self.applied[-1].revision} ({self.applied[-1].milliseconds} ms)")

    def _failed(self, error: BaseException) -> float:
        """Returns the seconds to wait before the next try; otherwise raises why there is none."""
        self.tools.watcher.idle()
        error = self.tools.halt.meant(error)
        if not self.call.external:
            with suppress(DBAPIError):  # a connection that is lost is rolled back by its server
                self.call.connection.rollback()
        if self.tools.ledger is not None:
            with suppress(DBAPIError):
                self.tools.ledger.failed()
        if isinstance(error, LeavesTransaction):
            return self._leave_transaction()
        if is_lock_not_granted(error):
            delay = None if self._committed or self.call.handed_in else self._next_delay()
            if delay is not None and self.call.external:
                self.tools.copy.again()
                raise WholeRunAgain(delay)
            if delay is not None:
                return delay
            error = not_granted(error, self._revision, self.policy, self.tools.seen, self.mask)
        statements = self.tools.statements
        if self.tools.copy.failed(something_stays=statements.committed or bool(self.kept)):
            statements.forget()
        self._keep()
        path = self._step.revision.path if self._step is not None else ""
        stopped = as_stopped(error, self._revision, path, self.mask)
        stopped = named(stopped, error, self.expected)
        if self._step is not None:
            name, tries = self._step.revision.revision, self.policy.tries or 1
            self.record.failed(name, stopped, self._milliseconds, tries)
            if self.tools.ledger is not None:
                stopped.earlier, stopped.resumable = self.tools.ledger.earlier, True
        if isinstance(stopped, MovedMeanwhile):
            self._step = None  # if it is in the database now, others brought it
        raise stopped from error

    def _leave_transaction(self) -> float:
        """Begin again without one, at once."""
        self.tools.limits.in_transaction = False
        if self.call.external:
            self.course.outside = True
            raise WholeRunAgain(0)
        return 0

    def _again(self, _error: BaseException) -> bool:
        """Wait as the policy says, for one statement; False when there is no further try."""
        delay = self._next_delay()
        if delay is not None:
            self.sleep(delay)
            self.tools.limits.wait_at_most(self.policy.lock_timeout)
        return delay is not None

    def _next_delay(self) -> float | None:
        return next_delay(self._revision, self.policy, self.tools.seen, self.say)

    @property
    def changed(self) -> bool:
        """Whether something is in the database for good."""
        applied = bool(self.applied) and not self.call.external
        return applied or bool(self.kept) or self.tools.statements.committed

    @property
    def reached(self) -> list[Applied]:
        """What was applied, and the revision that was running when it stopped."""
        return [*self.applied, *([] if self._step is None else [self._now(self._step)])]

    def _now(self, step: RevisionStep) -> Applied:
        revision, direction = as_revision(step.revision), self.direction.name
        return Applied(self.database.url, revision, self._milliseconds, direction)

    @property
    def _begins(self) -> bool:
        """Whether a revision on SQLite begins in a real transaction of ours."""
        return not (self.course.outside or self.call.handed_in)

    @property
    def _committed(self) -> bool:
        """Whether a part of what would be begun again is in the database already."""
        earlier = self.call.external and bool(self.kept)
        return self.tools.limits.entered_autocommit or self.tools.statements.committed or earlier

    def _keep(self) -> None:
        if self._revision is not None and self.tools.statements.kept:
            self.kept[self._revision] = self.tools.statements.kept

    @property
    def _revision(self) -> Revision | None:
        return None if self._step is None else as_revision(self._step.revision)

    @property
    def _milliseconds(self) -> int:
        return round((time.monotonic() - self._began) * 1000)
