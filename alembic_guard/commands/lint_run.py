"""One run of ``guard-lint``: every database that env.py configures, or the history by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from alembic_guard import guards
from alembic_guard.commands.lint_cases import case_of, recorded
from alembic_guard.commands.lint_trace import seconds, traced
from alembic_guard.commands.linting import Linter, done_by, facts_of
from alembic_guard.commands.options import DIALECTS
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.commands.selecting import Selecting, Selection
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database, kind_of
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import EnvironmentFailed, NoMigrationsRun
from alembic_guard.runtime.history import load, open_script
from alembic_guard.runtime.offline import offline
from alembic_guard.runtime.ours import defects_as_they_are, ours
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.stand_in import no_collection
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_SHOWN = 5
_NO_DATABASE = {
    "no-database-url",
    "bad-database-url",
    "missing-driver",
    "database-unreachable",
    "connection-not-configured",
}
"""Failures after which a history is judged without its database."""


@dataclass
class LintRun:
    """What is judged, and what was found.

    :param say: takes lines for people, as the work goes on.
    """

    config: Config
    settings: Settings
    mask: Mask
    say: Callable[[str], None]
    names: Sequence[str] = ()
    against: str | None = None
    trace: bool = False
    upgrade: bool = True
    findings: list[Finding] = field(default_factory=list)
    databases: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self, *, ask: bool = True, dialect: str | None = None) -> None:
        """Judge everything.

        :param ask: whether to ask the databases; :param dialect: where none is asked.
        """
        script = open_script(self.config)
        load(script)
        self.linter = Linter(self.settings, own_rules(self.settings))
        self.selecting = Selecting(script, self.settings, self.names, self.against)
        with defects_as_they_are():
            if ask and self._with_databases(script):
                return
            problem = offline(self.config, script, self._serve, dialect)
        if problem:
            self._say(f"No dialect is known: {problem}.")

    def _with_databases(self, script: ScriptDirectory) -> bool:
        """Judge what the databases have pending; False where there is none to ask."""
        served: list[Call] = []

        def migrating(call: Call, plain: Callable[[], None]) -> None:
            served.append(call)
            self._serve(call, plain)

        try:
            run_environment(self.config, script, lambda *_: (), migrating=migrating, read_only=True)
            if not served:
                raise NoMigrationsRun(script.env_py_location, self.config)
        except EnvironmentFailed as failed:
            if served or self.trace or failed.kind not in _NO_DATABASE:
                raise
            (first, *_) = guards.judge(failed)
            self._say(f"No database was asked: {first.name}: {first.message}")
            return False
        return True

    def _say(self, note: str) -> None:
        self.notes.append(self.mask(note))
        self.say(note)

    def _serve(self, call: Call, _plain: Callable[[], None]) -> None:
        with ours(), no_collection():
            self._judge(call)

    def _judge(self, call: Call) -> None:
        selection = self.selecting.of(call)
        kind = kind_of(call.context.dialect)
        if kind not in DIALECTS:
            self._say(f"No rule is about {kind}: what revisions do was recorded, and not judged.")
        self.revisions += _judged(selection)
        recording = self._recorded(call, selection)
        self.findings += self.linter.judge(
            case_of(call, selection, recording),
            done_by(recording.steps, call.context.dialect),
            partial(facts_of, call, self.settings),
        )
        self._note(call, selection, recording)

    def _recorded(self, call: Call, selection: Selection) -> Recording:
        script, upgrade = self.selecting.script, self.upgrade
        if not (self.trace and call.online):
            return recorded(call, script, selection, upgrade=upgrade)
        dev_url = self.settings.dev_url
        self.mask.learn_from(dev_url)
        return traced(call, script, selection, self.say, dev_url=dev_url, upgrade=upgrade)

    def _note(self, call: Call, selection: Selection, recording: Recording) -> None:
        seen: dict[str, Any] = {
            "judged": _judged(selection),
            "steps": len(recording.steps),
            "database": None,
            "server": call.context.dialect.name,
        }
        if call.online:
            database = Database(call.connection)
            self.mask.learn_url(call.connection.engine.url)
            seen |= {
                "database": database.url,
                "server": database.server,
                "current": list(call.heads()),
            }
            self.say(f"Database  {database.url} ({database.server})")
            self.say(f"Judging   {_shown(_judged(selection))}")
        if self.trace:
            taken = seconds(recording)
            seen |= {"traced": True, "seconds": taken}
            for revision, each in taken.items():
                self.say(f"Traced    {revision} in {each:.3f} s")
        self.databases.append(seen)


def _judged(selection: Selection) -> list[str]:
    """The revisions that are judged, in the order of application."""
    return [one.revision for one in selection.walked if one.revision in selection.judged]


def _shown(revisions: Sequence[str]) -> str:
    """Revisions for one line: those that come first, and how many more there are."""
    if not revisions:
        return "nothing is pending"
    more = f" and {len(revisions) - _SHOWN} more" if len(revisions) > _SHOWN else ""
    return ", ".join(revisions[:_SHOWN]) + more
