"""``alembic safe-downgrade REVISION``: reverts migrations by the machinery of ``safe-upgrade``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS
from alembic_guard.apply.direction import DOWN
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.whole_run import WholeRun
from alembic_guard.commands.carrying_out import carry_out
from alembic_guard.commands.going_down import subjects_down
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.limits import LIMITS, limiting
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.options import forward_only as forward_only_option
from alembic_guard.commands.options import judging
from alembic_guard.commands.preflight import Preflight
from alembic_guard.commands.refusing import masked_progress, refusing
from alembic_guard.commands.truth import Truth
from alembic_guard.errors import GuardError
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report, masked_finding
from alembic_guard.runtime.backup import Backup
from alembic_guard.runtime.history import counted, load, open_script
from alembic_guard.runtime.in_program import kept_process
from alembic_guard.runtime.stopped import Applied, Stopped
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class Downgraded:
    """What a safe downgrade did.

    :param plans: one for each database that env.py configured.
    :param reverted: every revision that was in a database and is not now, in that order.
    :param findings: what was seen and did not refuse.
    :param backups: what was taken before, by the database's URL without its password.
    """

    plans: tuple[Plan, ...]
    reverted: tuple[Applied, ...]
    findings: tuple[Finding, ...] = ()
    backups: Mapping[str, Backup] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        backups = {url: backup.as_json() for url, backup in self.backups.items()}
        return {
            "databases": [
                {**plan.as_json(), "backup": backups.get(plan.database)} for plan in self.plans
            ],
            "reverted": [reverted.as_json() for reverted in self.reverted],
            "allowed": [finding.name for finding in self.findings if finding.allowed],
        }


@kept_process()
def safe_downgrade(
    config: Config,
    revision: str,
    *,
    plan: bool = False,
    tag: str | None = None,
    allow: Sequence[str] = (),
    restart: bool = False,
    forward_only: bool | None = None,
    progress: Callable[[str], None] | None = None,
    **limits: Any,
) -> Downgraded:
    """Revert what is applied above a revision, one deployer at a time.

    :param revision: as ``alembic downgrade`` takes it: ``-1``, ``base``, an identifier,
        ``BRANCH@base``.
    :param plan: only say what would be done, and what refuses.
    :param tag: for env.py, as Alembic's ``--tag``.
    :param allow: names of guards that only report.
    :param restart: begin a partly reverted revision with its first statement, not where it stopped.
    :param forward_only: let ``downgrade()`` do nothing; the setting of the same name by default.
    :param progress: takes lines for people, as the work goes on.
    :param limits: ``wait``, ``lock_timeout``, ``statement_timeout``, ``retry_for``, ``backup`` and
        their like, as :func:`~alembic_guard.safe_upgrade` takes them.
    :raises GuardError: when the target was not reached; its ``exit_status`` tells how far it came.
    """
    if unknown := limits.keys() - LIMITS:
        raise TypeError(f"safe_downgrade() takes no {', '.join(sorted(unknown))}")
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        settings = Settings.load(config).override(
            allow=tuple(allow), forward_only=forward_only, **limits
        )
        script = open_script(config)
        load(script)
        preflight = Preflight(config, script, settings, asks=subjects_down(revision), upgrade=False)
        truth = Truth(script, settings, preflight.findings)
        downgrade = WholeRun(
            config,
            script,
            revision,
            settings,
            mask,
            say=masked_progress(progress, mask),
            preflight=preflight,
            locks=preflight.locks,
            before=truth.before,
            after=truth.after,
            plan_only=plan,
            direction=DOWN,
            restart=restart,
            options={"tag": tag},
        )
        try:
            carry_out(downgrade, preflight)
        except GuardError as error:
            raise _worded(error, revision) from error.__cause__
        finally:
            downgraded = Downgraded(
                tuple(downgrade.plans),
                tuple(downgrade.applied),
                tuple(masked_finding(finding, mask) for finding in preflight.findings),
                downgrade.backups.taken,
            )
            data.update(downgraded.as_json())
    return downgraded


def _worded(error: GuardError, target: str) -> GuardError:
    """The same error; what stopped it was put into words for an upgrade that would be run again."""
    stopped = error.__cause__
    if not isinstance(stopped, Stopped):
        return error
    words = {"alembic safe-upgrade": f"alembic safe-downgrade {target}"}
    if stopped.revision is not None:
        below = stopped.revision.down or ("base",)
        words[f"alembic stamp {stopped.revision.id}"] = f"alembic stamp {' '.join(below)}"
    findings = [replace(each, next=_said(each.next, words)) for each in error.findings]
    return type(error)(findings, error.data)


def _said(commands: Iterable[str], words: Mapping[str, str]) -> tuple[str, ...]:
    said = []
    for command in commands:
        for upwards, downwards in words.items():
            command = command.replace(upwards, downwards)
        said.append(command)
    return tuple(said)


@click.command("safe-downgrade", cls=GuardCommand, help=COMMANDS["safe-downgrade"])
@click.argument("revision")
@click.option("--plan", is_flag=True, help="Only say what would be done; change nothing.")
@click.option("--sql", is_flag=True, help="Write a script for a DBA; FROM:TO asks no database.")
@click.option("--tag", help="Arbitrary tag for env.py, as in alembic downgrade.")
@limiting
@forward_only_option
@judging
@click.pass_obj
def command(
    invocation: Invocation, /, revision: str, format: str, output: str | None, **options: Any
) -> int:
    """Run the command for its words."""
    invocation.tell_env_py(revision=revision, tag=options["tag"])
    if options.pop("sql"):
        from alembic_guard.commands.by_hand import write_script

        return write_script(invocation, revision, format, output, options, DOWN)

    def work(progress: Progress) -> Report:
        downgraded = safe_downgrade(invocation.config, revision, progress=progress, **options)
        findings, lines = downgraded.findings, [_last_line(downgraded, options["plan"])]
        if format == "text":
            findings, notes = without_notes(findings)
            lines = [*notes, *lines]
        return Report(invocation.name, 0, findings, downgraded.as_json(), lines)

    return invocation.run(work, format, output)


def _last_line(downgraded: Downgraded, plan: bool) -> str:
    if plan:
        return "Nothing was changed: this is the plan."
    number = len(downgraded.reverted)
    return f"Done: {counted(number, 'revision') if number else 'nothing'} reverted."
