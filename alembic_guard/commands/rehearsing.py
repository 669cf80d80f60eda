"""``safe-upgrade --rehearse``: the same upgrade on a scratch database, and back, and up again.

Nothing is written in the database that env.py configures: no journal row, no lock of ours, no
transaction that stays open. The scratch database is dropped on every way out.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from alembic_guard import guards
from alembic_guard.apply.checks import Checks
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.rehearsal import Rehearsal, Stage, rehearse
from alembic_guard.commands.lint_cases import case_of
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.linting import Facts, Linter, done_by, facts_of, written_tables
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.commands.preflight import Preflight
from alembic_guard.commands.rehearsing_rows import Row, rows_of
from alembic_guard.commands.rehearsing_table import lines
from alembic_guard.commands.safe_upgrade import Upgraded
from alembic_guard.commands.scratching import scratch_of
from alembic_guard.commands.selecting import Selection
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import masked_finding
from alembic_guard.rules._run import Run
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.history import as_revision, upgrade_steps
from alembic_guard.runtime.loggers import quiet_loggers
from alembic_guard.runtime.no_scratch import NoScratch
from alembic_guard.runtime.ours import defects_as_they_are, ours
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.stopped import CheckFailed, Interrupted
from alembic_guard.runtime.tables import known_tables
from alembic_guard.runtime.tracing import trace_as_far
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory
    from sqlalchemy import Engine

    from alembic_guard.ddl.actions import Action

_EMPTY = "the scratch database has the schema, not the rows: its times say nothing of live tables"
_COPY = "the scratch database is a copy of the file, with its rows"
_UNCHECKED = "precheck() and postcheck() were not run: there are no rows to check"


def rehearsed(
    config: Config,
    script: ScriptDirectory,
    target: str,
    settings: Settings,
    mask: Mask,
    say: Callable[[str], None],
    options: dict[str, Any],
    data: dict[str, Any],
) -> Upgraded:
    """A rehearsal, as the result of an upgrade that applied nothing.

    :param data: of the report; it is filled however the rehearsal ends.
    :raises Refused: when the upgrade would be refused, or did not run through.
    """
    rehearsing = Rehearsing(config, script, target, settings, mask, say, options)
    try:
        rehearsing.run()
    finally:
        findings = tuple(masked_finding(each, mask) for each in rehearsing.findings)
        rows = tuple(rehearsing.rows)
        upgraded = Upgraded(tuple(rehearsing.plans), (), findings, rehearsal=rows)
        data.update(upgraded.as_json())
    return upgraded


@dataclass
class Rehearsing:
    """A rehearsal of everything that one env.py configures.

    :param target: as ``alembic upgrade`` takes it.
    :param say: takes a line for people.
    :param options: env.py's own arguments, such as ``tag``.
    :param plans: one for each database; :param rows: the statements of all of them.
    """

    config: Config
    script: ScriptDirectory
    target: str
    settings: Settings
    mask: Mask
    say: Callable[[str], None]
    options: dict[str, Any] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> None:
        """Rehearse.

        :raises Refused: when the upgrade would be refused, or did not run through.
        :raises Interrupted: for Ctrl-C.
        """
        self.mask.learn_from(self.settings.shadow_url)
        self.mask.learn_from(self.settings.dev_url)
        served: list[Call] = []

        def migrating(call: Call, _plain: Callable[[], None]) -> None:
            served.append(call)
            with ours():
                self._serve(call)

        try:
            with defects_as_they_are():
                run_environment(
                    self.config,
                    self.script,
                    lambda *_: (),
                    migrating=migrating,
                    read_only=True,
                    destination_rev=self.target,
                    **self.options,
                )
        except (KeyboardInterrupt, CancelledError):
            raise Interrupted("interrupted") from None
        if not served:
            raise NoMigrationsRun(self.script.env_py_location, self.config)
        if any(finding.refuses for finding in self.findings):
            told, _ = without_notes(self.findings)
            raise Refused(sorted(told, key=lambda each: not each.refuses))

    def _serve(self, call: Call) -> None:
        self.mask.learn_url(call.connection.engine.url)
        steps = upgrade_steps(self.script, self.target, call.heads(), call)
        pending = [step.revision for step in steps]
        database = Database(call.connection)
        plan = Plan(
            database=database.url,
            server=database.server,
            current=call.heads(),
            target=self.target,
            pending=tuple(map(as_revision, pending)),
        )
        self.plans.append(plan)
        for line in plan.lines():
            self.say(line)
        self._preflight(call, plan)
        if pending:
            self._rehearse(call, database, pending)

    def _preflight(self, call: Call, plan: Plan) -> None:
        """Ask the database what is asked before an upgrade; the rules judge what was traced."""
        asked = Preflight(self.config, self.script, replace(self.settings, lint_on_upgrade="off"))
        asked(call, plan.pending)
        self.findings += [each for each in asked.findings if each not in self.findings]

    def _rehearse(self, call: Call, database: Database, pending: Sequence[Script]) -> None:
        copied = database.kind == "sqlite"
        checks = Checks(self.settings.allow, self.mask)
        stage_of = partial(self._stage, call, written_tables(database.kind))
        with self._scratch(call) as engine:
            found = rehearse(
                stage_of(engine),
                pending,
                self.mask,
                checks.run if copied else None,
                round_trip=not self.settings.forward_only,
            )
        with quiet_loggers():
            rows, judged = self._judged(call, pending, found)
        self.rows += [{"database": database.url, **row.as_json()} for row in rows]
        self.findings += [*self._of_guards(found, checks.let_through), *judged]
        notes = [_COPY if copied else _EMPTY, *found.notes]
        if not copied and any(_has_checks(each) for each in pending):
            notes.append(_UNCHECKED)
        for line in (
            *lines([row.as_json() for row in rows]),
            *(f"Note      {one}" for one in notes),
        ):
            self.say(line)

    @contextmanager
    def _scratch(self, call: Call) -> Iterator[Engine]:
        try:
            with scratch_of(call, self.script, self.settings, self.say) as engine:
                yield engine
        except NoScratch as event:
            event.rehearsal = True
            raise Refused(guards.judge(event)) from event

    def _stage(self, call: Call, touched: Any, engine: Engine) -> Stage:
        run = partial(
            trace_as_far,
            call,
            self.script,
            engine=engine,
            keywords=call.keywords,
            each_in_its_own=True,
            touched=touched,
        )
        return Stage(
            lambda revisions, around: run(revisions, around=around),
            lambda revisions, around: run(revisions, around=around, upgrade=False),
        )

    def _judged(
        self, call: Call, pending: Sequence[Script], found: Rehearsal
    ) -> tuple[list[Row], list[Finding]]:
        """The rows, and what the rules say of them; nothing where they are switched off."""
        dialect, recording = call.context.dialect, found.recording
        selection = Selection(tuple(pending), frozenset(each.revision for each in pending))
        off = self.settings.lint_on_upgrade == "off"
        proved = self.settings.lint_on_upgrade != "error"
        case = case_of(call, selection, recording, only_proved=proved)
        linter = Linter(self.settings, own_rules(self.settings))
        asked: list[Facts] = []

        def ask(actions: Sequence[Action]) -> Facts:
            asked.append(_facts(call, self.settings, actions, recording))
            return asked[-1]

        done = done_by(recording.steps, dialect)
        judged = [] if off else linter.judge(case, done, ask)
        trip = [finding for each in found.seen for finding in guards.judge(each)]
        facts = asked[-1] if asked else ask([each for _, actions in done for each in actions])
        run = Run(facts.target, facts.tables, small=self.settings.small_table_rows)
        rows = list(rows_of(done, run, judged))
        return rows, [*linter.let_through(trip, case), *judged]

    def _of_guards(self, found: Rehearsal, let_through: Sequence[CheckFailed]) -> list[Finding]:
        stopped = [] if found.stopped is None else guards.judge(found.stopped)
        allowed = [each for one in let_through for each in guards.judge(one, self.settings.allow)]
        return [*stopped, *allowed]


def _facts(
    call: Call, settings: Settings, actions: Sequence[Action], recording: Recording
) -> Facts:
    """What the live database knows of what is mentioned, and of what was seen locked."""
    facts = facts_of(call, settings, actions)
    measured = [step.measured for step in recording.steps if step.measured is not None]
    seen = {key for each in measured for key in (*each.locks, *each.rewrites, *each.scans)}
    with call.reading() as connection:
        more = known_tables(connection, sorted(seen - facts.tables.keys()))
    return replace(facts, tables={**facts.tables, **more})


def _has_checks(script: Script) -> bool:
    return any(hasattr(script.module, name) for name in ("precheck", "postcheck"))
