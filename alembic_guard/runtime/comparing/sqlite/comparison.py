"""Makes the models in memory and holds what came of it against a SQLite.

Only the database that the connection opened is compared: of attached ones, which are schemas to
SQLAlchemy, Alembic says all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from alembic_guard.runtime.comparing.comparison import Comparison, Unknown, settled_tables
from alembic_guard.runtime.comparing.declared import short
from alembic_guard.runtime.comparing.facts import Fact, Thing, differences
from alembic_guard.runtime.comparing.model import UNNAMED, Statement, compiled_model
from alembic_guard.runtime.comparing.sqlite.memory import in_memory, standing_in
from alembic_guard.runtime.comparing.sqlite.reading import Side, read
from alembic_guard.runtime.comparing.sqlite.tokens import tokens

_TOKENS = re.compile(rf"CONSTRAINT {UNNAMED}\d+ ")
MAIN = "main"
"""What SQLite calls the database that the connection opened."""


def compared(
    connection: Connection, metadata: Sequence[MetaData], keep: Callable[[Table], bool]
) -> Comparison:
    """Compare models and database; the database is only read.

    :param keep: whether a table is to be compared.
    """

    def home(table: Table) -> bool:
        return table.schema in (None, MAIN) and keep(table)

    model = compiled_model(metadata, connection.dialect, {MAIN: None}, home)
    with closing(in_memory(connection.dialect)) as memory:
        unknown = list(_make(memory, model.statements))
        made = read(lambda sql: memory.execute(sql).fetchall())
    # most tables are in the words of the models: those are read once
    known = {
        _TOKENS.sub("", fact.definition): fact.notes["text"]
        for thing, fact in made.facts.items()
        if thing.kind == "table"
    }
    live = read(lambda sql: connection.exec_driver_sql(sql).all(), already=known)
    unknown += (Unknown(each.source, each.reason, _table(each.table)) for each in model.uncompiled)
    for side, words in ((live, "of the database"), (made, "of the models")):
        for name, reason in side.unreadable.items():
            unknown.append(Unknown(f"table {name} {words}", reason, Thing("table", name)))
    declared, names = _named(live, made)
    found = {
        thing: each
        for thing, each in differences(live.facts, declared).items()
        if not any(one.covers(thing) for one in unknown)
    }
    settled = settled_tables(live.facts.keys() & declared.keys(), found, unknown)
    return Comparison(live.facts, declared, found, model, tuple(unknown), names, settled=settled)


def _make(memory: Any, statements: Iterable[Statement]) -> Iterator[Unknown]:
    """Run the models' statements, in whatever order they can be; what cannot be made is unknown."""
    waiting, failed = list(statements), list[tuple[Statement, str]]()
    while waiting:
        failed = []
        for statement in waiting:
            try:
                standing_in(memory, lambda: memory.execute(statement.sql))  # noqa: B023 - run at once
            except Exception as error:  # each module has its own classes of errors
                failed.append((statement, " ".join(str(error).split())))
        if len(failed) == len(waiting):
            break
        waiting = [statement for statement, _ in failed]
    for statement, reason in failed:
        thing, kinds = _of(statement)
        yield Unknown(_shown(statement), reason, thing, kinds)


def _table(table: Thing | None) -> Thing | None:
    return replace(table, schema="") if table else None


def _of(statement: Statement) -> tuple[Thing | None, frozenset[str]]:
    """What a statement would have made, if it is known."""
    source = statement.source
    if isinstance(source, CreateTable):
        return _table(statement.table), frozenset()
    if isinstance(source, CreateIndex) and statement.table is not None:
        return Thing("index", str(source.element.name), statement.table.name), frozenset()
    words = [each for each in tokens(statement.sql)[:8] if each.upper not in ("TEMP", "TEMPORARY")]
    upper = [each.upper for each in words]
    if upper[:2] in (["ALTER", "TABLE"], ["CREATE", "TABLE"]) and len(words) > 2:
        named = words[5] if upper[2] == "IF" and len(words) > 5 else words[2]
        return Thing("table", named.name), frozenset()
    kind = next((each.lower() for each in upper if each in ("VIEW", "TRIGGER", "INDEX")), "")
    return None, frozenset({kind} if kind else {"view", "trigger"})


def _shown(statement: Statement) -> str:
    thing, _ = _of(statement)
    return str(thing) if thing is not None else short(statement.sql)


def _named(live: Side, made: Side) -> tuple[dict[Thing, Fact], dict[Thing, Thing]]:
    """The models' facts, those without a name called as what the database has of the same kind.

    :returns: the facts, and for each that the models leave without a name its token.
    """
    facts: dict[Thing, Fact] = {}
    tokens_of: dict[Thing, Thing] = {}
    taken = {thing for thing, fact in made.facts.items() if fact.notes.get("named", True)}
    for thing, fact in made.facts.items():
        name = thing
        if not fact.notes.get("named", True) and thing not in live.facts:
            name = _twin(fact, live, taken) or thing
            taken.add(name)
        if fact.notes.get("token") and not fact.notes["named"]:
            tokens_of[name] = Thing(thing.kind, fact.notes["token"], thing.table)
        sql = _TOKENS.sub("", fact.definition)
        facts[name] = Fact(name, fact.parts, sql, fact.notes)
    return facts, tokens_of


def _twin(fact: Fact, live: Side, taken: set[Thing]) -> Thing | None:
    """What the database has of the same kind that says the same, whatever it is called."""
    kind, table = fact.thing.kind, fact.thing.table
    for thing, other in live.facts.items():
        mine = thing.kind == kind and thing.table == table and thing not in taken
        if mine and (kind == "primary key" or other.parts == fact.parts):
            return thing
    return None
