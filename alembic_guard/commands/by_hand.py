"""``safe-upgrade --sql``, ``safe-downgrade --sql``: a script, for a database changed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from alembic_guard.apply.direction import UP, Direction
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
    """An upgrade, or a downgrade, as a script.

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
    settings = {
        "allow": tuple(allow),
        "lock_timeout": lock_timeout,
        "statement_timeout": statement_timeout,
        "migration_url": migration_url,
    }
    (made,) = scripts(config, revision, settings, tag=tag, file=file, progress=progress).values()
    return made


@kept_loggers()
def scripts(
    config: Config,
    revision: str,
    options: Mapping[str, Any],
    *,
    tag: str | None,
    file: str,
    direction: Direction = UP,
    several: bool = False,
    progress: Callable[[str], None] | None = None,
) -> dict[str, UpgradeScript]:
    """What a command would do, for each database, by the file that it is for.

    :param options: settings by name, None where they are not given.
    :param several: whether there may be several databases.
    :raises GuardError: when the command would refuse, or something has no text.
    """
    mask = Mask()
    with refusing(mask):
        last = {"lock_timeout_last": options["lock_timeout"]}  # a script has one try
        settings = Settings.load(config).override(**options, **last)
        script = open_script(config)
        load(script)
        say = masked_progress(progress, mask)
        writing = Writing(config, script, settings, mask, say, file, direction, several)
        made = writing.write(revision, tag, datetime.now(timezone.utc))
    found = tuple(masked_finding(finding, mask) for finding in writing.findings)
    return {
        name: UpgradeScript(each.text(), tuple(part.attempt.revision for part in each.parts), found)
        for name, each in made.items()
    }


@dataclass
class Delivery:
    """The scripts on their way out: to files, to stdout, or into the JSON report.

    :param made: text by file; one alone may go to stdout.
    """

    made: dict[str, str] = field(default_factory=dict)

    def deliver(self, report: Report, format: str, output: str | None, out: TextIO) -> Report:
        """Write them; nothing where they were refused."""
        for file, text in self.made.items():
            if not (output is not None and _filed(file, text)) and format == "text":
                with suppress(BrokenPipeError):  # a reader such as head that has seen enough
                    out.write(text)
                    out.flush()
        if format == "json" and self.made:
            one = {"script": next(iter(self.made.values()))}
            said = one if len(self.made) == 1 else {"scripts": self.made}
            return replace(report, data={**report.data, **said})
        return report


def _filed(file: str, text: str) -> bool:
    """Whether the file has it; where that fails stdout gets it, rather than nobody."""
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as error:
        click.echo(f"warning: {file} cannot be written: {error.strerror}", err=True)
        return False
    return True


def write_script(
    invocation: Invocation,
    revision: str,
    format: str,
    output: str | None,
    options: Mapping[str, Any],
    direction: Direction = UP,
) -> int:
    """The command, with ``--sql``.

    :param format: of the report, which goes to stderr as text and to stdout else.
    :param output: the file of the script.
    :param options: the other options of the command, of which some mean nothing here.
    :param direction: which command it is.
    :raises click.UsageError: for those, where they are given.
    """
    known = _TAKEN if direction is UP else (*_TAKEN, "forward_only")
    for name, value in options.items():
        if value and name not in known:
            raise click.UsageError(f"--{name.replace('_', '-')} means nothing with --sql.")
    if output is None and format not in ("text", "json"):
        raise click.UsageError(f"--sql with --format {format} needs --output FILE for the script.")
    invocation.tell_env_py(sql=":" in revision)  # where the stock command says it too
    taken = {name: options[name] for name in known if name != "tag"}
    last = taken.pop("lock_timeout_last")
    taken["lock_timeout"] = taken["lock_timeout"] if last is None else last
    delivery = Delivery()

    def work(progress: Progress) -> Report:
        made = scripts(
            invocation.config,
            revision,
            taken,
            tag=options["tag"],
            file=output or "FILE",
            direction=direction,
            several=output is not None,
            progress=progress,
        )
        delivery.made = {file: each.text for file, each in made.items()}
        first, *_ = made.values()
        lines, findings = [*_lines(made, direction)], first.findings
        if format == "text":
            findings, notes = without_notes(findings)
            lines = [*notes, *lines]
        return Report(invocation.name, 0, findings, _as_json(made), lines)

    return invocation.run(work, format, output, product=delivery)


def _as_json(made: Mapping[str, UpgradeScript]) -> dict[str, Any]:
    first, *more = made.values()
    ids = [revision for each in (first, *more) for revision in each.revisions]
    return {**first.as_json(), "revisions": ids}


def _lines(made: Mapping[str, UpgradeScript], direction: Direction) -> Iterator[str]:
    for file, each in made.items():
        number = counted(len(each.revisions), "revision")
        done = f"Wrote a script of {number}; nothing was changed."
        where = f"{file}: " if len(made) > 1 else ""
        yield where + (done if each.revisions else _NOTHING[direction.name])


_NOTHING = {
    "upgrade": "Nothing is pending: the script does nothing.",
    "downgrade": "Nothing is to be reverted: the script does nothing.",
}
_TAKEN = (
    *("tag", "allow", "migration_url"),
    *("statement_timeout", "lock_timeout", "lock_timeout_last"),
)
