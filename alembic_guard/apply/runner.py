"""Serves one database that env.py configures: plan, deployer lock, attempts, truth.

Three kinds of environment are served:

- the usual one, where each revision gets its own transaction and is tried again by itself;
- one that opens its own transaction (``engine.begin()``), which is run and tried again as a whole;
- a connection handed in through ``config.attributes``, or a database in memory, where there is
  nothing to lock with, nothing of ours is committed, and the truth is read on the same connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from alembic_guard.apply.again import WholeRunAgain
from alembic_guard.apply.attempts import Attempts
from alembic_guard.apply.copies import refuse_found
from alembic_guard.apply.deployer import DeployerWait
from alembic_guard.apply.journal import Journal
from alembic_guard.apply.meanwhile import ExpectedHeads
from alembic_guard.apply.outcome import Outcome
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.record import Record
from alembic_guard.apply.statement_journal import StatementJournal
from alembic_guard.runtime.backup_sign import is_shown, shown
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import (
    as_revision,
    lineage,
    relative,
)
from alembic_guard.runtime.lock import deployer_lock

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy import Connection

    from alembic_guard.apply.whole_run import WholeRun

_HANDED_IN = (
    "the connection was handed in: no deployer lock, no transaction for each revision, nothing is "
    "committed here, and the truth is read on the same connection"
)
_IN_MEMORY = (
    "the database is in memory: no deployer lock, and the truth is read on the same connection"
)
_ONE_TRANSACTION = (
    "env.py opens its own transaction: all revisions are applied, or tried again, as a whole"
)


class DatabaseRun:
    """One ``run_migrations()`` of env.py.

    :param plain: Alembic's own ``run_migrations``.
    """

    def __init__(self, whole: WholeRun, call: Call, plain: Callable[[], None]) -> None:
        self.whole = whole
        self.call = call
        self.plain = plain
        self.direction = whole.direction
        self.database = Database(call.connection)
        whole.mask.learn_url(call.connection.engine.url)
        self.alone = call.handed_in or self.database.in_memory
        self.course = whole.course(call.number)
        self.outcome = Outcome(whole, call, self.database, self.course, alone=self.alone)
        self._attempts: Attempts | None = None

    def serve(self) -> None:
        """Plan, and apply unless only the plan was asked for or nothing is pending."""
        steps = self._steps()
        if self.course.plan is None:
            self._say(self._plan(steps), steps)
        if self.whole.plan_only or not steps:
            self._preflight(steps)
            if steps:
                self._see_to_copies(steps)
                self.whole.backups.look(self.database, self.call.heads())
            return
        self.call.settle()
        with self.call.reading() as connection:
            self.database.follow(connection)
        if not self.alone and self.course.lock is None:
            self._acquire()
            if self.call.external and set(self.outcome.recorded()) != set(self.call.heads()):
                raise WholeRunAgain(0)  # env.py's transaction has a snapshot from before the wait
            steps = self._steps()
            if not steps:
                done = self.direction.done.lower()
                self.whole.say(f"Nothing left to do: another deployer has {done} it meanwhile.")
        if steps:
            self._preflight(steps)  # under the lock: another deployer's half is no harm
            self._see_to_copies(steps)
            self._back_up()
            self.whole.before(self.call)
            self._apply(steps)
        if not self.call.external:
            self.outcome.conclude()
            self.course.release()

    def steps(self) -> Iterator[RevisionStep]:
        """For Alembic, while :meth:`serve` runs."""
        return iter(()) if self._attempts is None else self._attempts.steps()

    def _steps(self) -> list[RevisionStep]:
        script, target = self.whole.script, self.course.target
        self._expected = ExpectedHeads(self.database, self.call)
        return self.direction.steps(script, target, self._expected.heads, self.call)

    def _say(self, plan: Plan, steps: list[RevisionStep]) -> None:
        """Keep the plan, with the revision that its target means from now on, and say it."""
        script, target = self.whole.script, self.course.target
        self.course.planned(plan, self.direction.pinned(script, target, plan.current, steps))
        for line in plan.lines():
            self.whole.say(line)

    def _lineage(self) -> set[str]:
        """The revisions that the database holds."""
        return {script.revision for script in lineage(self.whole.script, self.call.heads())}

    def _preflight(self, steps: list[RevisionStep]) -> None:
        """Look at the database before anything is applied; once, however often env.py is run."""
        if self.course.allowed is None:
            pending = [as_revision(step.revision) for step in steps]
            self.course.allowed = tuple(self.whole.preflight(self.call, pending))

    def _plan(self, steps: list[RevisionStep]) -> Plan:
        return Plan(
            database=self.database.url,
            server=self.database.server,
            current=self.call.heads(),
            target=self.whole.target,
            pending=tuple(as_revision(step.revision) for step in steps),
            notes=tuple(self._notes()),
            label=self.direction.label,
        )

    def _notes(self) -> Iterator[str]:
        if self.call.absent_file is not None:
            path, name = relative(self.call.absent_file), self.direction.name
            yield f"{path} does not exist yet: the {name} makes it"
        elif self.call.handed_in:
            yield _HANDED_IN
        elif self.database.in_memory:
            yield _IN_MEMORY
        elif self.call.external:
            yield _ONE_TRANSACTION
        if self.whole.settings.statement_timeout and self.database.kind in ("sqlite", "mysql"):
            yield f"statement_timeout has no effect: {self.database.server} limits no statement"
        if self.whole.settings.cancel_blockers_after and self.database.kind != "postgresql":
            yield "cancel_blockers_after has no effect: queries are cancelled on PostgreSQL alone"

    def _back_up(self) -> None:
        """Take the backup that is asked for; other deployers see that, and go on waiting."""
        with ExitStack() as sign:
            if self.whole.settings.backup and not self.alone:
                sign.enter_context(shown(self.database, self._key))
            self.course.backup = self.whole.backups.take(self.database, self.call.heads())

    @property
    def _key(self) -> int:
        """What deployers of this history lock on."""
        context = self.call.context
        return self.database.key(context.version_table_schema, context.version_table)

    def _acquire(self) -> None:
        whole, key = self.whole, self._key
        lock = deployer_lock(self.database, key)
        if lock is None:
            whole.say(f"Note      {self.database.server} has no deployer lock here.")
            return
        identity = (self.database.file or self.database.url, lock.key)
        if identity in whole.held():
            return  # an earlier configure() of this env.py holds it until env.py commits
        self.course.identity = identity
        self.course.lock = lock  # also when it is never granted: its connection is to be closed
        DeployerWait(
            self.database,
            lock,
            wait=whole.settings.wait,
            progress_mark=self._progress,
            busy=partial(is_shown, self.database, key),
            say=whole.say,
            clock=whole.clock,
            sleep=whole.sleep,
        ).acquire()

    def _apply(self, steps: list[RevisionStep]) -> None:
        whole, script = self.whole, self.whole.script
        current = self.call.heads()
        record = Record(
            self._journal() if whole.settings.journal else None,
            self.database,
            self.call,
            shared=self.alone or self.database.is_writing(self.call.connection),
            rows=self.course.rows,
            cancelled=self.course.cancelled,
            direction=self.direction,
            book=self._book(),
        )
        self._attempts = Attempts(
            self.database,
            self.call,
            record,
            whole.settings,
            expected=self._expected,
            course=self.course,
            direction=self.direction,
            wanted=partial(whole.locks, self.call),
            mask=whole.mask,
            say=whole.say,
            sleep=whole.sleep,
        )
        self.outcome.begins(self._attempts, record)
        whole.begun(self)
        self._attempts.run(self.plain, steps, lineage(script, current))
        expected = tuple(self.call.context.get_current_heads())
        if not self.call.external:
            self.call.connection.rollback()
        self.outcome.believes(expected)

    def _see_to_copies(self, steps: list[RevisionStep]) -> None:
        """SQLite: those of a revision that the statement journal continues are in nobody's way."""
        whole, pending = self.whole, {step.revision.revision for step in steps}
        achieved = partial(self.direction.achieved, present=self._lineage())
        refuse_found(
            self.database,
            lambda asked: achieved(asked) | (asked & pending if whole.restart else set()),
            () if self._book() is None else pending,
            whole.say,
            remove=not whole.plan_only,
        )

    def _book(self) -> StatementJournal | None:
        whole = self.whole
        if self.alone or not whole.settings.journal:
            return None
        return StatementJournal(
            self._journal(),
            self.direction.name,
            restart=whole.restart,
            mask=whole.mask,
            say=whole.say,
        )

    def _journal(self) -> Journal:
        name = self.whole.settings.journal_table
        journal = Journal(self.call.context, name, self.database.user)
        journal.backup = self.course.backup
        return journal

    def _progress(self) -> object:
        def mark(connection: Connection) -> object:
            return self._journal().mark(connection)

        if not self.whole.settings.journal:
            return self.outcome.recorded()
        with self.database.beside() as side:
            return side.ask(mark)
