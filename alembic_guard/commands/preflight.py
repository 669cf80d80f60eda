"""What a database is asked before anything is applied to it; the doctor and the check ask the same.

Each question is one or two queries on the migration connection, in a transaction that is ended
again: nothing is written and no lock is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from alembic_guard import guards
from alembic_guard.apply.journal import Journal
from alembic_guard.commands.busy_tables import busy_tables
from alembic_guard.commands.half_done import half_done
from alembic_guard.commands.left_indexes import left_before
from alembic_guard.commands.standing import missing_tables, unrecorded_tables
from alembic_guard.ddl.lock_request import Transactions
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.git import uncommitted, uncommitted_revisions
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.live import LiveConnection, live_connection
from alembic_guard.runtime.own_tables import own_tables
from alembic_guard.runtime.recorded import RecordedHistory, recorded_history
from alembic_guard.runtime.table_names import table_keys
from alembic_guard.runtime.version_column import version_column
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection, Table

    from alembic_guard.commands.room_needed import Needs


@dataclass
class Preflight:
    """The guards of what is asked, for one upgrade of any number of databases.

    :param findings: what was seen, of all databases; each thing once.
    :param asks: yields what is judged, instead of :func:`subjects`.
    :param upgrade: False where ``downgrade()`` is what will run.
    """

    config: Config
    script: ScriptDirectory
    settings: Settings
    findings: list[Finding] = field(default_factory=list)
    asks: Callable[..., Iterator[Any]] | None = None
    upgrade: bool = True
    _locks: dict[tuple[int, str], Transactions] = field(default_factory=dict)
    _needs: Needs = field(default_factory=dict)

    def __call__(self, call: Call, pending: Sequence[Revision]) -> tuple[str, ...]:
        """Judge one database.

        :returns: the names of guards that were let through.
        :raises Refused: by the first question whose answer refuses, with all that was found; what
            refuses comes first.
        """
        allowed: dict[str, None] = {}
        asks = self.asks or subjects
        for subject in asks(self.config, self.script, self.settings, call, pending):
            found = guards.judge(subject, self.settings.allow)
            self._keep(found)
            allowed.update((each.name, None) for each in found if each.allowed)
            if any(each.refuses for each in found):
                raise Refused(sorted(self.findings, key=lambda each: not each.refuses))
        # judged before they were begun
        begun = half_done(call, self.settings, pending, upgrade=self.upgrade)
        whole = [each for each in pending if each.id not in begun]
        allowed.update((each, None) for each in self.lint(call, whole))
        allowed.update((each, None) for each in self._fits(call))
        allowed.update((each, None) for each in self._busy(call, pending))
        return tuple(allowed)

    def locks(self, call: Call, revision: Revision) -> Transactions:
        """What each transaction of a revision locks; nothing where that is not known."""
        return self._locks.get((call.number, revision.id), ())

    def lint(self, call: Call, pending: Sequence[Revision]) -> list[str]:
        """Judge what is pending by the rules; the names of those that were let through."""
        if not pending or self.settings.lint_on_upgrade == "off":
            return []
        from alembic_guard.commands.lint_before import lint_before  # rules cost 40 ms

        names = [each.id for each in pending]
        judged = lint_before(call, self.script, self.settings, names, upgrade=self.upgrade)
        self._locks.update({(call.number, name): found for name, found in judged.locks.items()})
        self._needs = judged.needs
        self._keep(judged.findings)
        if any(each.refuses for each in judged.findings):
            raise Refused(sorted(self.findings, key=lambda each: not each.refuses))
        return [each.name for each in judged.findings if each.allowed]

    def _keep(self, found: Sequence[Finding]) -> None:
        """Each thing once; there may be thousands."""
        self.findings[:] = dict.fromkeys((*self.findings, *found))

    def _fits(self, call: Call) -> list[str]:
        """Judge whether the disk has the room that is needed."""
        from alembic_guard.commands.room_needed import shortages  # with the rules, as above

        needs, self._needs = self._needs, {}
        short = shortages(call, needs) if needs else ()
        found = [each for one in short for each in guards.judge(one, self.settings.allow)]
        self.findings += [each for each in found if each not in self.findings]
        if any(each.refuses for each in found):
            raise Refused(sorted(self.findings, key=lambda each: not each.refuses))
        return [each.name for each in found if each.allowed]

    def _busy(self, call: Call, pending: Sequence[Revision]) -> list[str]:
        """Judge who works with the tables that are about to be locked."""
        wanted = {each.id: self.locks(call, each) for each in pending}
        found = guards.judge(busy_tables(call, wanted), self.settings.allow)
        self._keep(found)
        return [each.name for each in found if each.allowed]


def connection_facts(call: Call) -> LiveConnection:
    """What the connection may do."""
    with call.reading() as connection:
        return live_connection(Database(connection), connection)


def history_facts(call: Call, script: ScriptDirectory, settings: Settings) -> RecordedHistory:
    """What the database recorded, held against the files; needs a file for each of its heads.

    Nothing where the role may not read the journal: one that only looks needs no right to it.
    """
    try:
        journal = Journal(call.context, settings.journal_table)
        with call.reading() as connection:
            rows = journal.checksums(connection) if _may_read(connection, journal.table) else {}
    except DBAPIError as error:
        from alembic_guard.runtime.failure_kinds import kind_of

        if kind_of(error) != "table-not-readable":
            raise
        rows = {}
    with call.reading():
        found = recorded_history(call.context, script, rows, frozen=settings.frozen)
    states = uncommitted(Path(each.revision.path) for each in found.edited)
    modified = {str(path) for path, state in states.items() if state == "modified"}
    edited = (replace(each, modified=each.revision.path in modified) for each in found.edited)
    return replace(found, edited=tuple(edited))


def _may_read(connection: Connection, table: Table) -> bool:
    """Asked on PostgreSQL alone: there a transaction does not survive a refusal."""
    if connection.dialect.name != "postgresql":
        return True
    place = connection.dialect.identifier_preparer.format_table(table)
    return (
        connection.scalar(select(func.has_table_privilege(func.to_regclass(place), "SELECT")))
        is not False
    )


def subjects(
    config: Config,
    script: ScriptDirectory,
    settings: Settings,
    call: Call,
    pending: Sequence[Revision],
) -> Iterator[Any]:
    """What the guards judge before the pending revisions are applied, in this order.

    :param pending: in the order of application; none where the database is at its target.
    """
    if pending:
        yield connection_facts(call)
        found = unrecorded_tables(config, script, call, pending)
        if found is not None and found.revision.id not in half_done(call, settings, pending):
            yield found
    elif _is_bare(call, settings):
        yield missing_tables(script, call)
    yield history_facts(call, script, settings)
    if not pending:
        return
    with call.reading():
        yield version_column(call.context, pending)
    yield uncommitted_revisions([each.path for each in pending], settings.require_committed)
    yield left_before(call, script, settings, pending)


def _is_bare(call: Call, settings: Settings) -> bool:
    """Whether there is no table but Alembic's and ours."""
    with call.reading() as connection:
        names = {key.rpartition(".")[2] for key in table_keys(connection)}
    return names <= {call.context.version_table, *own_tables(settings.journal_table)}
