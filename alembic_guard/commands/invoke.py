"""From words to an exit status: runs one click command of ours as part of ``alembic``.

It promises that stdout holds the report alone, that every way out has the status of DESIGN section
3, that no password is printed, and that a defect of ours says so with a masked traceback.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from alembic_guard import reports
from alembic_guard.commands.defects import DEFECT, PLEASE_REPORT, defect
from alembic_guard.commands.home import home
from alembic_guard.commands.options import FORMATS
from alembic_guard.commands.secrets import project_mask
from alembic_guard.commands.typed import as_typed, once_more
from alembic_guard.errors import GuardError, StoppedPartWay, WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.signals import INTERRUPTED, terminating_as_ctrl_c
from alembic_guard.runtime.stopped import Interrupted
from alembic_guard.runtime.streams import reserved_stdout
from alembic_guard.settings import unknown_variables

if TYPE_CHECKING:
    from alembic.config import Config

DEFECTIVE = 70


def invoke(name: str, words: Sequence[str], config: Config, prog: str) -> None:
    """Run a command.

    :param words: what was typed after its name.
    :raises SystemExit: with a status other than 0.
    """
    mask = project_mask(config, os.environ)
    try:
        with terminating_as_ctrl_c():
            status = load_command(name).main(
                args=list(words),
                prog_name=prog,
                obj=Invocation(name, config, mask, words),
                standalone_mode=False,
            )
    except click.ClickException as error:
        error.show()
        status = WrongUsage.exit_status
        _report_usage(Report(name, status, [_usage(error)]).masked(mask), words)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        status = INTERRUPTED
    except Exception as error:
        _show_traceback(error, mask)
        click.echo(f"{defect(error).message} {PLEASE_REPORT}", err=True)
        status = DEFECTIVE
    if status:
        raise SystemExit(status)


def load_command(name: str) -> click.Command:
    """The click command of a name, which is its module's name too."""
    module = import_module(f"alembic_guard.commands.{name.replace('-', '_')}")
    command = module.command
    assert isinstance(command, click.Command)
    return command


@dataclass
class Progress:
    """Takes lines while a command works: on stdout where the report is text, else on stderr.

    Nobody who reads them can stop the work: a pipe that was closed is no reason to leave an
    upgrade half done.
    """

    out: TextIO
    mask: Mask
    quiet: bool = False

    @property
    def colour(self) -> bool:
        """Whether whoever reads sees colours."""
        return _wants_colour(self.out)

    def __call__(self, line: str) -> None:
        """Write one line now."""
        if not self.quiet:
            try:
                self.out.write(self.mask(line) + "\n")
                self.out.flush()
            except BrokenPipeError:
                _ignore_closed_pipe(self.out)


class Product(Protocol):
    """What a command makes, beside what it reports."""

    def deliver(self, report: Report, format: str, output: str | None, out: TextIO) -> Report:
        """Write it, to the file if one is named; returns the report, which may hold it."""


@dataclass
class Invocation:
    """One run of one command: what click hands to it as its object.

    :param words: what was typed after its name.
    """

    name: str
    config: Config
    mask: Mask = field(default_factory=Mask)
    words: Sequence[str] = ()

    @property
    def quiet(self) -> bool:
        """Alembic's ``-q``."""
        return bool(getattr(self.config.cmd_opts, "quiet", False))

    @property
    def raiseerr(self) -> bool:
        """Alembic's ``--raiseerr``."""
        return bool(getattr(self.config.cmd_opts, "raiseerr", False))

    def tell_env_py(self, **values: Any) -> None:
        """Set what env.py recipes read from ``config.cmd_opts``."""
        if self.config.cmd_opts is not None:
            vars(self.config.cmd_opts).update(values)

    def run(
        self,
        work: Callable[[Progress], Report],
        format: str = "text",
        output: str | None = None,
        *,
        product: Product | None = None,
    ) -> int:
        """Do the work and report on it.

        :param format: a module of ``reports``; :param output: a file instead of stdout.
        :param product: what the work makes; then stdout and the file are for it.
        :returns: the exit status.
        """
        for variable in unknown_variables(os.environ):
            click.echo(f"warning: {variable} is no setting of alembic_guard", err=True)
        with reserved_stdout() as out:
            for_people = sys.stderr if format != "text" or product is not None else out
            report = self._attempt(work, Progress(for_people, self.mask, self.quiet))
            part_way = report.exit_status == StoppedPartWay.exit_status
            findings = once_more(report.findings, self.name, self.words, part_way=part_way)
            findings = as_typed(findings, self.config)
            folder, ini = home(self.config)
            report = replace(report, findings=findings, folder=folder, config=ini).masked(self.mask)
            if product is not None:
                report = product.deliver(report, format, output, out)
                output, out = None, for_people if format == "text" else out
            if not (self.quiet and format == "text" and report.exit_status == 0):
                _write(report, format, output, out)
            return report.exit_status

    def _attempt(self, work: Callable[[Progress], Report], progress: Progress) -> Report:
        try:
            return work(progress)
        except GuardError as error:
            if self.raiseerr or error.findings[0].name == DEFECT:
                _show_traceback(error, self.mask)
            interrupted = isinstance(error.__cause__, Interrupted) and error.exit_status == 1
            status = INTERRUPTED if interrupted else error.exit_status
            return Report(self.name, status, error.findings, error.data)
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was applied.", err=True)
            return Report(self.name, INTERRUPTED)
        except Exception as error:
            _show_traceback(error, self.mask)
            return Report(self.name, DEFECTIVE, [defect(error)])


def _show_traceback(error: BaseException, mask: Mask) -> None:
    click.echo(mask("".join(traceback.format_exception(error))), err=True, nl=False)


def _usage(error: click.ClickException) -> Finding:
    return Finding("wrong-usage", error.format_message())


def _report_usage(report: Report, words: Sequence[str]) -> None:
    """A program that asked for a format gets it; people have read click's own words by then."""
    formats = [
        word.partition("=")[2] or following
        for word, following in zip(words, [*words[1:], ""], strict=False)
        if word.partition("=")[0] == "--format"
    ]
    if formats and formats[-1] in FORMATS and formats[-1] != "text":
        _write(report, formats[-1], None, sys.stdout)


def _write(report: Report, format: str, output: str | None, out: TextIO) -> None:
    """Write the report where it was asked for; where that fails, to stdout, rather than lose it."""
    render = import_module(f"{reports.__name__}.{format}").render
    if output is not None:
        try:
            Path(output).write_text(render(report), "utf-8", errors="backslashreplace")
            return
        except OSError as error:
            click.echo(f"warning: {output} cannot be written: {error.strerror}", err=True)
    try:
        out.write(render(report, colour=_wants_colour(out)))
        out.flush()
    except BrokenPipeError:  # a reader such as head that has seen enough
        _ignore_closed_pipe(out)


class GuardCommand(click.Command):
    """A click command that takes Alembic's relative revisions (``-1``) for words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put words such as ``-1`` behind ``--``, where click does not take them for options."""
        end = args.index("--") if "--" in args else len(args)
        relative = [
            position
            for position, word in enumerate(args[:end])
            if re.fullmatch(r"-\d+", word) and not self._takes_value(args[:position])
        ]
        if relative:
            rest = [word for position, word in enumerate(args[:end]) if position not in relative]
            args = [*rest, "--", *(args[position] for position in relative), *args[end + 1 :]]
        return super().parse_args(ctx, args)

    def _takes_value(self, before: list[str]) -> bool:
        """Whether the next word is the value of the option that stands last."""
        return any(
            before[-1:] == [name] and not (option.is_flag or option.count)
            for option in self.params
            if isinstance(option, click.Option)
            for name in option.opts
        )


def _wants_colour(out: TextIO) -> bool:
    return out.isatty() and "NO_COLOR" not in os.environ


def _ignore_closed_pipe(out: TextIO) -> None:
    """Let the interpreter's last flush go nowhere (docs.python.org, library/signal, SIGPIPE)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
