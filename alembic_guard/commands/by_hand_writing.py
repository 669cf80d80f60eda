"""Puts scripts together, one a database: asks it, judges what is pending, renders that."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, make_url, table
from sqlalchemy.exc import ArgumentError

from alembic_guard import guards
from alembic_guard.apply.direction import UP, Direction
from alembic_guard.apply.journal import Attempt, Journal
from alembic_guard.apply.plan import Plan
from alembic_guard.apply.script import KINDS, Part, Script, words_of
from alembic_guard.apply.script_journal import ScriptJournal
from alembic_guard.apply.script_words import Site
from alembic_guard.commands.going_down import subjects_down
from alembic_guard.commands.preflight import Preflight
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.masking import Mask
from alembic_guard.runtime.database import PRODUCTS, Database, kind_of
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.git import uncommitted_revisions
from alembic_guard.runtime.history import as_revision, checksum, resolve
from alembic_guard.runtime.lock_key import lock_key
from alembic_guard.runtime.migration_url import leading_to
from alembic_guard.runtime.offline import offline
from alembic_guard.runtime.recorded import form_of
from alembic_guard.runtime.rendered import Rendering
from alembic_guard.runtime.rendering import render
from alembic_guard.runtime.script_session import session_settings, shell_command
from alembic_guard.runtime.unprepared import unprepared
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import RevisionStep
    from alembic.script import ScriptDirectory
    from sqlalchemy.engine import Dialect


@dataclass
class Writing:
    """Scripts in the making, one for each database that env.py configures.

    :param file: its name, for the line that says how to run it.
    :param direction: up or down.
    :param several: whether there is a place for more than one.
    :param findings: what was seen, each thing once.
    """

    config: Config
    script: ScriptDirectory
    settings: Settings
    mask: Mask
    say: Callable[[str], None]
    file: str
    direction: Direction = UP
    several: bool = False
    findings: list[Finding] = field(default_factory=list)
    _made: list[Script] = field(default_factory=list)
    _of: list[tuple[str, URL | None]] = field(default_factory=list)

    def write(self, revision: str, tag: str | None, now: datetime) -> dict[str, Script]:
        """Make the scripts, by the file that each is for.

        :param revision: a target, or ``FROM:TO``, which needs no database.
        :raises Refused: by the first guard that refuses; :raises EnvironmentFailed: by env.py.
        """
        first, colon, last = revision.partition(":")

        def online(call: Call, _plain: Callable[[], None]) -> None:
            self._serve(call, revision, call.heads(), now)

        def from_there(call: Call, _plain: Callable[[], None]) -> None:
            start = () if first in ("", "base") else resolve(self.script, first)
            self._serve(
                call,
                last or ("head" if self.direction is UP else "base"),
                tuple(one.revision for one in start),
                now,
            )

        if colon:
            problem = offline(self.config, self.script, from_there)
            if problem:
                self.say(f"Note      {problem}: the script is for {self._made[0].site.server}")
        else:
            with unprepared(), leading_to(self.settings.migration_url, self.mask) as lead:
                run_environment(
                    self.config,
                    self.script,
                    lambda *_: (),
                    migrating=online,
                    read_only=True,
                    lead=lead,
                    destination_rev=revision,
                    tag=tag,
                )
        if not self._made:
            raise NoMigrationsRun(self.script.env_py_location, self.config)
        if len(self._made) == 1:
            return {self.file: self._made[0]}
        return dict(starmap(self._filed, zip(self._made, self._of, strict=True)))

    def _filed(self, made: Script, of: tuple[str, URL | None]) -> tuple[str, Script]:
        """A script among several, which says how its own file is run."""
        name, url = of
        whole = Path(self.file)
        file = str(whole.with_name(f"{whole.stem}-{name}{whole.suffix}"))
        command = shell_command(made.site.kind, url, file)
        return file, replace(made, site=replace(made.site, command=command))

    def _serve(self, call: Call, target: str, heads: tuple[str, ...], now: datetime) -> None:
        kind = kind_of(call.context.dialect)
        self._refuse_kind(kind)
        steps = self.direction.steps(self.script, target, heads, call if call.online else None)
        pending = [as_revision(step.revision) for step in steps]
        site = self._site(call, kind)
        plan = Plan(
            site.database, site.server, heads, target, tuple(pending), label=self.direction.label
        )
        for line in plan.lines():
            self.say(line)
        allowed = self._judge(call, pending, target)
        version = _numbers(self.settings.server_version)
        checked = self.direction.checked
        rendering = render(call, self.script, steps, heads, version=version, checked=checked)
        left_out = self._refuse_unrendered(rendering, target)
        parts = [
            Part(
                rendered,
                _attempt(step, self.direction),
                self._notes(rendered.revision.id, left_out),
                (*allowed, *_names(left_out, rendered.revision.id)),
            )
            for step, rendered in zip(steps, rendering.revisions, strict=True)
        ]
        journal = self._journal(call, rendering.dialect, kind)
        table, again = rendering.version_table, self._again(target)
        named = str(call.keywords.get("engine_name") or call.number + 1)  # as multidb has it
        self._of.append((re.sub(r"[^\w.-]+", "-", named), self._url(call)))
        self._made.append(Script(site, parts, journal, table, now, again))

    def _again(self, target: str) -> str:
        """The command that writes what is left."""
        words = [*([] if self.direction is UP else [target]), "--sql"]
        return " ".join([self.direction.command, *words])

    def _refuse_kind(self, kind: str) -> None:
        if kind not in KINDS:
            said = f"There is no script for {PRODUCTS.get(kind, kind)}."
            known = ", ".join(PRODUCTS[each] for each in KINDS)
            raise Refused.one("not-renderable", said, why=f"Scripts are written for {known}.")
        if self._made and not self.several:
            command, output = self.direction.command, f"{self.direction.name}.sql"
            raise Refused.one(
                "not-renderable",
                "env.py migrates several databases in one run, and a script is for one.",
                why="Which part of it belonged to which database could not be told by a shell.",
                next=(
                    f"{command} --sql --output {output}  # a file for each, {self.direction.name}-"
                    "NAME.sql",
                ),
            )

    # --- What refuses -------------------------------------------------------------------------

    def _judge(self, call: Call, pending: Sequence[Any], target: str) -> tuple[str, ...]:
        """The guards and rules of the command, as far as there is a database to ask."""
        upgrade = self.direction is UP
        asks = None if upgrade else subjects_down(target)
        preflight = Preflight(
            self.config, self.script, self.settings, self.findings, asks, upgrade=upgrade
        )
        if call.online:
            preflight(call, pending)
        else:
            paths = [each.path for each in pending]
            files = uncommitted_revisions(paths, self.settings.require_committed)
            self._keep(guards.judge(files, self.settings.allow))
            preflight.lint(call, pending)
            if not upgrade and pending:
                self.say("Note      no database was asked: what the way down loses is not known")
        return tuple(dict.fromkeys(each.name for each in self.findings if each.allowed))

    def _keep(self, found: Sequence[Finding]) -> None:
        self.findings += [each for each in found if each not in self.findings]
        if any(each.refuses for each in found):
            raise Refused(sorted(self.findings, key=lambda each: not each.refuses))

    def _refuse_unrendered(self, rendering: Rendering, target: str) -> list[Finding]:
        """The checks that are left out because that is allowed.

        :raises Refused: for all else that has no text.
        """
        found = [
            finding
            for each in rendering.failures
            for finding in guards.judge(each, self.settings.allow)
        ]
        if self.direction is not UP:
            instead = f"{self.direction.command} {target}  # reverts it instead"
            found = [replace(each, next=(instead,)) for each in found]
        self._keep(found)
        return found

    # --- What is written ----------------------------------------------------------------------

    def _notes(self, revision: str, left_out: Sequence[Finding]) -> dict[Place | None, list[str]]:
        notes: dict[Place | None, list[str]] = defaultdict(list)
        for each in self.findings:
            if each.revision == revision and each.severity is not Severity.NOTE:
                place = None if each in left_out else each.place
                weight = "allowed" if each.allowed else each.severity.value
                notes[place].append(self.mask(f"{weight}: {each.name}: {each.message}"))
        return notes

    def _journal(self, call: Call, dialect: Dialect, kind: str) -> ScriptJournal | None:
        if not self.settings.journal:
            return None
        journal = Journal(call.context, self.settings.journal_table)
        there = False
        if call.online:
            with call.reading() as connection:
                there = journal.exists(connection)
                journal.checksums(connection)  # it learns which columns an older table lacks
        return ScriptJournal(journal, dialect, words_of(kind), there=there)

    def _site(self, call: Call, kind: str) -> Site:
        context, url, schema = call.context, self._url(call), ""
        dialect = context.dialect
        if call.online:
            with call.reading() as connection:
                database = Database(connection)
                database.follow(connection)
                schema, server = database.schema, database.server
                session = session_settings(connection, dialect)
        else:
            numbers = self.settings.server_version
            server = f"{PRODUCTS[kind]} {numbers}".strip()
            # where nobody chose another one: the script looks whether it is
            schema = "public" if kind == "postgresql" else (url and url.database) or ""
            session = session_settings(None, dialect)
        place = context.version_table_schema or schema
        shown = "" if url is None else url.render_as_string(hide_password=True)
        key = lock_key(place, context.version_table) if kind != "sqlite" and place else None
        version = table(context.version_table, schema=context.version_table_schema)
        return Site(
            kind,
            self.mask(shown),
            server,
            dialect.identifier_preparer.format_table(version),
            schema if kind != "sqlite" else "",
            key,
            self.settings.lock_timeout_last,  # a script has one try
            self.settings.statement_timeout,
            session,
            shell_command(kind, url, self.file),
        )

    def _url(self, call: Call) -> URL | None:
        """Where the database is; offline what the configuration says, if it is of this kind."""
        if call.online:
            url = call.connection.engine.url
            self.mask.learn_url(url)
            return url
        with suppress(ArgumentError, ValueError):
            url = make_url(self.config.get_main_option("sqlalchemy.url") or "")
            self.mask.learn_url(url)
            if url.get_backend_name() in (call.context.dialect.name, "mysql", "mariadb"):
                return url if call.context.dialect.name != "sqlite" or url.database else None
        return None


def _attempt(step: RevisionStep, direction: Direction) -> Attempt:
    script = step.revision
    form = form_of(script.path)
    return Attempt(script.revision, script.doc or "", checksum(script.path), form, direction.name)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _names(found: Sequence[Finding], revision: str) -> list[str]:
    return [each.name for each in found if each.revision == revision]
