"""``alembic guard-doctor``: says why Alembic cannot work here, from the outside in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS
from alembic_guard.commands.examining import Check, Examination
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.options import judging
from alembic_guard.commands.options import migration_url as migration_url_option
from alembic_guard.commands.refusing import refusing
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.loggers import kept_loggers

if TYPE_CHECKING:
    from alembic.config import Config

_COLOURS = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "red"}


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor saw.

    :param findings: those that do not refuse.
    """

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {"checks": [check.as_json() for check in self.checks]}


@kept_loggers()
def doctor(
    config: Config,
    *,
    allow: Sequence[str] = (),
    migration_url: str | None = None,
    progress: Callable[[Check], None] | None = None,
) -> Diagnosis:
    """Look at a project from the outside in; change nothing.

    :param allow: names of guards that only report.
    :param migration_url: of the server itself, where env.py connects through a pooler.
    :param progress: takes each check as soon as it is made.
    :raises Refused: when something is wrong; its ``data`` holds the checks.
    """
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        examination = Examination(
            config, mask, allow, progress or (lambda check: None), migration_url=migration_url
        )
        examination.run()
        diagnosis = Diagnosis(tuple(examination.checks), tuple(examination.findings))
        data.update(diagnosis.as_json())
        if any(finding.refuses for finding in diagnosis.findings):
            raise Refused(diagnosis.findings)
    return diagnosis


@click.command("guard-doctor", cls=GuardCommand, help=COMMANDS["guard-doctor"])
@migration_url_option
@judging
@click.pass_obj
def command(invocation: Invocation, /, format: str, output: str | None, **options: Any) -> int:
    """Run the command for its words."""

    def work(progress: Progress) -> Report:
        def say(check: Check) -> None:
            progress(_line(check, progress.colour))

        diagnosis = doctor(invocation.config, progress=say, **options)
        lines = [] if diagnosis.findings else ["Nothing is wrong here."]
        return Report(invocation.name, 0, diagnosis.findings, diagnosis.as_json(), lines)

    return invocation.run(work, format, output)


def _line(check: Check, colour: bool) -> str:
    outcome = f"{check.outcome:<8}"
    if colour and check.outcome in _COLOURS:
        outcome = click.style(outcome, fg=_COLOURS[check.outcome])
    return f"{outcome} {check.name:<15} {check.facts}".rstrip()
