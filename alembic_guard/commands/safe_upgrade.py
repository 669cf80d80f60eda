"""``alembic safe-upgrade [REVISION]``: applies migrations without an outage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS, guards
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.whole_run import WholeRun
from alembic_guard.commands.carrying_out import carry_out
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.limits import limiting
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.options import forward_only, judging
from alembic_guard.commands.preflight import Preflight
from alembic_guard.commands.refusing import masked_progress, refusing
from alembic_guard.commands.rehearsing_options import refuse_combinations
from alembic_guard.commands.truth import Truth
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report, masked_finding
from alembic_guard.runtime.backup import Backup
from alembic_guard.runtime.history import counted, load, open_script
from alembic_guard.runtime.in_program import kept_process
from alembic_guard.runtime.stopped import Applied
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

    from alembic_guard.commands.verifying import Verifying


@dataclass(frozen=True)
class Upgraded:
    """What a safe upgrade did.

    :param plans: one for each database that env.py configured.
    :param applied: every revision that is in a database now and was not before.
    :param findings: what was seen and did not refuse.
    :param backups: what was taken before, by the database's URL without its password.
    :param rehearsal: each statement that was rehearsed; None where nothing was to be.
    :param verified: whether each database is what the models say; None where nothing asked.
    """

    plans: tuple[Plan, ...]
    applied: tuple[Applied, ...]
    findings: tuple[Finding, ...] = ()
    backups: Mapping[str, Backup] = field(default_factory=dict)
    rehearsal: tuple[Mapping[str, Any], ...] | None = None
    verified: tuple[Mapping[str, Any], ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "databases": [
                {**plan.as_json(), "backup": _backup_json(self.backups.get(plan.database))}
                for plan in self.plans
            ],
            "applied": [applied.as_json() for applied in self.applied],
            "allowed": [finding.name for finding in self.findings if finding.allowed],
            **({} if self.rehearsal is None else {"rehearsal": list(self.rehearsal)}),
            **({} if self.verified is None else {"verified": list(self.verified)}),
        }


@kept_process()
def safe_upgrade(
    config: Config,
    revision: str = "head",
    *,
    plan: bool = False,
    tag: str | None = None,
    allow: Sequence[str] = (),
    wait: float | None = None,
    lock_timeout: float | None = None,
    lock_timeout_last: float | None = None,
    lock_tries: int | None = None,
    statement_timeout: float | None = None,
    retry_for: float | None = None,
    retry_delay: float | None = None,
    retry_delay_longest: float | None = None,
    cancel_blockers_after: float | None = None,
    backup: str | None = None,
    rehearse: bool = False,
    shadow_url: str | None = None,
    forward_only: bool | None = None,
    migration_url: str | None = None,
    restart: bool = False,
    verify: bool | None = None,
    progress: Callable[[str], None] | None = None,
) -> Upgraded:
    """Apply what is pending, one deployer at a time.

    :param revision: as ``alembic upgrade`` takes it: ``head``, ``heads``, ``+1``, a branch or an
        identifier.
    :param plan: only say what would be done.
    :param tag: for env.py, as Alembic's ``--tag``.
    :param allow: names of guards that only report.
    :param wait: seconds, a hard limit on waiting for another deployer.
    :param lock_timeout: seconds that the first try queues for a lock; 0 is without limit.
    :param lock_timeout_last: seconds that a try queues at most; each waits longer than the last.
    :param lock_tries: how often a revision is tried for its locks; 0 is without limit.
    :param statement_timeout: seconds that a statement may run; 0 is without limit.
    :param retry_for: seconds that a revision is tried again when a lock is not granted.
    :param retry_delay: seconds before the second try; it grows, up to ``retry_delay_longest``.
    :param cancel_blockers_after: seconds that a query of the same role has to block before it is
        cancelled; 0 is never.
    :param backup: a file or a folder for a backup before anything is changed.
    :param rehearse: upgrade a scratch database instead, and take that back; see
        docs/rehearsal.md.
    :param shadow_url: of a server where the scratch database is made, instead of the same one.
    :param forward_only: rehearse no downgrade; the setting of the same name by default.
    :param migration_url: of the server itself, where env.py connects through a pooler.
    :param restart: begin a partly applied revision with its first statement, not where it stopped.
    :param verify: compare models and database at the end; the setting of the same name by default.
    :param progress: takes lines for people, as the work goes on.
    :raises GuardError: when the target was not reached; its ``exit_status`` tells how far it came.
    """
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        settings = Settings.load(config).override(
            allow=tuple(allow),
            wait=wait,
            lock_timeout=lock_timeout,
            lock_timeout_last=lock_timeout_last,
            lock_tries=lock_tries,
            statement_timeout=statement_timeout,
            retry_for=retry_for,
            retry_delay=retry_delay,
            retry_delay_longest=retry_delay_longest,
            cancel_blockers_after=cancel_blockers_after,
            backup=backup,
            shadow_url=shadow_url,
            forward_only=forward_only,
            migration_url=migration_url,
            verify=verify,
        )
        script = open_script(config)
        load(script)
        say = masked_progress(progress, mask)
        if rehearse:
            from alembic_guard.commands.rehearsing import rehearsed  # rules cost 40 ms

            return rehearsed(config, script, revision, settings, mask, say, {"tag": tag}, data)
        upgrade = WholeRun(config, script, revision, settings, mask, say, options={"tag": tag})
        upgrade.plan_only, upgrade.restart = plan, restart
        return _carried_out(upgrade, data)


def _carried_out(upgrade: WholeRun, data: dict[str, Any]) -> Upgraded:
    """Upgrade what env.py configures itself, where a rehearsal takes a scratch database.

    :param data: of the report; it is filled however the upgrade ends.
    :raises GuardError: when the target was not reached.
    """
    preflight = Preflight(upgrade.config, upgrade.script, upgrade.settings)
    truth = Truth(upgrade.script, upgrade.settings, preflight.findings)
    upgrade.preflight, upgrade.locks = preflight, preflight.locks
    upgrade.before, upgrade.after = truth.before, truth.after
    verifying = _verifying(upgrade, preflight)
    try:
        carry_out(upgrade, preflight, then=verifying.run if verifying else lambda: None)
    finally:
        upgraded = _upgraded(upgrade, preflight, verifying)
        data.update(upgraded.as_json())
    return upgraded


def _verifying(upgrade: WholeRun, preflight: Preflight) -> Verifying | None:
    """What compares models and database at the end; None where nobody asks, or it is a plan."""
    if upgrade.plan_only or not upgrade.settings.verify:
        return None
    from alembic_guard.commands.verifying import Verifying  # it loads what derives revisions

    return Verifying(
        upgrade.config,
        upgrade.script,
        upgrade.settings,
        upgrade.mask,
        upgrade.say,
        preflight.findings,
        {"destination_rev": upgrade.target, **upgrade.options},
        lambda: len(upgrade.plans) > 1,
    )


def _upgraded(upgrade: WholeRun, preflight: Preflight, verifying: Verifying | None) -> Upgraded:
    let_through = [
        finding
        for failed in upgrade.let_through
        for finding in guards.judge(failed, upgrade.settings.allow)
    ]
    findings = [
        masked_finding(finding, upgrade.mask) for finding in (*preflight.findings, *let_through)
    ]
    return Upgraded(
        tuple(upgrade.plans),
        tuple(upgrade.applied),
        tuple(findings),
        upgrade.backups.taken,
        verified=None if verifying is None else verifying.as_json(),
    )


def _backup_json(backup: Backup | None) -> dict[str, Any] | None:
    return None if backup is None else backup.as_json()


@click.command("safe-upgrade", cls=GuardCommand, help=COMMANDS["safe-upgrade"])
@click.argument("revision", default="head")
@click.option("--plan", is_flag=True, help="Only say what would be done; change nothing.")
@click.option("--sql", is_flag=True, help="Write a script for a DBA; FROM:TO asks no database.")
@click.option("--tag", help="Arbitrary tag for env.py, as in alembic upgrade.")
@limiting
@click.option(
    "--rehearse", is_flag=True, help="Upgrade a scratch database, and take it back; change nothing."
)
@click.option(
    "--shadow-url",
    help="Where --rehearse makes its database, instead of on the same server.  "
    "[env var: ALEMBIC_GUARD_SHADOW_URL]",
)
@forward_only
@click.option(
    "--verify/--no-verify",
    default=None,
    help="Compare models and database at the end.  [env var: ALEMBIC_GUARD_VERIFY]",
)
@judging
@click.pass_obj
def command(
    invocation: Invocation, /, revision: str, format: str, output: str | None, **options: Any
) -> int:
    """Run the command for its words."""
    refuse_combinations(options)
    invocation.tell_env_py(revision=revision, tag=options["tag"])
    if options.pop("sql"):
        from alembic_guard.commands.by_hand import write_script

        return write_script(invocation, revision, format, output, options)

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
    if upgraded.rehearsal is not None:
        done = any(plan.pending for plan in upgraded.plans)
        return f"Done: {'rehearsed, and nothing was changed' if done else 'nothing to rehearse'}."
    number = len(upgraded.applied)
    if number == 0:
        return "Done: nothing to apply."
    return f"Done: {counted(number, 'revision')} applied."
