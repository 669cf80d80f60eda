"""Tells which tables of the models need not be made: a temporary one says the same of them.

What the server makes of a temporary table is what it makes of another, see ``temporary``; only
what no temporary table can have, foreign keys above all, is read as it is typed, and may be
mistaken. So a table that has such parts is made if it differs from the database in anything. One
that a typed statement may speak of, and one that cannot be temporary, is made in any case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from alembic_guard.runtime.comparing.facts import Fact, Thing, differences
from alembic_guard.runtime.comparing.mysql.creation import behind_columns, without_tokens
from alembic_guard.runtime.comparing.mysql.same import Said, aligned
from alembic_guard.runtime.comparing.mysql.temporary import Asked, Typed, asked, typed_table
from alembic_guard.runtime.comparing.mysql.tokens import Unreadable, tokens

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.comparing.model import Model, Statement

_PLAIN = (CreateTable, CreateIndex, AddConstraint)


@dataclass(frozen=True)
class Spared:
    """Tables that are not made.

    :param rest: the statements of the others; :param facts: what the spared ones are like.
    """

    rest: Model
    facts: Mapping[Thing, Fact] = field(default_factory=dict)


def spared(
    connection: Connection,
    model: Model,
    live: Mapping[Thing, Fact],
    said: Said,
    databases: Collection[str],
) -> Spared:
    """Ask the server, and leave out what it has answered.

    :param connection: to a scratch database; :param databases: its name and that of the live one.
    """
    needed = {word for each in model.statements if not plain(each) for word in _words(each.sql)}
    tables, _ = read_models(model, databases)
    known = [
        each
        for each in tables
        if (each.whole or Thing("table", each.name) in live) and each.name.lower() not in needed
    ]
    found = asked(connection, known, databases)
    same = frozenset(_same(found, live, said))
    same |= {Thing("table", each.name) for each in known if each.whole} & found.whole
    kept = [
        each
        for each in model.statements
        if each.table is None
        or replace(each.table, schema="") not in same
        or not home(each, databases)
    ]
    facts = {thing: fact for table in same for thing, fact in found.facts[table].items()}
    return Spared(replace(model, statements=kept), facts)


def plain(statement: Statement) -> bool:
    """Whether a statement is SQLAlchemy's own for a table of the models."""
    return (
        isinstance(statement.source, _PLAIN) and statement.table is not None and not statement.raw
    )


def home(statement: Statement, databases: Collection[str]) -> bool:
    """Whether a statement is about a table of this database."""
    return statement.table is not None and statement.table.schema in ("", *databases)


def read_models(model: Model, databases: Collection[str]) -> tuple[list[Typed], dict[Thing, str]]:
    """The tables of the models as temporary ones; those that cannot be read, with the reason."""
    nameless = behind_columns(model)
    mine: dict[Thing, list[Statement]] = defaultdict(list)
    for each in model.statements:
        if plain(each) and home(each, databases) and each.table is not None:
            mine[replace(each.table, schema="")].append(each)
    found, unread = [], {}
    for thing, statements in mine.items():
        try:
            sqls = [without_tokens(each.sql, nameless) for each in statements]
            found.append(typed_table(statements, sqls))
        except Unreadable as error:
            unread[thing] = str(error)
    return found, unread


def _same(found: Asked, live: Mapping[Thing, Fact], said: Said) -> Iterator[Thing]:
    model = {thing: fact for each in found.facts.values() for thing, fact in each.items()}
    both = aligned(live, model, said)
    differ = {
        thing.owner if thing.table else thing
        for thing in differences(both.live, both.model)
        if thing.kind != "trigger"
    }
    differ |= {thing.owner if thing.table else thing for thing in found.refused}
    yield from (table for table in found.facts if table not in differ)


def _words(sql: str) -> Iterator[str]:
    yield from (each.value.lower() for each in tokens(sql) if each.kind in ("word", "quoted"))
