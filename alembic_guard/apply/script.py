"""A script for a DBA: the SQL of pending revisions between the guards of ``safe-upgrade``.

Each revision is a transaction: limits, assertions, the journal's row, ``precheck``, the migration,
``postcheck``, the version table. What a revision runs outside of a transaction stands between two,
each with the same assertions. It promises that whoever runs it twice, elsewhere or beside another
deployer is stopped before anything is changed, and that no password is in what it says itself.
It tries nothing again: a lock that is not granted in time ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from types import ModuleType
from typing import cast

from alembic_guard.apply import script_mysql, script_postgresql, script_sqlite
from alembic_guard.apply.journal import Attempt, _versions
from alembic_guard.apply.script_journal import ScriptJournal
from alembic_guard.apply.script_words import AGAIN, Site, Words, comment, expected
from alembic_guard.finding import Place
from alembic_guard.runtime.history import counted
from alembic_guard.runtime.rendered import Rendered, RenderedCheck, leaves_transaction
from alembic_guard.runtime.step import Step

_WORDS: Mapping[str, ModuleType] = {
    "postgresql": script_postgresql,
    "mariadb": script_mysql,
    "mysql": script_mysql,
    "sqlite": script_sqlite,
}
KINDS = tuple(_WORDS)
"""The kinds of database that a script is written for."""


@dataclass(frozen=True)
class Part:
    """One revision of a script.

    :param attempt: what its journal row says.
    :param notes: sentences to put beside statements, by the line they are about; those of None are
        about the whole revision.
    :param allowed: names of guards and rules that were let through.
    """

    rendered: Rendered
    attempt: Attempt
    notes: Mapping[Place | None, Sequence[str]]
    allowed: tuple[str, ...] = ()


def words_of(kind: str) -> Words:
    """How a kind of database says it."""
    return cast("Words", _WORDS[kind])


@dataclass(frozen=True)
class Script:
    """Everything that a script is made of.

    :param journal: None where the project keeps none.
    :param version_table: DDL that makes the version table where it is missing.
    :param again: the command that writes another one.
    """

    site: Site
    parts: Sequence[Part]
    journal: ScriptJournal | None
    version_table: str
    written: datetime
    again: str = AGAIN

    def text(self) -> str:
        """The script."""
        lines = [*self._header()]
        if self.parts:
            lines += ["", *self._words.opening(self.site)]
            for number, part in enumerate(self.parts):
                lines += ["", *self._revision(part, first=number == 0)]
        return "\n".join(lines) + "\n"

    @property
    def _words(self) -> Words:
        return words_of(self.site.kind)

    def _header(self) -> Iterator[str]:
        site, parts = self.site, self.parts
        yield comment(f"Written by {_versions()}")
        yield comment(f"on {self.written:%Y-%m-%d %H:%M} UTC, for {site.server}.")
        if site.database:
            yield comment(site.database, "Database  ")
        if not parts:
            yield comment("Nothing is to be done: there is nothing to run.")
            return
        yield comment(expected(parts[0].rendered.before), "From      ")
        yield comment(expected(parts[-1].rendered.after), "To        ")
        yield comment(counted(len(parts), "revision"))
        for part in parts:
            yield comment(str(part.rendered.revision), "          ")
        yield comment("")
        yield comment(site.command, "Run it:   ")
        yield comment("It stops at the first error. What was committed until then stays; a new")
        yield comment(f"script does the rest: {self.again}")

    def _revision(self, part: Part, *, first: bool) -> Iterator[str]:
        words, site, rendered = self._words, self.site, part.rendered
        yield comment("-" * 76)
        yield comment(f"Revision {rendered.revision} ({rendered.revision.path})")
        yield from self._notes(part, None)
        yield from words.begin(site)
        yield from self._at_first(part) if first else words.at(site, rendered.before)
        if self.journal is not None:
            yield words.statement(self.journal.started(part.attempt))
        yield from self._checks(part, "precheck")
        left = False
        for outside, steps in groupby(_steps(rendered, site.kind), _is_outside):
            if outside:
                yield from words.leave(site)
            yield from self._statements(part, steps)
            if outside:
                left = True
                yield from [*words.enter(site), *words.begin(site)]
                yield from words.at(site, rendered.before)
        yield from self._checks(part, "postcheck")
        yield comment("the version table")
        yield from map(words.statement, rendered.version)
        if self.journal is not None:
            yield words.statement(self.journal.applied(part.attempt, part.allowed))
        yield "COMMIT;"
        if left:
            yield from words.done(site)

    def _at_first(self, part: Part) -> Iterator[str]:
        """The tables of Alembic and ours are made in the first transaction."""
        words, site = self._words, self.site
        table = "" if part.rendered.before else words.statement(self.version_table)
        journal = self.journal.table() if self.journal is not None else []
        if table and not words.TABLE_MAY_MISS:
            yield table
        yield from words.at(site, part.rendered.before)
        if table and words.TABLE_MAY_MISS:
            yield table
        yield from map(words.statement, journal)
        if (table or journal) and words.DDL_COMMITS:
            yield from words.begin(site)

    def _checks(self, part: Part, name: str) -> Iterator[str]:
        for check in part.rendered.checks:
            if check.name == name:
                yield comment(f"{name}() at {check.place}")
                yield from self._check(check, part)

    def _check(self, check: RenderedCheck, part: Part) -> Iterator[str]:
        if not check.sql:
            yield comment("It asks the database nothing, and did not say no.", "  ")
            return
        says = f"alembic_guard: {check.name}() of revision {part.attempt.revision} said no"
        yield from self._words.asks(self.site, check.sql, f"{says} ({check.place})")

    def _statements(self, part: Part, steps: Iterator[Step]) -> Iterator[str]:
        said: set[Place | None] = {None}
        for step in steps:
            if step.place is not None:
                yield comment(str(step.place))
            for place in (step.called_from, step.place):
                if place not in said:
                    said.add(place)
                    yield from self._notes(part, place)
            yield from map(self._words.statement, step.sql)

    def _notes(self, part: Part, place: Place | None) -> Iterator[str]:
        for note in part.notes.get(place, ()):
            yield comment(note, "  ")


def _steps(rendered: Rendered, kind: str) -> Sequence[Step]:
    """The steps of a revision; on SQLite all outside of a transaction if one has to be there."""
    statements = (sql for each in rendered.steps for sql in each.sql)
    if kind == "sqlite" and any(map(leaves_transaction, statements)):
        return [replace(each, transaction=None) for each in rendered.steps]
    return rendered.steps


def _is_outside(step: Step) -> bool:
    return step.transaction is None
