"""``safe-upgrade --verify``: are models and database the same, now that the upgrade is over?

env.py is run once more, which connects anew, and autogenerate compares as for ``guard-revision``;
nothing is rendered, written or locked.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from alembic_guard import guards
from alembic_guard.commands.drafting import loaded_metadata
from alembic_guard.commands.drift import drift_of
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding, Severity
from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.history import heads
from alembic_guard.runtime.loggers import quiet_loggers
from alembic_guard.runtime.migration_url import leading_to
from alembic_guard.runtime.observation import observe
from alembic_guard.runtime.stopped import ComparisonInterrupted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory


@dataclass(frozen=True)
class Verified:
    """What came of the comparison of one database.

    :param differences: what a migration would do; :param reason: why it was not compared.
    """

    database: str
    differences: tuple[str, ...] = ()
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "database": self.database,
            "compared": self.reason is None,
            "reason": self.reason,
            "differences": list(self.differences),
        }


@dataclass
class Verifying:
    """The comparison of everything that one env.py configures.

    :param findings: where what is found goes; each thing once.
    :param options: env.py's own arguments, such as ``tag``, as for the upgrade.
    :param several: whether there are several databases, which are then named.
    """

    config: Config
    script: ScriptDirectory
    settings: Settings
    mask: Mask
    say: Callable[[str], None]
    findings: list[Finding]
    options: dict[str, Any]
    several: Callable[[], bool] = lambda: False
    verified: list[Verified] = field(default_factory=list)

    def run(self) -> None:
        """Compare.

        :raises Refused: by what was found in all the databases, what refuses first.
        :raises ComparisonInterrupted: for Ctrl-C.
        :raises EnvironmentFailed: when env.py raised, or its database could not be asked.
        """
        try:
            with quiet_loggers():
                self._run()
        except (KeyboardInterrupt, CancelledError):
            raise ComparisonInterrupted("interrupted") from None
        if any(finding.refuses for finding in self.findings):
            told, _ = without_notes(self.findings)
            raise Refused(sorted(told, key=lambda each: not each.refuses))

    def as_json(self) -> tuple[dict[str, Any], ...]:
        """What came of it, as far as it came; for a report's ``data``."""
        return tuple(each.as_json() for each in self.verified)

    def _run(self) -> None:
        calls: list[Call] = []

        def migrating(call: Call, plain: Callable[[], None]) -> None:
            calls.append(call)
            plain()

        def work(recorded: Any, context: Any) -> Iterable[Any]:
            self._serve(calls[-1], tuple(recorded), context)
            return ()

        with leading_to(self.settings.migration_url, self.mask) as lead:
            run_environment(
                self.config,
                self.script,
                work,
                migrating=migrating,
                read_only=True,
                lead=lead,
                **self.options,
            )

    def _serve(self, call: Call, recorded: tuple[str, ...], context: Any) -> None:
        self.mask.learn_url(call.connection.engine.url)
        database = Database(call.connection)
        url = database.url
        if set(recorded) != {script.revision for script in heads(self.script)}:
            lost = database.in_memory and not call.handed_in
            verified = Verified(url, reason="it is in memory" if lost else "not at head")
        else:
            verified = self._verified(url, recorded, context)
        self.verified.append(verified)
        both = f"models and {url}" if self.several() else "models and database"
        if verified.reason is not None:
            self.say(f"Note      {both} were not compared: {verified.reason}.")
        elif not verified.differences:
            self.say(f"Verified  {both} are the same.")

    def _verified(self, url: str, recorded: tuple[str, ...], context: Any) -> Verified:
        observation = observe(context, recorded, self.settings.journal_table)
        loaded = loaded_metadata(self.config, self.script, observation)
        judged = guards.judge(loaded, self.settings.allow)
        incomparable = [each for each in judged if each.refuses]
        if incomparable:
            self._keep(replace(each, severity=Severity.WARNING) for each in incomparable)
            return Verified(url, reason=", ".join(each.name for each in incomparable))
        drift, uncompared = drift_of(self.config, self.script, observation, context)
        for subject in (drift, uncompared):
            if subject is not None:
                self._keep(guards.judge(subject, self.settings.allow))
        return Verified(url, drift.changes)

    def _keep(self, found: Iterable[Finding]) -> None:
        self.findings += [each for each in found if each not in self.findings]
