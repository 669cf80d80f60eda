"""Makes the models in a scratch database and holds what came of it against a MariaDB or MySQL.

The live database is only read. Tables of other databases, which are schemas to SQLAlchemy, are
Alembic's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table, text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.comparing.comparison import (
    Comparison,
    NotCompared,
    Unknown,
    settled_tables,
)
from alembic_guard.runtime.comparing.facts import Thing, differences
from alembic_guard.runtime.comparing.model import Model, compiled_model
from alembic_guard.runtime.comparing.mysql.by_text import compared_by_text
from alembic_guard.runtime.comparing.mysql.creation import indexes_of, make
from alembic_guard.runtime.comparing.mysql.reading import Side, read
from alembic_guard.runtime.comparing.mysql.same import Said, aligned, spoken_options
from alembic_guard.runtime.comparing.mysql.scratch import in_scratch
from alembic_guard.runtime.comparing.mysql.sparing import spared
from alembic_guard.runtime.comparing.mysql.tokens import quoted
from alembic_guard.runtime.scratch_mysql import who

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect

    from alembic_guard.settings import Settings


def compared(
    connection: Connection,
    metadata: Sequence[MetaData],
    keep: Callable[[Table], bool],
    settings: Settings,
) -> Comparison:
    """Compare models and database.

    :param keep: whether a table is to be compared.
    :raises NotCompared: where no scratch database can be made, and no temporary table either.
    """
    default = str(connection.execute(text("SELECT DATABASE()")).scalar_one())

    def home(table: Table) -> bool:
        return table.schema in (None, default) and keep(table)

    model = compiled_model(metadata, connection.dialect, {default: None}, home)
    said = said_by(metadata, model, connection.dialect)
    live = read(connection, (default,))

    def made_in(scratch: Connection, name: str) -> tuple[Side, list[Unknown]]:
        rest = spared(scratch, model, live.facts, said, (default, name))
        failed = list(make(scratch, rest.rest, default))
        side = read(scratch, (default, name))
        side.facts.update(rest.facts)
        return side, failed

    why = None
    try:
        made, unknown = in_scratch(connection, settings, made_in)
    except NotCompared as refused:
        why = refused
        made, unknown = _by_text(connection, model, live, default, refused)
    for table in connection.execute(text(_OTHERS)).scalars():
        live.unreadable[Thing("table", table)] = "it is system-versioned"
    unknown += (
        Unknown(each.source, each.reason, each.table and replace(each.table, schema=""))
        for each in model.uncompiled
    )
    unknown += _unreadable(live, "of the database")
    unknown += _unreadable(made, "of the models")
    return replace(_held(live, made, model, unknown, said), by_text=why)


def _by_text(
    connection: Connection, model: Model, live: Side, default: str, refused: NotCompared
) -> tuple[Side, list[Unknown]]:
    try:
        return compared_by_text(connection, model, live, default)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        user = who(connection)
        grant = f"GRANT CREATE TEMPORARY TABLES ON {quoted(default)}.* TO {user};"
        way = f"{grant}  # to compare by text, at least"
        raise NotCompared(refused.reason, *refused.ways, way) from error


def said_by(metadata: Sequence[MetaData], model: Model, dialect: Dialect) -> Said:
    """What the models say themselves."""
    options = {
        table.name: spoken_options(table.kwargs, dialect.name)
        for one in metadata
        for table in one.tables.values()
    }
    return Said(indexes_of(model.statements), options)


def _held(live: Side, made: Side, model: Model, unknown: list[Unknown], said: Said) -> Comparison:
    both = aligned(live.facts, made.facts, said)
    found = {
        thing: each
        for thing, each in differences(both.live, both.model).items()
        if not any(one.covers(thing) for one in unknown)
    }
    settled = settled_tables(both.live.keys() & both.model.keys(), found, unknown)
    return Comparison(
        both.live, both.model, found, model, tuple(unknown), both.names, settled=settled
    )


def _unreadable(side: Side, words: str) -> Iterator[Unknown]:
    for thing, reason in side.unreadable.items():
        yield Unknown(f"{thing} {words}", reason, thing)


_OTHERS = """
SELECT table_name FROM information_schema.tables
 WHERE table_schema = DATABASE() AND table_type = 'SYSTEM VERSIONED'
"""
