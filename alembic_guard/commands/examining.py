"""Looks at a project from the outside in: what ``guard-doctor`` says and ``guard-check`` judges.

An :class:`Examination` is a sequence of checks, each with the facts that it found and a finding for
each harm. It stops only where going on is impossible: without a configuration there is nothing to
run, without a connection there is no database, and the revision files are looked at all the same.
It changes nothing, on disk or in a database; not even ``alembic_version`` is made.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alembic
import sqlalchemy
from sqlalchemy import URL
from sqlalchemy.exc import NoSuchModuleError

from alembic_guard import __version__, guards
from alembic_guard.commands.looking import Look
from alembic_guard.commands.refusing import EVENTS
from alembic_guard.commands.standing import code_places
from alembic_guard.errors import GuardError, WrongUsage
from alembic_guard.finding import Finding, Severity
from alembic_guard.guards._subjects import NeverCommitted
from alembic_guard.masking import Mask
from alembic_guard.runtime.configuration_text import configuration_text
from alembic_guard.runtime.connect_deadline import connect_deadline
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failed_url import masked
from alembic_guard.runtime.failure import EnvironmentFailed, NoMigrationsRun
from alembic_guard.runtime.git import uncommitted_revisions
from alembic_guard.runtime.git_join import joined_texts
from alembic_guard.runtime.heads import version_locations
from alembic_guard.runtime.heads_file import heads_files
from alembic_guard.runtime.history import counted, heads, load, open_script, relative, shown
from alembic_guard.runtime.in_process import in_process
from alembic_guard.runtime.installation import installation
from alembic_guard.runtime.loaded_files import loaded_files
from alembic_guard.runtime.loggers import quiet_loggers
from alembic_guard.runtime.migration_url import leading_to
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_folder import read_revision_files
from alembic_guard.runtime.template import template_failure
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

_DEADLINE = 10
"""Seconds for connecting to a server."""

OK, SKIPPED = "ok", "skipped"

_WHERE_IT_FAILS = {
    "no-database-url": "URL",
    "bad-database-url": "URL",
    "missing-driver": "driver",
    "async-driver-in-sync-env": "driver",
    "database-unreachable": "server",
    "table-not-readable": "history",
}
"""The check in which a failure of env.py shows; all others are env.py's own."""

_OF_A_DATABASE = ("URL", "driver", "server", "metadata", "history")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    :param outcome: ``ok``, ``note``, ``warning``, ``error`` or ``skipped``.
    :param facts: what was found, for people.
    """

    name: str
    outcome: str
    facts: str

    def as_json(self) -> dict[str, str]:
        """For a report's ``data``."""
        return {"name": self.name, "outcome": self.outcome, "facts": self.facts}


@dataclass
class Examination:
    """One look at one project.

    :param say: takes each check as soon as it is done: the next one may take long.
    :param with_database: whether to run env.py, which connects.
    :param against: a branch or commit of git, whose revision files are joined with those at hand.
    :param notes: whether to say what is only worth knowing.
    :param migration_url: of the server itself, instead of the setting.
    :param drift: whether to compare the models with the databases that are at head.
    """

    config: Config
    mask: Mask
    allow: Sequence[str] = ()
    say: Callable[[Check], None] = lambda check: None
    with_database: bool = True
    against: str | None = None
    notes: bool = True
    migration_url: str | None = None
    drift: bool = False
    checks: list[Check] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    databases: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""
    """What could not be known of the branch that the files were joined with."""
    revisions: int = 0
    heads: tuple[str, ...] = ()
    history: tuple[Script, ...] | None = None
    """Every revision that could be loaded; None when the files make no history."""

    def run(self) -> None:
        """Look at everything.

        :raises WrongUsage: for settings that cannot be read, or a branch that git does not know.
        """
        self.settings = Settings.load(self.config).override(
            allow=tuple(self.allow), migration_url=self.migration_url
        )
        if (script := self._configuration()) is not None:
            self._revision_files(script)
            if self.with_database:
                self._environment(script)
        self._versions()

    def judge(self, subject: Any, *, notes: bool = False) -> None:
        """Keep what the guards say of a subject, each thing once.

        :param notes: whether to keep what is only worth knowing, also where notes are left out.
        """
        for finding in guards.judge(subject, self.settings.allow):
            wanted = notes or self.notes or finding.severity is not Severity.NOTE
            if wanted and finding not in self.findings:
                self.findings.append(finding)

    @contextmanager
    def check(self, name: str) -> Iterator[list[str]]:
        """One check: takes facts, and what stops it is judged."""
        before, facts = len(self.findings), list[str]()
        try:
            yield facts
        except EVENTS as event:
            self._stopped(event)
        self._done(name, before, facts)

    def _stopped(self, event: Exception) -> None:
        """What stopped a check: a refusal brings its findings, of all else the guards speak."""
        if isinstance(event, WrongUsage):
            raise event
        if isinstance(event, GuardError):
            self.findings += event.findings
        else:
            self.judge(event)

    def skip(self, name: str, why: str) -> None:
        """A check that cannot be made."""
        self._add(Check(name, SKIPPED, why))

    def _done(self, name: str, before: int, facts: Sequence[str]) -> None:
        """A check is over; what was found since ``before`` is its outcome."""
        found = [finding for finding in self.findings[before:] if finding.allowed is None]
        severities = {finding.severity for finding in found}
        outcome = next((each.value for each in Severity if each in severities), OK)
        names = dict.fromkeys(finding.name for finding in found)
        self._add(Check(name, outcome, self.mask(", ".join([*facts, *names]))))

    def _add(self, check: Check) -> None:
        self.checks.append(check)
        self.say(check)

    def _configuration(self) -> ScriptDirectory | None:
        script = None
        with self.check("configuration") as facts:
            script = open_script(self.config)
            files = (self.config.config_file_name, self.config.toml_file_name)
            facts += [relative(name) for name in files if name and Path(name).exists()]
            facts.append(f"script location {relative(script.dir)}")
            self.judge(configuration_text(self.config, script.env_py_location))
            self.judge(template_failure(script))
            if self.notes:  # it says nothing else, and reads the whole project for it
                self.judge(in_process(script.env_py_location, *code_places(self.config, script)))
        return script

    def _revision_files(self, script: ScriptDirectory) -> None:
        with self.check("revision files") as facts:
            try:
                self.history = load(script)
            finally:  # where it cannot be loaded, the files themselves tell why, first
                files = self._files(script)
                self.judge(files)
            paths = [each.path for each in self.history]
            self.judge(uncommitted_revisions(paths, self.settings.require_committed))
            for file in heads_files(script) if self.settings.heads_file else ():
                self.judge(file)
            if self.against is None:
                self.revisions = len(self.history)
                self.heads = tuple(revision.revision for revision in heads(script))
            else:
                self.revisions = len(files.by_id)
                self.heads = tuple(file.revision for file in files.heads if file.revision)
            if self.revisions:
                facts.append(counted(self.revisions, "revision"))
                facts.append(f"{counted(len(self.heads), 'head')}: {shown(self.heads, 'none')}")
            else:
                facts.append("no revisions yet")

    def _files(self, script: ScriptDirectory) -> RevisionFiles:
        """The files at hand, or those that a merge would leave."""
        if self.against is None:
            return loaded_files(script) if self.history else read_revision_files(script)
        locations = version_locations(script)
        joined = joined_texts(self.against, locations, script.recursive_version_locations)
        self.note = joined.note
        files = RevisionFiles.from_texts(joined.texts, locations)
        return replace(files, against=self.against, absent=joined.absent)

    def _environment(self, script: ScriptDirectory) -> None:
        env_py, before = relative(script.env_py_location), len(self.findings)
        looks: list[Look] = []

        def migrating(call: Call, _plain: Callable[[], None]) -> None:
            if not looks:
                self._done("env.py", before, [env_py])
            looks.append(Look(self, script, call))
            looks[-1].run()

        try:
            with (
                quiet_loggers(),
                connect_deadline(_DEADLINE),
                leading_to(self.settings.migration_url, self.mask) as lead,
            ):
                run_environment(
                    self.config,
                    script,
                    lambda *_: (),
                    migrating=migrating,
                    read_only=True,
                    lead=lead,
                )
            if not looks:
                raise NoMigrationsRun(script.env_py_location, self.config)
            if any(look.never_committed for look in looks):
                self.judge(NeverCommitted(script.env_py_location))
                self._done("env.py", before, [env_py])
        except EnvironmentFailed as failed:
            self._failed(failed, env_py, looked=bool(looks))
        except EVENTS as event:
            self._stopped(event)
            self._done("env.py", before, [env_py])

    def _failed(self, failed: EnvironmentFailed, env_py: str, *, looked: bool) -> None:
        before, name = len(self.findings), _WHERE_IT_FAILS.get(failed.kind, "env.py")
        self.judge(failed)
        if name != "env.py" and not looked:
            self._done("env.py", len(self.findings), [env_py])
        for fact, known in (("URL", masked(failed.url)), ("driver", _driver(failed.url))):
            if name == "server" and not looked:
                self._add(Check(fact, OK, self.mask(known)))
        self._done(name, before, [env_py] if name == "env.py" else [])
        made = [check.name for check in self.checks if check.name in _OF_A_DATABASE]
        reached = _OF_A_DATABASE.index(made[-1]) + 1 if made else 0
        for missed in _OF_A_DATABASE[reached:]:
            self.skip(missed, f"not reached: {name} first")

    def _versions(self) -> None:
        with self.check("versions") as facts:
            facts.append(f"Python {platform.python_version()}")
            facts.append(f"Alembic {alembic.__version__}")
            facts.append(f"SQLAlchemy {sqlalchemy.__version__}")
            facts.append(f"alembic-guardrails {__version__}")
            self.judge(installation(self.config))


def _driver(url: URL | str | None) -> str:
    with suppress(NoSuchModuleError):  # postgres://
        return url.get_dialect().driver if isinstance(url, URL) else ""
    return ""
