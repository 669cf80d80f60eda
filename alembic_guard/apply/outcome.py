"""What became of one database: what its run believes, held against what a new connection sees.

A run can end in the middle, be begun again by env.py, or be rolled back in silence; what is counted
as applied is what the database is through with. Where nobody else can see the database (a
connection handed in, one in memory), the run is believed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.history import Revision, lineage
from alembic_guard.runtime.stopped import Belief, CheckFailed, RolledBack
from alembic_guard.runtime.version_table import recorded_heads

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.apply.attempts import Attempts
    from alembic_guard.apply.course import Course
    from alembic_guard.apply.record import Record
    from alembic_guard.apply.whole_run import WholeRun
    from alembic_guard.runtime.database import Database
    from alembic_guard.runtime.environment import Call
    from alembic_guard.runtime.sqlite_copy import SqliteCopy


class Outcome:
    """What became of one database in one run of env.py.

    :param alone: whether nobody else can see the database.
    """

    def __init__(
        self, whole: WholeRun, call: Call, database: Database, course: Course, *, alone: bool
    ) -> None:
        self.whole = whole
        self.call = call
        self.database = database
        self.course = course
        self.alone = alone
        self._attempts: Attempts | None = None
        self._record: Record | None = None
        self._belief: Belief | None = None
        self._counted: set[str] = set()

    def begins(self, attempts: Attempts, record: Record) -> None:
        """The database is about to be written to."""
        self._attempts, self._record = attempts, record

    def believes(self, heads: tuple[str, ...]) -> None:
        """The run ended well, and these are the heads that it left."""
        self._belief = Belief(self.database.url, heads, ())

    def recorded(self) -> tuple[str, ...]:
        """The heads that a new connection sees."""
        context = self.call.context

        def read(connection: Connection) -> tuple[str, ...]:
            return recorded_heads(connection, context.version_table, context.version_table_schema)

        with self.database.beside() as side:
            return side.ask(read)

    def conclude(self) -> None:
        """Compare what the run believes with what a new connection sees.

        :raises RolledBack: when they differ.
        """
        belief, self._belief = self._belief, None
        if belief is None or self._attempts is None:
            return
        found = belief.expected if self.alone else self.recorded()
        if set(found) == set(belief.expected):
            self._count({applied.revision.id for applied in self._attempts.applied})
            self.course.rows.clear()
            self._look()
            return
        revisions = tuple(applied.revision for applied in self._attempts.applied)
        began = self.call.in_transaction
        raise RolledBack(
            replace(belief, found=found, began_before_configure=began, revisions=revisions)
        )

    def _look(self) -> None:
        """Read back what the run has left, beside it; nothing where nobody else could see it."""
        assert self._attempts is not None
        reached = [each.revision for each in self._attempts.reached]
        if not self.alone:
            number, after = self.call.number, self.whole.after
            with suppress(DBAPIError, OSError), self.database.beside() as side:
                side.ask(lambda connection: after(number, connection, reached))

    def trust(self) -> None:
        """env.py ended well, and the database cannot be asked: what it ran counts as applied."""
        if self._attempts is not None:
            self._count({applied.revision.id for applied in self._attempts.applied})

    def count(self) -> None:
        """Count what is in the database, however the run ended."""
        if self._attempts is not None:
            self._count(self._achieved())

    def abandon(self, *, interrupted: bool) -> None:
        """The run ended in a failure: count what the database is through with, write down the rest.

        :param interrupted: whether it was Ctrl-C, also where no revision was running.
        """
        if self._record is not None:
            achieved = self._achieved()
            self._count(achieved)
            self._record.flush(achieved, interrupted=interrupted)
            if self.changed:
                self._look()

    @property
    def on_record(self) -> bool:
        """Whether the statements of a revision that is committed in parts are journalled."""
        return self._record is not None and self._record.book is not None

    def left_behind(self) -> dict[Revision, tuple[str, ...]]:
        """The statements of revisions that are not in the database, and are committed anyway."""
        if self._attempts is None:
            return {}
        kept = self._attempts.kept.items()
        return {revision: done for revision, done in kept if revision.id not in self._counted}

    @property
    def changed(self) -> bool:
        """Whether something is in the database for good, also in the middle of the run."""
        return self._attempts is not None and self._attempts.changed

    def copy_left(self) -> SqliteCopy | None:
        """SQLite: the copy from before a revision that could not be put back."""
        return None if self._attempts is None else self._attempts.tools.copy.left

    def let_through(self) -> list[CheckFailed]:
        """Checks that said no, and were allowed to."""
        return [] if self._attempts is None else self._attempts.checks.let_through

    def _achieved(self) -> set[str]:
        """The revisions that the database is through with now, whatever the run believes."""
        assert self._attempts is not None
        applied = {applied.revision.id for applied in self._attempts.applied}
        if self.alone or not (self._attempts.reached or self.course.rows):
            return set() if self.call.handed_in else applied
        try:
            heads = self.recorded()
        except (DBAPIError, OSError):  # the server may be what failed: what was committed, stays
            return set() if self.call.external else applied
        asked = {one.revision.id for one in self._attempts.reached} | set(self.course.rows)
        present = {script.revision for script in lineage(self.whole.script, heads)}
        return self.whole.direction.achieved(asked, present)

    def _count(self, achieved: set[str]) -> None:
        if self._attempts is not None:
            new = [one for one in self._attempts.reached if one.revision.id in achieved]
            self.whole.applied += [one for one in new if one.revision.id not in self._counted]
            self._counted |= achieved
