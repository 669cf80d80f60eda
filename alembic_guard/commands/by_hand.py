"""``safe-upgrade --sql``: the upgrade as a script, for a database that is changed by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from alembic_guard.commands.by_hand_writing import Writing
from alembic_guard.commands.invoke import Invocation, Progress
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.refusing import masked_progress, refusing
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report, masked_finding
from alembic_guard.runtime.history import counted, load, open_script
from alembic_guard.runtime.loggers import kept_loggers
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class UpgradeScript:
    """An upgrade as a script.

    :param text: what a shell of the database runs; without a password.
    :param revisions: identifiers, in the order in which it applies them.
    :param findings: what was seen and did not refuse.
    """

    text: str
    revisions: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``; the text comes when passwords in the rest are masked."""
        return {
            "revisions": list(self.revisions),
            "allowed": [finding.name for finding in self.findings if finding.allowed],
        }


@kept_loggers()
def upgrade_script(
    config: Config,
    revision: str = "head",
    *,
    tag: str | None = None,
    allow: Sequence[str] = (),
    lock_timeout: float | None = None,
    statement_timeout: float | None = None,
    migration_url: str | None = None,
    file: str = "FILE",
    progress: Callable[[str], None] | None = None,
) -> UpgradeScript:
    """Write down what ``safe_upgrade()`` would do. Nothing is written to a database, no lock taken.

    :param revision: as ``alembic upgrade`` takes it; ``FROM:TO`` needs no database.
    :param tag: for env.py, as Alembic's ``--tag``.
    :param allow: names of guards that only report.
    :param lock_timeout: seconds that a statement of the script queues for a lock.
    :param statement_timeout: seconds that a statement may run; 0 is without limit.
    :param migration_url: of the server itself, where env.py connects through a pooler.
    :param file: the script's name, for the line that says how to run it.
    :param progress: takes lines for people.
    :raises GuardError: when ``safe_upgrade()`` would refuse, or something has no text.
    """
    mask = Mask()
    with refusing(mask):
        settings = Settings.load(config).override(
            allow=tuple(allow),
            lock_timeout=lock_timeout,
            lock_timeout_last=lock_timeout,  # a script has one try
            statement_timeout=statement_timeout,
            migration_url=migration_url,
        )
        script = open_script(config)
        load(script)
        say = masked_progress(progress, mask)
        writing = Writing(config, script, settings, mask, say, file)
        made = writing.write(revision, tag, datetime.now(timezone.utc))
    ids = tuple(part.attempt.revision for part in made.parts)
    found = tuple(masked_finding(finding, mask) for finding in writing.findings)
    return UpgradeScript(made.text(), ids, found)


@dataclass
class Delivery:
    """The script on its way out: to a file, to stdout, or into the JSON report."""

    text: str | None = field(default=None)

    def deliver(self, report: Report, format: str, output: str | None, out: TextIO) -> Report:
        """Write it; nothing where it was refused."""
        if self.text is None:
            return report
        if not self._filed(output) and format == "text":
            with suppress(BrokenPipeError):  # a reader such as head that has seen enough
                out.write(self.text)
                out.flush()
        if format == "json":
            return replace(report, data={**report.data, "script": self.text})
        return report

    def _filed(self, output: str | None) -> bool:
        """Whether a file has it; where that fails stdout gets it, rather than nobody."""
        if output is None or self.text is None:
            return False
        try:
            Path(output).write_text(self.text, "utf-8")
        except OSError as error:
            click.echo(f"warning: {output} cannot be written: {error.strerror}", err=True)
            return False
        return True


def write_script(
    invocation: Invocation,
    revision: str,
    format: str,
    output: str | None,
    options: Mapping[str, Any],
) -> int:
    """The command, with ``--sql``.

    :param format: of the report, which goes to stderr as text and to stdout else.
    :param output: the file of the script.
    :param options: the other options of ``safe-upgrade``, of which some mean nothing here.
    :raises click.UsageError: for those, where they are given.
    """
    for name, value in options.items():
        if value and name not in _TAKEN:
            raise click.UsageError(f"--{name.replace('_', '-')} means nothing with --sql.")
    if output is None and format not in ("text", "json"):
        raise click.UsageError(f"--sql with --format {format} needs --output FILE for the script.")
    invocation.tell_env_py(sql=":" in revision)  # where the stock command says it too
    taken = {name: options[name] for name in _TAKEN}
    last = taken.pop("lock_timeout_last")
    taken["lock_timeout"] = taken["lock_timeout"] if last is None else last
    delivery = Delivery()

    def work(progress: Progress) -> Report:
        made = upgrade_script(
            invocation.config, revision, progress=progress, file=output or "FILE", **taken
        )
        delivery.text = made.text
        number = len(made.revisions)
        done = f"Wrote a script of {counted(number, 'revision')}; nothing was changed."
        lines = [done if number else "Nothing is pending: the script does nothing."]
        findings = made.findings
        if format == "text":
            findings, notes = without_notes(findings)
            lines = [*notes, *lines]
        return Report(invocation.name, 0, findings, made.as_json(), lines)

    return invocation.run(work, format, output, product=delivery)


_TAKEN = (
    *("tag", "allow", "migration_url"),
    *("statement_timeout", "lock_timeout", "lock_timeout_last"),
)
