"""A statement that was running when a process died: asks the database whether it was done.

It is waited for where the server still runs it, and what is left of an index that a killed
``CREATE INDEX CONCURRENTLY`` of this revision was building is dropped, to be built again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic_guard.apply.ledger_rows import LedgerRows
from alembic_guard.apply.statement_journal import Entry
from alembic_guard.runtime.doubt import Verdict, elsewhere, index_of, verdict
from alembic_guard.runtime.executed import Executed
from alembic_guard.runtime.history import as_revision
from alembic_guard.runtime.stopped import LockNotGranted

if TYPE_CHECKING:
    from alembic.script import Script

_POLL = 0.2
"""Seconds between two looks at a statement that the server is still running."""
_STILL_RUNS = "the server still runs the last statement of the run before"


@dataclass(frozen=True)
class InDoubt:
    """Asks about statements in doubt.

    :param say: takes a line for people; :param patience: seconds to wait for the server.
    """

    rows: LedgerRows
    say: Callable[[str], None]
    sleep: Callable[[float], None]
    patience: float

    def verdict(self, entry: Entry, one: Executed, script: Script) -> Verdict:
        """Whether a statement was done.

        :raises LockNotGranted: when the server did not come to its end in time.
        """
        self._wait(one, script)
        database, connection = self.rows.database, self.rows.connection
        return verdict(database.kind, connection, one.statement, entry.state)

    def clear(self, one: Executed, script: Script) -> None:
        """Drop an index that was left invalid, if the statement builds one."""
        index = index_of(self.rows.connection, one.statement)
        if index is not None:
            self.rows.raw(f"DROP INDEX CONCURRENTLY {index.name}")
            self.say(
                f"Resuming  {script.revision}: {index.name} was left invalid; "
                "dropped, and built again"
            )

    def _wait(self, one: Executed, script: Script) -> None:
        """A server notices only between statements that its client is gone."""
        database, connection = self.rows.database, self.rows.connection
        waited, said = 0.0, False
        while elsewhere(database.kind, connection, one.statement):
            if not said:
                said = True
                self.say(f"Waiting   {script.revision}: {_STILL_RUNS}.")
            if waited >= self.patience:
                revision = as_revision(script)
                raise LockNotGranted(
                    _STILL_RUNS, revision=revision, tries=1, waited=waited, blockers=()
                )
            self.sleep(_POLL)
            waited += _POLL
