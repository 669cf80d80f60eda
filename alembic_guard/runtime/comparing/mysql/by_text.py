"""Compares without a scratch database: tables as temporary ones, the rest by its text.

Of a table the server says itself what it makes (see ``temporary``), but for foreign keys, FULLTEXT
indexes and partitions. A trigger is kept as it was typed, and so is the body of a routine. What a
server writes anew, views above all, is told apart where only one side has it; where both have it,
and in other words, it is not known whether it has changed, and nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.comparing.comparison import Unknown
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.mysql.creation import objection, of, shown
from alembic_guard.runtime.comparing.mysql.objects import made_by, object_fact
from alembic_guard.runtime.comparing.mysql.reading import Side, facts_of, unqualified
from alembic_guard.runtime.comparing.mysql.routines import routine_fact
from alembic_guard.runtime.comparing.mysql.sparing import plain, read_models
from alembic_guard.runtime.comparing.mysql.temporary import Typed, asked, typed_table
from alembic_guard.runtime.comparing.mysql.tokens import Unreadable, quoted, tokens
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.first_line import first_line
from alembic_guard.runtime.scratch_mysql import other_databases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.comparing.model import Model, Statement

_ROUTINES = ("function", "procedure")
_CHANGES = ("ALTER", "CREATE", "DROP", "RENAME")
_UNSAID = "no database can be made to see what the server makes of it"


def compared_by_text(
    connection: Connection, model: Model, live: Side, default: str
) -> tuple[Side, list[Unknown]]:
    """What the models make, as far as that can be told; what cannot be is unknown.

    :param connection: to the live database, which is only read.
    :param live: what the database has: routines of it are put into the words of ours.
    :raises DBAPIError: where no temporary table may be made.
    """
    own = Database(connection)
    own.follow(connection)
    with own.beside() as session:
        return session.ask(lambda side: _Text(side, model, live, default).compared())


class _Text:
    def __init__(self, side: Connection, model: Model, live: Side, default: str) -> None:
        self._side, self._model, self._live, self._default = side, model, live, default
        self._made = Side()
        self._unknown: list[Unknown] = []

    def compared(self) -> tuple[Side, list[Unknown]]:
        self._side.exec_driver_sql("CREATE TEMPORARY TABLE guard_may_it (a INT)")
        typed = list(self._typed())
        self._sequences(typed)
        tables, unread = read_models(self._model, {self._default})
        self._tables([*tables, *self._typed_tables(typed)], unread)
        for statement in typed:
            self._object(statement)
        self._partitions()
        return self._made, self._unknown

    def _typed(self) -> Iterator[Statement]:
        """What is not SQLAlchemy's own for a table; what may not be looked at is unknown."""
        others = other_databases(self._side)
        for each in self._model.statements:
            if plain(each):
                continue
            if each.table is not None and each.table.schema not in ("", self._default):
                continue
            reason = objection(each.sql, others)
            if reason:
                self._unknown.append(Unknown(shown(each), reason, *of(each)))
            else:
                yield each

    def _sequences(self, typed: list[Statement]) -> None:
        """Temporary ones, which columns may have their default from."""
        for statement in typed:
            thing = made_by(statement.sql)
            if thing is None or thing.kind != "sequence":
                continue
            try:
                sql = _temporary(statement.sql)
                self._side.exec_driver_sql(sql.replace("%", "%%"))
                show = f"SHOW CREATE SEQUENCE {quoted(thing.name)}".replace("%", "%%")
                said = str(self._side.exec_driver_sql(show).one()[1])
                for fact in facts_of(unqualified(said, {self._default})):
                    self._made.facts[fact.thing] = fact
            except (DBAPIError, Unreadable) as error:
                self._doubt(thing, first_line(error))

    def _typed_tables(self, typed: list[Statement]) -> Iterator[Typed]:
        for statement in typed:
            thing = made_by(statement.sql)
            if thing is not None and thing.kind == "table":
                try:
                    yield typed_table([statement], [statement.sql])
                except Unreadable as error:
                    self._doubt(thing, str(error))

    def _tables(self, tables: list[Typed], unread: dict[Thing, str]) -> None:
        found = asked(self._side, tables, {self._default})
        for thing, reason in {**unread, **found.refused}.items():
            self._doubt(thing, reason)
        for facts in found.facts.values():
            self._made.facts.update(facts)

    def _object(self, statement: Statement) -> None:
        thing = made_by(statement.sql)
        if thing is None:
            self._changed_by(statement)
        elif thing.kind in _ROUTINES:
            self._routine(statement, thing)
        elif thing.kind in ("trigger", "view"):
            fact = object_fact(statement.sql)
            assert fact is not None
            fact = replace(fact, thing=thing)
            self._made.facts[thing] = fact
            live = self._live.facts.get(thing)
            if thing.kind == "view" and live is not None and live.parts != fact.parts:
                self._doubt(thing, _UNSAID)

    def _routine(self, statement: Statement, thing: Thing) -> None:
        fact = routine_fact(thing, statement.sql)
        self._made.facts[thing] = fact
        live = self._live.facts.get(thing)
        if live is not None:
            self._live.facts[thing] = replace(routine_fact(thing, live.definition), thing=thing)

    def _changed_by(self, statement: Statement) -> None:
        """Something typed that makes nothing new: what it speaks of is not known any more."""
        found = tokens(statement.sql)
        if not found or found[0].upper not in _CHANGES:
            return
        words = {each.value.lower() for each in found}
        spoken = [
            thing
            for thing in {*self._made.facts, *self._live.facts}
            if not thing.table and thing.name.lower() in words
        ]
        for thing in sorted(spoken):
            self._doubt(thing, f"its statement is not run: {_UNSAID}")
        if not spoken:
            self._unknown.append(Unknown(shown(statement), _UNSAID, *of(statement)))

    def _partitions(self) -> None:
        """How a table is partitioned is written anew by the server: only whether it is counts."""
        for thing, fact in list(self._made.facts.items()):
            live = self._live.facts.get(thing)
            if thing.kind != "table" or live is None or not fact.parts["partition"]:
                continue
            if live.parts["partition"]:
                parts = {**fact.parts, "partition": live.parts["partition"]}
                self._made.facts[thing] = replace(fact, parts=parts)
                self._unknown.append(Unknown(f"the partitioning of {thing}", _UNSAID))

    def _doubt(self, thing: Thing, reason: str) -> None:
        self._unknown.append(Unknown(str(thing), reason, thing))


def _temporary(sql: str) -> str:
    found = tokens(sql)
    place = next(at for at, each in enumerate(found) if each.upper == "SEQUENCE")
    return f"CREATE TEMPORARY {sql[found[place].start :]}"
