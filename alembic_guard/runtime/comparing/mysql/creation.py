"""Makes the models in a scratch database; what could not be made there is unknown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Column
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from alembic_guard.runtime.beyond import beyond
from alembic_guard.runtime.comparing.comparison import TYPED, Unknown
from alembic_guard.runtime.comparing.declared import short
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.model import UNNAMED, Model, Statement
from alembic_guard.runtime.comparing.mysql.objects import made_by, without_definer
from alembic_guard.runtime.comparing.mysql.tokens import tokens
from alembic_guard.runtime.comparing.scanning import closing
from alembic_guard.runtime.first_line import first_line
from alembic_guard.runtime.scratch_mysql import other_databases

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TOKEN = re.compile(rf"CONSTRAINT ({UNNAMED}\d+) ")


def without_tokens(sql: str, only: Collection[str] | None = None) -> str:
    """A statement without the names that stand for none.

    :param only: those to take out.
    """
    return _TOKEN.sub(lambda each: "" if only is None or each[1] in only else each[0], sql)


def behind_columns(model: Model) -> frozenset[str]:
    """The tokens of constraints behind a column, for which MariaDB takes no name."""
    return frozenset(
        token
        for token, constraint in model.unnamed.items()
        if isinstance(getattr(constraint, "parent", None), Column)
    )


def make(scratch: Connection, model: Model, default: str) -> Iterator[Unknown]:
    """Run the models' statements, but for those about tables in other databases.

    :param default: the database that tables without a schema are in.
    """
    others, nameless = other_databases(scratch), behind_columns(model)
    waiting = []
    for statement in model.statements:
        if statement.table is not None and statement.table.schema not in ("", default):
            continue
        typed = statement.raw or statement.table is None
        reason = objection(statement.sql, others) if typed else ""
        if reason:
            yield Unknown(shown(statement), reason, *of(statement))
        else:
            waiting.append((statement, without_tokens(statement.sql, nameless)))
    for statement, said in _run(scratch, _whole_first(scratch, waiting)):
        yield Unknown(shown(statement), said, *of(statement))


def indexes_of(statements: Iterable[Statement]) -> dict[str, frozenset[str]]:
    """The names of the indexes that statements make, by table."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        words = tokens(statement.sql)
        place = next((at for at, each in enumerate(words[:4]) if each.upper == "INDEX"), None)
        if place is not None and words[0].upper == "CREATE":
            on = next((at for at, each in enumerate(words) if each.upper == "ON"), place)
            found.setdefault(words[on + 1].value, set()).add(words[place + 1].value)
    return {table: frozenset(names) for table, names in found.items()}


def objection(sql: str, others: Collection[str]) -> str:
    """Why a typed statement is not run, as a clause."""
    thing = made_by(sql)
    if thing is not None and thing.kind == "event":
        return "an event would be run by the server, also in a scratch database"
    reach = beyond(sql, "mysql", others)
    return f"it wants to {reach}" if reach else ""


def _whole_first(
    scratch: Connection, waiting: Sequence[tuple[Statement, str]]
) -> list[tuple[Statement, str]]:
    """Make tables with their indexes by one statement each, which costs a third; what is left."""
    tables = {each.table: sql for each, sql in waiting if isinstance(each.source, CreateTable)}
    indexes: dict[Thing | None, list[str]] = {}
    for each, sql in waiting:
        if isinstance(each.source, CreateIndex):
            indexes.setdefault(each.table, []).append(sql)
    made = set()
    for table, sql in tables.items():
        if table in indexes:
            try:
                _do(scratch, _with_indexes(sql, indexes[table]))
            except DBAPIError as error:  # one by one they tell which of them it is
                if error.connection_invalidated:
                    raise
            else:
                made.add(table)
    return [
        (each, sql)
        for each, sql in waiting
        if each.table not in made or not isinstance(each.source, (CreateTable, CreateIndex))
    ]


def _with_indexes(sql: str, indexes: Sequence[str]) -> str:
    """A CREATE TABLE that makes indexes, too.

    :param indexes: CREATE INDEX, which says the same behind the name of its table.
    """
    words = tokens(sql)
    start = next(at for at, each in enumerate(words) if each.upper == "(")
    end = words[closing(words, start)].start
    items = []
    for index in indexes:
        found = tokens(index)
        on = next(at for at, each in enumerate(found) if each.upper == "ON")
        head = index[found[1].start : found[on].start]
        items.append(f"{head}{index[found[on + 1].end :]}")
    return f"{sql[:end]}, {', '.join(items)}{sql[end:]}"


def _do(scratch: Connection, sql: str) -> None:
    scratch.exec_driver_sql(without_definer(sql).replace("%", "%%"))


def _run(
    scratch: Connection, waiting: Sequence[tuple[Statement, str]]
) -> list[tuple[Statement, str]]:
    """Run statements until no more of them can be; those that fail, with what the server says."""
    while True:
        failed, again = [], []
        for statement, sql in waiting:
            try:
                _do(scratch, sql)
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise
                failed.append((statement, first_line(error)))
                again.append((statement, sql))
        if not failed or len(failed) == len(waiting):
            return failed
        waiting = again


def of(statement: Statement) -> tuple[Thing | None, frozenset[str]]:
    """What a statement would have made, if it is known; else the kinds of which it may be."""
    if statement.table is not None and not statement.raw:
        return replace(statement.table, schema=""), frozenset()
    made = made_by(statement.sql)
    if made is not None:
        return Thing(made.kind, made.name, made.table), frozenset()
    words = [each for each in tokens(statement.sql)[:8]]
    if len(words) > 2 and words[1].upper == "TABLE":
        return Thing("table", words[2].value), frozenset()
    return None, TYPED


def shown(statement: Statement) -> str:
    """A statement in a few words, for people."""
    if statement.raw:
        return short(statement.sql)
    thing, _ = of(statement)
    return str(thing) if thing is not None else short(statement.sql)
