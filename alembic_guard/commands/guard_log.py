"""``alembic guard-log``: the journal, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS
from alembic_guard.apply.journal import Journal
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.options import reporting
from alembic_guard.commands.refusing import refusing
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.history import open_script
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True)
class Logged:
    """The journal of one database.

    :param rows: newest first; None where there is no journal yet.
    :param older: whether there are older rows than these.
    """

    database: str
    rows: tuple[dict[str, Any], ...] | None
    older: bool = False

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``; times are ISO 8601 with their zone."""
        rows = None if self.rows is None else [_json_row(row) for row in self.rows]
        return {"database": self.database, "rows": rows}


def guard_log(config: Config, limit: int | None = 20) -> tuple[Logged, ...]:
    """Read the journal of every database that env.py configures.

    :param limit: how many rows of each; None is all.
    :raises GuardError: when env.py or the database cannot be used.
    """
    found: list[Logged] = []
    with refusing(Mask()):
        settings = Settings.load(config)
        script = open_script(config)

        def read(call: Call, _plain: Callable[[], None]) -> None:
            journal = Journal(call.context, settings.journal_table)
            with call.reading() as connection:
                url = Database(connection).url
                there = journal.exists(connection)
                one_more = None if limit is None else limit + 1
                rows = tuple(journal.rows(connection, one_more)) if there else None
            older = rows is not None and limit is not None and len(rows) > limit
            found.append(Logged(url, rows[:limit] if rows else rows, older))

        if not run_environment(config, script, lambda *_: (), migrating=read, read_only=True):
            raise NoMigrationsRun(script.env_py_location, config)
    return tuple(found)


@click.command("guard-log", cls=GuardCommand, help=COMMANDS["guard-log"])
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many rows.",
)
@click.option("--all", "everything", is_flag=True, help="Every row.")
@reporting
@click.pass_obj
def command(
    invocation: Invocation, limit: int, everything: bool, format: str, output: str | None
) -> int:
    """Run the command for its words."""

    def work(_progress: Progress) -> Report:
        logs = guard_log(invocation.config, None if everything else limit)
        data = {"databases": [logged.as_json() for logged in logs]}
        lines = [line for logged in logs for line in _lines(logged)]
        return Report(invocation.name, 0, data=data, lines=lines)

    return invocation.run(work, format, output)


def _lines(logged: Logged) -> list[str]:
    lines = [f"Journal of {logged.database}"]
    if not logged.rows:
        return [*lines, "  empty: safe-upgrade has applied nothing here yet"]
    for row in logged.rows:
        who = "@".join(part for part in (row["os_user"], row["host"]) if part)
        took = "" if row["milliseconds"] is None else f", {row['milliseconds']} ms"
        when = f"{row['started']:%Y-%m-%d %H:%M:%S} UTC"
        down = (row["direction"], row["status"]) == ("downgrade", "applied")
        status = "reverted" if down else row["status"]
        lines.append(f"  {when}  {status:<11} {row['revision']} {row['message'] or ''}".rstrip())
        lines.append(f"      {row['direction']} by {who or 'unknown'}{took}")
        lines += [f"      allowed: {row['allowed']}"] if row["allowed"] else []
        lines += [f"      cancelled: {row['cancelled']}"] if row["cancelled"] else []
        lines += [f"      checks: {row['checks']}"] if row["checks"] else []
        lines += [f"      backup: {row['backup']}"] if row["backup"] else []
        lines += [f"      {line}" for line in (row["error"] or "").splitlines()]
    return [*lines, *(["  … and older rows: alembic guard-log --all"] if logged.older else [])]


def _json_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }
