"""Judging revisions by the rules: what they do, what the database knows, what a file lets through.

For every command that lints: ``guard-lint`` itself, ``safe-upgrade`` before it applies,
``guard-check`` for what is new. What a revision does comes from a recording or a trace; both yield
Steps. An allowance that allowed nothing, and what could not be recorded, are findings of guards.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard import guards, rules
from alembic_guard.ddl import mentions
from alembic_guard.ddl.data import ControlTransaction, Opaque
from alembic_guard.ddl.directives import read_directive
from alembic_guard.ddl.reading import ParserMissing, read_sql
from alembic_guard.ddl.script import statements
from alembic_guard.errors import WrongUsage
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.database import Database, kind_of
from alembic_guard.runtime.index_tables import tables_of_indexes
from alembic_guard.runtime.model_imports import model_imports
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.source import Allowance, IdleAllowance, allowances
from alembic_guard.runtime.step import Step
from alembic_guard.runtime.tables import known_tables
from alembic_guard.runtime.target import assumed_target, functions_of, target_of
from alembic_guard.schema import Table, Target
from alembic_guard.setting_values import ALL
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from alembic_guard.ddl.actions import Action
    from alembic_guard.runtime.environment import Call


@dataclass(frozen=True)
class Case:
    """Revisions of one database, to be judged.

    :param files: path of each revision's file, by identifier, of those whose allowances count.
    :param judged: identifiers of the revisions to judge; the others are only remembered.
    :param applied: of those, which the database has already: then it says nothing of the tables as
        they were before.
    :param together: whether they are applied in one go.
    :param fresh: whether nothing was ever applied, so that nothing is in use yet.
    :param models: what ``target_metadata`` maps; None where that is not known.
    :param only_proved: whether an error that the database does not prove is only a warning.
    """

    recording: Recording
    files: Mapping[str, Path]
    judged: frozenset[str]
    applied: frozenset[str] = frozenset()
    together: bool = True
    fresh: bool = False
    models: Mapping[str, frozenset[str]] | None = None
    only_proved: bool = False

    def weigh(self, judged: rules.Judged) -> Severity:
        """How much a finding weighs here."""
        if self.fresh:
            return Severity.NOTE
        severity = judged.finding.severity
        if self.only_proved and severity is Severity.ERROR and not judged.proved:
            return Severity.WARNING
        return severity


@dataclass(frozen=True)
class Facts:
    """What is known of a database, as far as some actions are about it."""

    target: Target
    tables: Mapping[str, Table] = field(default_factory=dict)


@dataclass
class Linter:
    """The rules of a project, and its settings.

    :param settings: with the options of the command.
    """

    settings: Settings
    own: dict[str, Any] = field(default_factory=dict)
    used: set[Allowance] = field(default_factory=set)

    def judge(
        self,
        case: Case,
        steps: Sequence[tuple[Step, Sequence[Action]]],
        ask: Callable[[Sequence[Action]], Facts],
    ) -> list[Finding]:
        """What the rules find, in the order of the steps.

        :param steps: of the recording, with what they do, as :func:`done_by` tells it.
        :param ask: what is known of the database, as far as actions are about it.
        """
        run = self._run(case, ask([each for _, done in steps for each in done]))
        listed = allowed_in(case.files)
        found = []
        for each in self.judged(steps, run):
            if each.finding.revision in (None, *case.judged):
                weighed = replace(each.finding, severity=case.weigh(each))
                found.append(self._allowed(weighed, each.step, listed))
        found += self._gaps(case)
        return found + self._idle(case, listed)

    def judged(
        self, steps: Sequence[tuple[Step, Sequence[Action]]], run: Run
    ) -> list[rules.Judged]:
        """What the rules find in the steps of a run.

        :raises WrongUsage: when a rule of the project's own raises.
        """
        try:
            return list(rules.judge(steps, run, enable=self.settings.enable, own=self.own))
        except rules.RuleFailed as failed:
            if not failed.own:
                raise
            why = "It is one of the project's own, named by the setting rules."
            raise WrongUsage.one("bad-setting", f"{failed}.", why=why) from failed

    def _run(self, case: Case, facts: Facts) -> Run:
        tables = facts.tables
        if case.applied:
            tables = {key: _only_size(table) for key, table in tables.items()}
        return Run(
            facts.target,
            tables,
            models=case.models,
            together=case.together,
            small=self.settings.small_table_rows,
            exact=case.together and not case.applied and not case.recording.gaps,
            imports={name: model_imports(case.files[name]) for name in case.judged & {*case.files}},
        )

    def _allowed(
        self, finding: Finding, step: Step | None, listed: Mapping[str, Sequence[Allowance]]
    ) -> Finding:
        places = (finding.place, step.called_from if step else None)
        for allowance in listed.get(finding.revision or "", ()):
            if allowance.reason and allowance.covers(finding, places):
                self.used.add(allowance)
                return finding.allow(allowance.reason)
        return self.allowed(finding)

    def let_through(self, findings: Iterable[Finding], case: Case) -> list[Finding]:
        """Findings of other kinds about the revisions of a case, as files and settings allow."""
        listed = allowed_in(case.files)
        return [self._allowed(each, None, listed) for each in findings]

    def allowed(self, finding: Finding) -> Finding:
        """The finding, let through where the settings do."""
        if finding.name in self.settings.allow or ALL in self.settings.allow:
            return finding.allow("--allow or the setting allow")
        return finding

    def _gaps(self, case: Case) -> list[Finding]:
        found = [
            finding
            for gap in case.recording.gaps
            if gap.revision in case.judged
            for finding in guards.judge(gap, self.settings.allow)
        ]
        return [replace(each, severity=Severity.NOTE) for each in found] if case.fresh else found

    def _idle(self, case: Case, listed: Mapping[str, Sequence[Allowance]]) -> list[Finding]:
        """The allowances that allowed nothing; nothing is known of a revision with a gap."""
        known = {*guards.names(), *rules.names(), *self.own}
        gaps = {gap.revision for gap in case.recording.gaps}
        idle = [
            IdleAllowance(each, revision, each.name in known, _nearest(each.name, known))
            for revision, found in listed.items()
            if revision in case.judged and revision not in gaps
            for each in found
            if each not in self.used and (each.name not in guards.names() or not each.reason)
        ]
        return [found for each in idle for found in guards.judge(each, self.settings.allow)]


def written_tables(kind: str) -> Callable[[str], Iterable[str]]:
    """What a recording asks of each text that it swallows: the tables that it is about."""

    def written(sql: str) -> Iterable[str]:
        return {key for action in read_text(sql, kind) for key in mentions.tables_of(action)}

    read_text("SELECT 1", kind)  # a migration that is recorded may load no library
    return written


def done_by(steps: Iterable[Step], dialect: Dialect) -> list[tuple[Step, tuple[Action, ...]]]:
    """Steps with what they do: a directive says it, or else its SQL does."""
    kind, schema = kind_of(dialect), getattr(dialect, "default_schema_name", None)

    def actions(step: Step) -> tuple[Action, ...]:
        if step.directive is not None:
            said = read_directive(step.directive, dialect, kind)
            if said is not None:
                return said
        return tuple(action for sql in step.sql for action in read_text(sql, kind, schema))

    return [(step, actions(step)) for step in steps]


def facts_of(call: Call, settings: Settings, actions: Sequence[Action]) -> Facts:
    """Ask a database about what actions are about; assume where there is none to ask."""
    if not call.online:
        return assumed(call.context.dialect, settings)
    keys = {key for action in actions for key in mentions.tables_of(action)}
    indexes = {key for action in actions for key in mentions.indexes_of(action)}
    names = {name for action in actions for name in mentions.functions_of(action)}
    with call.reading() as connection:
        target = target_of(Database(connection), connection)
        keys |= tables_of_indexes(connection, indexes)
        tables = known_tables(connection, keys) if keys else {}
        if names:
            target = replace(target, functions=functions_of(connection, names))
    return Facts(target, tables)


def assumed(dialect: Dialect, settings: Settings) -> Facts:
    """What is assumed of a database that nobody asks."""
    return Facts(assumed_target(kind_of(dialect), version_of(settings.server_version)))


def allowed_in(files: Mapping[str, Path]) -> dict[str, tuple[Allowance, ...]]:
    """What each revision's file lets through, by revision."""
    found = {revision: allowances(path) for revision, path in files.items()}
    return {revision: listed for revision, listed in found.items() if listed}


def read_text(sql: str, kind: str, schema: str | None = None) -> tuple[Action, ...]:
    """What a text of SQL does; opaque where its parser is not installed."""
    try:
        return read_sql(sql, kind, schema)
    except ParserMissing as missing:
        return (Opaque("SQL", str(missing)),)


def version_of(text: str) -> tuple[int, ...]:
    """``15.2`` as numbers; empty for no text."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _only_size(table: Table) -> Table:
    return Table(table.key, rows=table.rows, bytes=table.bytes, partitioned=table.partitioned)


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


def judge_sql(
    text: str, path: str, kind: str, settings: Settings, own: Mapping[str, Any] | None = None
) -> list[Finding]:
    """What the rules find in plain SQL, as ``psql -f`` and its like run it: each statement commits
    by itself, unless the file says BEGIN.

    :param path: of the file, for the place of each finding; :param kind: of database.
    :param own: the project's own rules, by name.
    """
    steps: list[tuple[Step, tuple[Action, ...]]] = []
    begun, transaction = 0, None
    for statement, line in _statements(text, kind):
        actions = read_text(statement, kind)
        verbs = {each.verb for each in actions if isinstance(each, ControlTransaction)}
        if transaction is None and verbs & _BEGINS:
            begun += 1
            transaction = begun
        steps.append((Step(None, (statement,), Place(path, line), transaction, ""), actions))
        if verbs & _ENDS:
            transaction = None
    target = assumed_target(kind, version_of(settings.server_version))
    run = Run(target, together=False, small=settings.small_table_rows)
    linter = Linter(settings, dict(own or {}))
    return [linter.allowed(each.finding) for each in linter.judged(steps, run)]


_BEGINS = {"BEGIN", "START TRANSACTION"}
_ENDS = {"COMMIT", "END", "ROLLBACK", "PREPARE TRANSACTION"}


def _statements(text: str, kind: str) -> list[tuple[str, int]]:
    try:
        return list(statements(text, kind))
    except ParserMissing:  # which a finding says
        return [(text, 1)]
