"""``alembic safe-upgrade [REVISION]``: applies migrations without an outage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS, guards
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.upgrade import Upgrade
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.options import judging, migration_url, setting
from alembic_guard.commands.preflight import Preflight
from alembic_guard.commands.refusing import (
    EVENTS,
    error_for,
    masked_progress,
    part_way,
    refusing,
)
from alembic_guard.errors import GuardError, Refused, StoppedPartWay
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report, masked_finding
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.history import counted, load, open_script
from alembic_guard.runtime.loggers import kept_loggers
from alembic_guard.runtime.signals import INTERRUPTED, ending_with
from alembic_guard.runtime.stopped import Applied, Stopped
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class Upgraded:
    """What a safe upgrade did.

    :param plans: one for each database that env.py configured.
    :param applied: every revision that is in a database now and was not before.
    :param findings: what was seen and did not refuse.
    """

    plans: tuple[Plan, ...]
    applied: tuple[Applied, ...]
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "databases": [plan.as_json() for plan in self.plans],
            "applied": [applied.as_json() for applied in self.applied],
            "allowed": [finding.name for finding in self.findings if finding.allowed],
        }


@kept_loggers()
def safe_upgrade(
    config: Config,
    revision: str = "head",
    *,
    plan: bool = False,
    tag: str | None = None,
    allow: Sequence[str] = (),
    wait: float | None = None,
    lock_timeout: float | None = None,
    statement_timeout: float | None = None,
    retry_for: float | None = None,
    migration_url: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Upgraded:
    """Apply what is pending, one deployer at a time.

    :param revision: as ``alembic upgrade`` takes it: ``head``, ``heads``, ``+1``, a branch or an
        identifier.
    :param plan: only say what would be done.
    :param tag: for env.py, as Alembic's ``--tag``.
    :param allow: names of guards that only report.
    :param wait: seconds, a hard limit on waiting for another deployer.
    :param lock_timeout: seconds that a statement queues for a lock in one try.
    :param statement_timeout: seconds that a statement may run; 0 is without limit.
    :param retry_for: seconds that a revision is tried again when a lock is not granted.
    :param migration_url: of the server itself, where env.py connects through a pooler.
    :param progress: takes lines for people, as the work goes on.
    :raises GuardError: when the target was not reached; its ``exit_status`` tells how far it came.
    """
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        settings = Settings.load(config).override(
            allow=tuple(allow),
            wait=wait,
            lock_timeout=lock_timeout,
            statement_timeout=statement_timeout,
            retry_for=retry_for,
            migration_url=migration_url,
        )
        script = open_script(config)
        load(script)
        preflight = Preflight(config, script, settings)
        upgrade = Upgrade(
            config,
            script,
            revision,
            settings,
            mask,
            say=masked_progress(progress, mask),
            preflight=preflight,
            plan_only=plan,
            options={"tag": tag},
        )
        try:
            _run(upgrade, preflight)
        finally:
            upgraded = _upgraded(upgrade, preflight)
            data.update(upgraded.as_json())
    return upgraded


def _upgraded(upgrade: Upgrade, preflight: Preflight) -> Upgraded:
    let_through = [
        finding
        for failed in upgrade.let_through
        for finding in guards.judge(failed, upgrade.settings.allow)
    ]
    findings = [
        masked_finding(finding, upgrade.mask) for finding in (*preflight.findings, *let_through)
    ]
    return Upgraded(tuple(upgrade.plans), tuple(upgrade.applied), tuple(findings))


def _run(upgrade: Upgrade, preflight: Preflight) -> None:
    ending_with(lambda: StoppedPartWay.exit_status if upgrade.changed else INTERRUPTED)
    try:
        upgrade.run()
        if not upgrade.calls:
            raise NoMigrationsRun(upgrade.script.env_py_location, upgrade.config)
    except Refused as refused:
        raise part_way(refused, upgrade.with_what_stays(Stopped())) from refused.__cause__
    except Stopped as stopped:
        raise _with_findings(error_for(stopped, upgrade.applied), preflight) from stopped
    except EVENTS as event:
        # whatever it was: a database that was upgraded before it stays so
        error = part_way(error_for(event), upgrade.with_what_stays(Stopped()))
        raise _with_findings(error, preflight) from event


def _with_findings(error: GuardError, preflight: Preflight) -> GuardError:
    return type(error)([*error.findings, *without_notes(preflight.findings)[0]], error.data)


@click.command("safe-upgrade", cls=GuardCommand, help=COMMANDS["safe-upgrade"])
@click.argument("revision", default="head")
@click.option("--plan", is_flag=True, help="Only say what would be done; change nothing.")
@click.option("--tag", help="Arbitrary tag for env.py, as in alembic upgrade.")
@setting("wait", "Hard limit on waiting for another deployer; without it, 60s without progress.")
@setting("lock_timeout", "How long a statement queues for a lock in one try (200ms).")
@setting("statement_timeout", "How long a statement may run; 0 is without limit.")
@setting("retry_for", "How long a revision is tried again when a lock is not granted (10min).")
@migration_url
@judging
@click.pass_obj
def command(
    invocation: Invocation, /, revision: str, format: str, output: str | None, **options: Any
) -> int:
    """Run the command for its words."""
    invocation.tell_env_py(revision=revision, tag=options["tag"])

    def work(progress: Progress) -> Report:
        upgraded = safe_upgrade(invocation.config, revision, progress=progress, **options)
        findings, lines = upgraded.findings, [_last_line(upgraded, options["plan"])]
        if format == "text":  # a new database in CI has hundreds
            findings, notes = without_notes(findings)
            lines = [*notes, *lines]
        return Report(invocation.name, 0, findings, upgraded.as_json(), lines)

    return invocation.run(work, format, output)


def _last_line(upgraded: Upgraded, plan: bool) -> str:
    if plan:
        return "Nothing was changed: this is the plan."
    number = len(upgraded.applied)
    if number == 0:
        return "Done: nothing to apply."
    return f"Done: {counted(number, 'revision')} applied."
