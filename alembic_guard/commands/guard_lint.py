"""``alembic guard-lint [REVISIONS]``: judges migrations by what they really do."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS, guards, rules
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.lint_run import LintRun
from alembic_guard.commands.linting import judge_sql
from alembic_guard.commands.options import DIALECTS, RuleName, judging, own_pages
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.commands.refusing import masked_progress, refusing
from alembic_guard.errors import GuardError, Refused, WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.rules._choosing import is_opt_in
from alembic_guard.runtime.history import counted, open_script
from alembic_guard.runtime.loggers import kept_loggers, quiet_loggers
from alembic_guard.runtime.offline import DEFAULT
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class Linted:
    """What was judged, and let through.

    :param revisions: identifiers, in the order of application, each once.
    :param databases: masked URL, server, what is judged and how many steps, of each.
    :param findings: those that do not refuse.
    :param notes: what was not asked, in sentences.
    """

    revisions: tuple[str, ...]
    databases: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "revisions": list(self.revisions),
            "databases": list(self.databases),
            "notes": list(self.notes),
        }


@kept_loggers()
def lint(
    config: Config,
    revisions: Sequence[str] = (),
    *,
    against: str | None = None,
    database: bool = True,
    trace: bool = False,
    downgrade: bool = False,
    dialect: str | None = None,
    server_version: str | None = None,
    small_table_rows: int | None = None,
    enable: Sequence[str] = (),
    allow: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Linted:
    """Judge migrations; change nothing.

    :param revisions: identifiers, or ranges ``FROM:TO``; by default what is pending in the
        database, or everything without one.
    :param against: a branch or commit of git: only what it does not have is judged.
    :param database: whether to ask the database; env.py is then run as an upgrade would.
    :param trace: run the revisions on a scratch database, which is removed again.
    :param downgrade: judge ``downgrade()`` instead of ``upgrade()``.
    :param dialect: of a database that is not asked, where env.py does not say it.
    :param server_version: of a database that is not asked, such as ``15``.
    :param small_table_rows: rows up to which a table is small.
    :param enable: names of opt-in rules; :param allow: names of guards and rules that only report.
    :param progress: takes lines for people, as the work goes on.
    :raises Refused: when a rule refuses; its ``data`` holds what was judged.
    """
    mask, data = Mask(), dict[str, Any]()
    with refusing(mask, data):
        settings = Settings.load(config)
        settings = settings.override(
            allow=tuple(allow),
            enable=tuple(enable),
            server_version=server_version,
            small_table_rows=small_table_rows,
        )
        run = LintRun(
            config,
            settings,
            mask,
            masked_progress(progress, mask),
            names=tuple(revisions),
            against=against,
            trace=trace,
            upgrade=not downgrade,
        )
        with quiet_loggers():
            run.run(ask=database and dialect is None, dialect=dialect)
        linted = Linted(
            tuple(dict.fromkeys(run.revisions)),
            tuple(run.databases),
            tuple(run.findings),
            tuple(run.notes),
        )
        data.update(linted.as_json())
        if any(finding.refuses for finding in linted.findings):
            raise Refused(linted.findings)
    return linted


def _list(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    try:
        own = own_pages(ctx)
    except GuardError as error:
        raise click.UsageError(error.findings[0].message) from error
    listed = {"Rules": rules.catalogue(), "Guards": guards.catalogue(), "Rules of your own": own}
    for title, pages in listed.items():
        if not pages:
            continue
        click.echo(f"{title}:")
        for name, entry in pages.items():
            opt_in = " (opt-in)" if is_opt_in(entry) else ""
            click.echo(f"  {name}{opt_in}: {entry.title}")
    ctx.exit()


@click.command("guard-lint", cls=GuardCommand, help=COMMANDS["guard-lint"])
@click.argument("revisions", nargs=-1)
@click.option(
    "--sql",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    multiple=True,
    help="Judge a file of plain SQL instead of revisions; '-' is stdin. May be repeated.",
)
@click.option("--against", metavar="REF", help="Judge only what REF of git does not have.")
@click.option(
    "--database/--no-database",
    default=True,
    help="Ask the database what is pending and how large its tables are, which is the default.",
)
@click.option(
    "--trace", is_flag=True, help="Run the revisions on a scratch database, and judge that."
)
@click.option("--downgrade", is_flag=True, help="Judge downgrade() instead of upgrade().")
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    help="The dialect where no database is asked; env.py says it otherwise.",
)
@click.option("--server-version", help="The server's version where no database is asked.")
@click.option(
    "--small-table-rows", type=click.IntRange(min=0), help="Rows up to which a table is small."
)
@click.option(
    "--enable", multiple=True, type=RuleName(), help="Judge by an opt-in rule, too; or by 'all'."
)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list,
    help="Name every rule and guard, and exit.",
)
@judging
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    format: str,
    output: str | None,
    sql: Sequence[str],
    revisions: Sequence[str],
    **options: Any,
) -> int:
    """Run the command for its words."""
    if sql and (revisions or options["against"] or options["trace"]):
        raise click.UsageError(
            "--sql judges files; REVISIONS, --against and --trace are for revisions."
        )
    if options["trace"] and not options["database"]:
        raise click.UsageError("--trace runs on a database; take --no-database away.")

    def work(progress: Progress) -> Report:
        if sql:
            return _work_on_sql(invocation, sql, options)
        linted = lint(invocation.config, revisions, progress=progress, **options)
        return Report(invocation.name, 0, linted.findings, linted.as_json(), [*_lines(linted)])

    return invocation.run(work, format, output)


def _work_on_sql(invocation: Invocation, files: Sequence[str], options: dict[str, Any]) -> Report:
    settings = Settings.load(invocation.config).override(
        **{name: options[name] for name in ("allow", "enable", "server_version")},
        small_table_rows=options["small_table_rows"],
    )
    own = {}
    if settings.rules:
        open_script(invocation.config)  # prepend_sys_path says where their modules are
        own = own_rules(settings)
    dialect = options["dialect"] or DEFAULT
    findings: list[Finding] = []
    for file in files:
        path = "<stdin>" if file == "-" else file
        findings += judge_sql(_read(file), path, dialect, settings, own)
    data = {"files": list(files), "dialect": dialect}
    if any(finding.refuses for finding in findings):
        raise Refused(findings, data)
    line = f"Judged {counted(len(files), 'file')}: no rule refuses."
    return Report(invocation.name, 0, findings, data, [line])


def _read(file: str) -> str:
    """The text of a file, without the mark that editors on Windows begin it with."""
    try:
        with click.open_file(file, "rb") as opened:
            read = bytes(opened.read())
            if b"\0" in read:  # the parser would take it for the end
                raise WrongUsage.one("wrong-usage", f"{file} can't be read: it is no text.")
            return read.decode("utf-8-sig")
    except OSError as error:
        why = error.strerror or str(error)
        raise WrongUsage.one("wrong-usage", f"{file} can't be read: {why}.") from error
    except UnicodeDecodeError as error:
        raise WrongUsage.one(
            "wrong-usage",
            f"{file} can't be read: it is no UTF-8, at byte {error.start}.",
            next=(f"iconv -t UTF-8 {shlex.quote(file)} > utf8.sql",),
        ) from error


def _lines(linted: Linted) -> Iterator[str]:
    judged = counted(len(linted.revisions), "revision")
    yield f"Judged {judged}: no rule refuses."
