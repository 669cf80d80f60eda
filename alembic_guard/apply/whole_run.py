"""A whole run, up or down: runs env.py, serves each database that it configures, reads the truth.

It promises that what it reports as applied is in the database, and that nothing was written before
the first revision started. Which env.py commits for itself is known only when it is over: those
databases are concluded then, under the lock that they still hold.
"""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.again import WholeRunAgain
from alembic_guard.apply.backup import Backups
from alembic_guard.apply.cause import sentence
from alembic_guard.apply.course import Course
from alembic_guard.apply.direction import UP, Direction
from alembic_guard.apply.pause import pause
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.retry import RetryPolicy
from alembic_guard.apply.runner import DatabaseRun
from alembic_guard.ddl.lock_request import Transactions
from alembic_guard.masking import Mask
from alembic_guard.runtime.environment import Call, Signal, run_environment
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.migration_url import Lead, leading_to
from alembic_guard.runtime.stopped import (
    Applied,
    CheckFailed,
    Interrupted,
    LockNotGranted,
    MigrationFailed,
    Stopped,
)
from alembic_guard.runtime.unprepared import unprepared
from alembic_guard.runtime.waiting import is_lock_not_granted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection


@dataclass
class WholeRun:
    """An upgrade, or a downgrade, of everything that one env.py configures.

    :param target: as ``alembic upgrade`` or ``alembic downgrade`` takes it.
    :param direction: which of the two it is.
    :param restart: begin a partly applied revision anew; its record is forgotten.
    :param say: takes a line of progress for people.
    :param preflight: looks at a database before anything is applied to it, given what is pending;
        returns the names of guards that were let through, and raises what refuses.
    :param locks: tells, once that has looked, what each transaction of a revision locks.
    :param before: looks at a database right before the first revision is applied to it.
    :param after: looks at it at the end, on a new connection, with the number of the call and the
        revisions that were come to.
    :param plan_only: stop after the plans.
    :param options: env.py's own arguments, such as ``tag``.
    """

    config: Config
    script: ScriptDirectory
    target: str
    settings: Settings
    mask: Mask
    say: Callable[[str], None]
    preflight: Callable[[Call, Sequence[Revision]], Sequence[str]] = lambda call, pending: ()
    locks: Callable[[Call, Revision], Transactions] = lambda call, revision: ()
    before: Callable[[Call], None] = lambda call: None
    after: Callable[[int, Connection, Sequence[Revision]], None] = lambda number, side, done: None
    plan_only: bool = False
    direction: Direction = UP
    restart: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = pause
    applied: list[Applied] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _runs: list[DatabaseRun] = field(default_factory=list)
    _begun: dict[int, DatabaseRun] = field(default_factory=dict)
    """The last run of each database that wrote to its journal; env.py may be between two."""
    _courses: dict[int, Course] = field(default_factory=dict)
    _lead: Lead | None = None

    def run(self) -> None:
        """Plan and apply.

        :raises Stopped: when the target was not reached; knows what was applied.
        :raises EnvironmentFailed: when env.py raised.
        """
        with unprepared(), leading_to(self.settings.migration_url, self.mask) as self._lead:
            self._run()

    def _run(self) -> None:
        try:
            self.backups.count(self.config, self.script, self.options)
            while (delay := self._once()) is not None:
                self.sleep(delay)
        except (KeyboardInterrupt, CancelledError):
            raise self._stopped(Interrupted("interrupted")) from None
        except Stopped as stopped:
            raise self._stopped(stopped) from stopped.__cause__
        except BaseException:
            self._abandon()
            raise
        finally:
            for course in self._courses.values():
                course.release()
            self.backups.say_restore()

    @cached_property
    def backups(self) -> Backups:
        """The backups of this run, by database; none where none is asked for."""
        return Backups(self.settings.backup, self.mask, self.say, self.sleep)

    def held(self) -> set[object]:
        """The deployer locks that this run holds."""
        return {course.identity for course in self._courses.values() if course.lock is not None}

    @property
    def changed(self) -> bool:
        """Whether something is in a database for good; asked from any thread, at any moment."""
        return bool(self.applied) or any(run.outcome.changed for run in [*self._begun.values()])

    @property
    def let_through(self) -> list[CheckFailed]:
        """Checks that said no, and were allowed to, in order."""
        return [failed for run in self._runs for failed in run.outcome.let_through()]

    @property
    def plans(self) -> list[Plan]:
        """The plans, in env.py's order."""
        return [course.plan for course in self._courses.values() if course.plan is not None]

    def course(self, number: int) -> Course:
        """What is remembered of a database; the same one when env.py is run again."""
        if number not in self._courses:
            self._courses[number] = Course(self.target, RetryPolicy.of(self.settings, self.clock))
        return self._courses[number]

    def begun(self, run: DatabaseRun) -> None:
        """A database is about to be written to: what becomes of it has to be put on record."""
        self._begun[run.call.number] = run

    def _once(self) -> float | None:
        """Run env.py; the seconds to wait before it has to be run again, None when it is done."""
        self._runs = []
        try:
            self.calls = run_environment(
                self.config,
                self.script,
                self._work,
                migrating=self._serve,
                each_in_its_own=True,
                commit_rest=not self.plan_only,
                read_only=self.plan_only,
                lead=self._lead,
                destination_rev=self.target,
                **self.options,
            )
        except WholeRunAgain as again:
            for run in self._runs:
                run.outcome.count()
            return again.delay
        for run in self._runs:
            try:
                run.outcome.conclude()
            except (DBAPIError, OSError) as error:
                run.outcome.trust()
                said = self.mask(sentence(error))
                raise MigrationFailed(
                    f"the database could not be asked afterwards: {said}", revision=None, line=None
                ) from error
        return None

    def _serve(self, call: Call, plain: Callable[[], None]) -> None:
        run = DatabaseRun(self, call, plain)
        self._runs.append(run)
        try:
            run.serve()
        except DBAPIError as error:  # SQLite, whose whole file somebody has locked
            if not is_lock_not_granted(error) or call.handed_in:
                raise
            raise self._locked(run, error) from error

    def _locked(self, run: DatabaseRun, error: DBAPIError) -> Signal:
        policy = run.course.policy
        delay = policy.next_delay()
        said = self.mask(sentence(error))
        if delay is None:
            return LockNotGranted(
                said, revision=None, tries=policy.tries, waited=policy.waited, blockers=()
            )
        self.say(f"Waiting   the database: {said}. Trying again in {delay:.1f} s.")
        return WholeRunAgain(delay)

    def _work(self, heads: Any, _context: Any) -> Iterable[Any]:
        return self._runs[-1].steps()

    def _stopped(self, stopped: Stopped) -> Stopped:
        self._abandon(interrupted=isinstance(stopped, Interrupted))
        return self.with_what_stays(stopped)

    def with_what_stays(self, stopped: Stopped) -> Stopped:
        """The same, told what stays in the databases."""
        stopped.applied = tuple(self.applied)
        for run in self._begun.values():
            stopped.copy = stopped.copy or run.outcome.copy_left()
            for revision, statements in run.outcome.left_behind().items():
                stopped.revision = stopped.revision or revision
                stopped.committed += statements
                stopped.resumable = stopped.resumable or run.outcome.on_record
        return stopped

    def _abandon(self, *, interrupted: bool = False) -> None:
        """After a failure: what was committed nevertheless counts, the rest is on record."""
        for run in self._begun.values():
            # the server may be what failed, or a revision that it names may have no file
            with suppress(DBAPIError, OSError, CommandError):
                run.outcome.abandon(interrupted=interrupted)
