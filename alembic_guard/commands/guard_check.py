"""``alembic guard-check``: the gate for CI. Every guard of environment, metadata and history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS
from alembic_guard.commands.examining import Examination
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.options import judging
from alembic_guard.commands.options import migration_url as migration_url_option
from alembic_guard.commands.refusing import refusing
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding, Severity
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.history import counted
from alembic_guard.runtime.loggers import kept_loggers, quiet_loggers

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class Checked:
    """What was checked, and held.

    :param revisions: how many there are; :param heads: those that nothing follows. Both as they
        would be after a merge, where they were joined with another branch.
    :param databases: masked URL and current revisions of each.
    :param findings: those that do not refuse.
    :param against: what the revision files were joined with; :param note: what could not be known.
    """

    revisions: int
    heads: tuple[str, ...]
    databases: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    against: str | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "revisions": self.revisions,
            "heads": list(self.heads),
            "databases": list(self.databases),
            "against": self.against,
            "note": self.note,
        }


@kept_loggers()
def check(
    config: Config,
    *,
    against: str | None = None,
    database: bool = True,
    allow: Sequence[str] = (),
    migration_url: str | None = None,
    drift: bool = True,
    verbose: bool = False,
) -> Checked:
    """Judge a project as it is; change nothing.

    :param against: a branch or commit of git: its revision files are joined with those at hand, and
        what is judged is what a merge would leave.
    :param database: whether to run env.py, which connects.
    :param allow: names of guards that only report.
    :param migration_url: of the server itself, where env.py connects through a pooler.
    :param drift: whether to compare the models with each database that is at head.
    :param verbose: whether to say also what is only worth knowing.
    :raises Refused: when a guard refuses; its ``data`` holds what was checked.
    """
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        examination = Examination(
            config,
            mask,
            allow,
            with_database=database,
            against=against,
            notes=verbose,
            migration_url=migration_url,
            drift=drift and against is None,
        )
        examination.run()
        findings = [*examination.findings]
        if not any(finding.refuses for finding in findings):
            findings += [
                finding
                for finding in _lint(examination)
                if verbose or finding.severity is not Severity.NOTE
            ]
        checked = Checked(
            examination.revisions,
            examination.heads,
            tuple(examination.databases),
            tuple(findings),
            against,
            examination.note,
        )
        data.update(checked.as_json())
        if any(finding.refuses for finding in checked.findings):
            raise Refused(checked.findings)
    return checked


def _lint(examination: Examination) -> list[Finding]:
    """What the rules find in what is new: what is pending, or what the other branch lacks.

    Against a branch no database is asked: that of a CI job says nothing of the one in production.
    """
    against = examination.against
    if against is None and not examination.with_database:
        return []
    from alembic_guard.commands.lint_run import LintRun  # the rules cost 40 ms

    run = LintRun(
        examination.config,
        examination.settings,
        examination.mask,
        lambda _line: None,
        against=against,
    )
    with quiet_loggers():
        run.run(ask=against is None)
    return run.findings


@click.command("guard-check", cls=GuardCommand, help=COMMANDS["guard-check"])
@click.option(
    "--against",
    metavar="REF",
    help="Judge the revision files as they will be once REF of git is merged.",
)
@click.option(
    "--database/--no-database",
    default=True,
    help="Also run env.py and look at its databases, which is the default.",
)
@click.option(
    "--drift/--no-drift",
    default=True,
    help="Also compare the models with each database that is at head, which is the default.",
)
@click.option(
    "--verbose",
    is_flag=True,
    help="Also say what is only worth knowing, such as the order of columns.",
)
@migration_url_option
@judging
@click.pass_obj
def command(
    invocation: Invocation, /, format: str, output: str | None, database: bool, **options: Any
) -> int:
    """Run the command for its words."""

    def work(_progress: Progress) -> Report:
        checked = check(invocation.config, database=database, **options)
        return Report(invocation.name, 0, checked.findings, checked.as_json(), [*_lines(checked)])

    return invocation.run(work, format, output)


def _lines(checked: Checked) -> Iterator[str]:
    revisions = counted(checked.revisions, "revision")
    if checked.against is not None:
        revisions += f", joined with {checked.against},"
    databases = counted(len(checked.databases), "database")
    yield f"Checked {revisions} and {databases}: no guard refuses."
    if checked.note:
        yield f"Note: {checked.note}"
