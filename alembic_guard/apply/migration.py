"""One revision, inside its transaction: what stands around its ``upgrade()``.

In this order: the version table is read again, ``precheck(connection)``, the locks on its tables,
``upgrade()``, the journal's row, ``postcheck(connection)``, the row of the next revision.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from alembic_guard.apply.checks import Checks
from alembic_guard.apply.course import Course
from alembic_guard.apply.direction import Direction
from alembic_guard.apply.instruments import Instruments
from alembic_guard.apply.meanwhile import ExpectedHeads
from alembic_guard.apply.record import Record
from alembic_guard.apply.replaying import replaying
from alembic_guard.runtime.history import as_revision

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import Script
    from sqlalchemy import Connection


class GuardedMigration:
    """What Alembic calls in place of a revision's own ``upgrade()`` or ``downgrade()``.

    :param expected: what the version table held when the steps were chosen.
    :param milliseconds: since the revision began.
    """

    def __init__(
        self,
        connection: Connection,
        record: Record,
        *,
        expected: ExpectedHeads,
        course: Course,
        direction: Direction,
        checks: Checks,
        instruments: Instruments,
        milliseconds: Callable[[], int],
    ) -> None:
        self.connection = connection
        self.record = record
        self.expected = expected
        self.course = course
        self.direction = direction
        self.checks = checks
        self.instruments = instruments
        self.milliseconds = milliseconds

    def around(self, step: RevisionStep) -> None:
        """Stand around a step from now on."""
        plain = step.migration_fn

        @wraps(plain)  # Alembic logs its name
        def migrate(**keywords: Any) -> None:
            self._migrate(step.revision, plain, keywords)

        step.migration_fn = migrate

    def _migrate(self, script: Script, plain: Callable[..., Any], keywords: dict[str, Any]) -> None:
        self.expected.check(as_revision(script))
        statements, ledger = self.instruments.statements, self.instruments.ledger
        allowed = [*(self.course.allowed or ())]
        self.checks.said = said = self.record.said[script.revision] = []
        with statements.recording():
            if ledger is None or not ledger.resuming:  # it said yes to what is half done now
                allowed += self._check("precheck", script)
        with self.instruments.tables.taken(), statements.recording(), statements.keeping(ledger):
            with replaying(ledger):
                plain(**keywords)
            if ledger is not None:
                ledger.finished()
        self._applied(script, allowed)
        before = len(said)
        with statements.recording():
            allowed += self._check("postcheck", script)
        if len(said) > before:
            self._applied(script, allowed)
        self.record.ahead(script.revision)

    def _check(self, name: str, script: Script) -> list[str]:
        return self.checks.run(name, script, self.connection) if self.direction.checked else []

    def _applied(self, script: Script, allowed: list[str]) -> None:
        tries = self.course.policy.tries + 1
        self.record.applied(script.revision, self.milliseconds(), tries, allowed)
