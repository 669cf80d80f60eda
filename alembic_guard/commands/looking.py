"""What is seen of one database that env.py configures: connection, models, history.

Everything is read on the migration connection, in transactions that are ended again, and each
question is asked only where the answers before it leave it a meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.column_order import reordered_in
from alembic_guard.autogenerate.unmanaged import unmanaged_in
from alembic_guard.commands.drafting import loaded_metadata
from alembic_guard.commands.drift import drift_of
from alembic_guard.commands.preflight import connection_facts, history_facts
from alembic_guard.commands.standing import missing_tables, unrecorded_tables
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import (
    as_revision,
    counted,
    heads,
    relative,
    shown,
    upgrade_steps,
)
from alembic_guard.runtime.missing import unknown_revisions
from alembic_guard.runtime.observation import live_columns, observe
from alembic_guard.runtime.version_column import version_column

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.commands.examining import Examination
    from alembic_guard.guards._subjects import UnrecordedTables
    from alembic_guard.runtime.history import Revision
    from alembic_guard.runtime.observation import Observation


class Look:
    """What is seen of one database that env.py configures."""

    def __init__(self, examination: Examination, script: ScriptDirectory, call: Call) -> None:
        self.examination = examination
        self.script = script
        self.call = call
        self.database = Database(call.connection)
        self._observation: Observation | None = None
        examination.mask.learn_url(call.connection.engine.url)

    @property
    def never_committed(self) -> bool:
        """Whether env.py left a transaction of its own without a commit; known at its end."""
        call = self.call
        return call.in_transaction and not call.handed_in and not call.committed

    def run(self) -> None:
        """Check what belongs to a database, in order."""
        check = self.examination.check
        with check("URL") as facts:
            facts.append(self.database.url)
        with check("driver") as facts:
            facts.append(self.database.driver)
        with check("server") as facts:
            facts.append(self.database.server)
            self.examination.judge(connection_facts(self.call))
            if self.call.absent_file is not None:
                facts.append(f"{relative(self.call.absent_file)} does not exist yet")
        if self.examination.history is None:
            for name in ("metadata", "history"):
                self.examination.skip(name, "the revision files cannot be loaded")
            return
        with check("metadata") as facts:
            facts += self._metadata()
        with check("history") as facts:
            facts += self._history()
        if self.examination.drift and self._comparable:
            with check("drift") as facts:
                facts += self._drift()

    def _metadata(self) -> Iterator[str]:
        examination, connection = self.examination, self.call.connection
        recorded = self.call.heads()
        with self.call.reading():
            journal = examination.settings.journal_table
            observation = observe(self.call.context, recorded, journal)
            columns = partial(live_columns, connection)
            loaded = loaded_metadata(
                examination.config,
                self.script,
                observation,
                columns,
                autogenerate=False,
                in_the_way=self._in_the_way is not None,
            )
        judged = len(examination.findings)
        examination.judge(loaded)
        refused = any(each.refuses for each in examination.findings[judged:])
        if loaded.tables and not refused:
            self._observation = observation
        if not loaded.live:  # as before an upgrade
            examination.judge(missing_tables(self.script, self.call))
        yield f"{counted(len(loaded.tables), 'table')} in the models"
        yield f"{len(loaded.live)} in the database"

    @property
    def _comparable(self) -> bool:
        """Whether the models can be compared: they are loaded, and the database is at head."""
        seen = self._observation
        every = {revision.revision for revision in heads(self.script)}
        return seen is not None and bool(every) and set(seen.recorded) == every

    def _drift(self) -> Iterator[str]:
        examination, seen = self.examination, self._observation
        assert seen is not None
        with self.call.reading():
            drift, uncompared = drift_of(examination.config, self.script, seen, self.call.context)
        examination.judge(drift)
        if uncompared is not None:
            examination.judge(uncompared)
        unmanaged = unmanaged_in(self.call.context.opts, examination.settings.allow)
        examination.judge(unmanaged, notes=True)
        if examination.notes:
            examination.judge(reordered_in(self.call.context.opts))
        yield f"{counted(len(drift.changes), 'difference')} between models and database"

    def _history(self) -> Iterator[str]:
        recorded = self.call.heads()
        self.examination.databases.append(
            {"database": self.database.url, "current": list(recorded)}
        )
        yield f"at {shown(recorded)}" if recorded else "no revision recorded"
        script, examination = self.script, self.examination
        unknown_revisions(script, recorded, self.call)
        pending = self._pending()
        yield f"{counted(len(pending), 'revision')} behind" if pending else "nothing pending"
        examination.judge(history_facts(self.call, script, examination.settings))
        examination.judge(self._in_the_way)
        with self.call.reading():
            examination.judge(version_column(self.call.context, pending))

    def _pending(self) -> list[Revision]:
        steps = upgrade_steps(self.script, "heads", self.call.heads(), self.call)
        return [as_revision(step.revision) for step in steps]

    @cached_property
    def _in_the_way(self) -> UnrecordedTables | None:
        if self.call.heads():
            return None  # what is recorded may be unknown, and has no way from here
        config = self.examination.config
        return unrecorded_tables(config, self.script, self.call, self._pending())
