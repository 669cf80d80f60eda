"""New tables that are too many to be made at once: made in turns, each rolled back when it is read.

What a session makes is locked until it is rolled back, so as many tables are made as the server has
room for, their facts are read, and the next ones come. Only tables that the database lacks wait for
a turn: what is on both sides stays until all is compared, and so does what people typed, with the
tables that it may speak of. A foreign key to a table of another turn finds it bare: with the key
that it aims at, and no more.

The lock of a sequence is the transaction's, whatever is rolled back (``init_sequence`` in
``commands/sequence.c`` of PostgreSQL): one for each table is held to the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy.schema import CreateTable

from alembic_guard.runtime.comparing.chosen_names import cut
from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing
from alembic_guard.runtime.comparing.model import Model, Statement, compiled_model, with_targets
from alembic_guard.runtime.comparing.postgresql.creation import Creation
from alembic_guard.runtime.comparing.postgresql.lock_room import fair_room, locks_of
from alembic_guard.runtime.comparing.postgresql.namespace import Failure, Namespace
from alembic_guard.runtime.comparing.postgresql.reading import read

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, MetaData, Table

_WORD = re.compile(r"\w+")
_MOST = 0.75
"""Of the room, that sequences may take in the end."""

_OF_MAIN = ("table", "extension", "schema")
"""Kinds that a turn brings nothing of but its own tables: the rest is bare, or the database's."""


@dataclass(frozen=True)
class Models:
    """What is compiled, and for where.

    :param keep: whether a table of the models is to be compared.
    """

    made: Namespace
    metadata: Sequence[MetaData]
    keep: Callable[[Table], bool]
    dialect: Dialect

    def built(self, spared: Collection[Table]) -> list[Table]:
        """The tables that are made if others are spared, those that are made bare among them."""
        return [each for one in self.metadata for each in with_targets(one, self.keep, spared)]

    def compiled(self, spared: Collection[Table], before: Model | None = None) -> Model:
        """The statements that make the others.

        :param before: what was compiled before, whose tokens stay what they are.
        """
        stand_ins: dict[str | None, str | None] = {
            each or None: to for each, to in self.made.stand_ins.items()
        }
        unnamed = None if before is None else before.unnamed
        return compiled_model(
            self.metadata, self.dialect, stand_ins, self.keep, spared, unnamed=unnamed
        )

    def thing(self, table: Table) -> Thing:
        """What facts call a table."""
        schema = "" if table.schema in (None, self.made.default) else str(table.schema)
        return Thing("table", cut(str(table.name)), schema=schema)


@dataclass(frozen=True)
class Late:
    """A table that waits for its turn.

    :param words: those in its types and expressions.
    """

    table: Table
    words: frozenset[str]

    def names(self) -> Iterator[str]:
        """What a statement may call the table, its indexes and sequences."""
        name = str(self.table.name)
        yield name
        yield f"{name}_pkey"
        for column in self.table.columns:
            yield from (f"{name}_{column.name}_{end}" for end in ("seq", "key"))
        for each in (*self.table.indexes, *self.table.constraints):
            named = getattr(each, "name", None)
            if named:
                yield str(named)


def fits(connection: Connection, tables: Sequence[Table]) -> bool:
    """Whether tables can be made at once."""
    return locks_of(tables) <= fair_room(connection)


def late(models: Models, tables: Sequence[Table], live: Facts) -> dict[Table, Late]:
    """The tables that can be made in turns: those that the database lacks.

    None where they are so many that their sequences would leave no room for a turn.
    """
    words: dict[Table, set[str]] = {
        table: set()
        for table in tables
        if models.keep(table)
        and models.thing(table) not in live
        and not getattr(table, "is_view", False)
    }
    if len(words) > _MOST * fair_room(models.made.connection):
        return {}
    by_thing = {_table_thing(table): table for table in words}
    for statement in models.compiled(()).statements:
        table = None if statement.raw or statement.table is None else by_thing.get(statement.table)
        if table is not None:
            words[table] |= set(_WORD.findall(statement.sql.lower()))
    return {table: Late(table, frozenset(said)) for table, said in words.items()}


def _table_thing(table: Table) -> Thing:
    """As a statement of the models has it."""
    return Thing("table", table.name, schema=table.schema or "")


def in_turns(
    models: Models, compiled: Model, creation: Creation, waiting: Sequence[Table], path: str
) -> tuple[Model, Creation]:
    """Make those that wait.

    :param compiled: what has been run; :param creation: what came of it, which stays.
    :param path: the ``search_path`` in which statements are run.
    :returns: both with all of the models.
    """
    stays = [table for table in models.built(waiting) if table not in set(waiting)]
    room = fair_room(models.made.connection) - locks_of(stays) - len(waiting)
    there = {each.table for each in compiled.statements if isinstance(each.source, CreateTable)}
    known = {each.sql for each in compiled.statements}
    bare = {models.thing(table) for table in waiting}  # as far as they were made
    facts = {thing: fact for thing, fact in creation.facts.items() if _home(thing) not in bare}
    failures = list(creation.failures)
    statements, uncompiled = list(compiled.statements), list(compiled.uncompiled)
    for turn in _turns(waiting, room):
        mine = {_table_thing(table) for table in turn}
        others = set(models.built(())) - set(turn)
        model = models.compiled(others, compiled)
        run = [
            each
            for each in model.statements
            if not each.raw
            and each.sql not in known
            and (each.table in mine or each.table not in there)
        ]
        found, failed = _made(models, turn, run, mine & there, path)
        failures += [replace(each, place=each.place + len(statements)) for each in failed]
        statements += run
        uncompiled += [each for each in model.uncompiled if each.table in mine]
        own = {models.thing(table) for table in turn}
        facts |= {
            thing: fact
            for thing, fact in found.items()
            if _home(thing) in own
            or (thing.kind not in _OF_MAIN and not thing.table and thing not in facts)
        }
    whole = replace(compiled, statements=statements, uncompiled=uncompiled)
    return whole, replace(creation, facts=facts, failures=failures)


def _home(thing: Thing) -> Thing:
    """The table that a thing is a part of, or the thing itself."""
    return thing.owner if thing.table else thing


def _turns(waiting: Sequence[Table], room: int) -> Iterator[list[Table]]:
    """As many tables at a time as there is room for, with those that their keys aim at."""
    turn: list[Table] = []
    taken: set[Table] = set()
    for table in waiting:
        more = {table, *_aimed(table)} - taken
        if turn and locks_of((*taken, *more)) > room:
            yield turn
            turn, taken, more = [], set(), {table, *_aimed(table)}
        turn.append(table)
        taken |= more
    if turn:
        yield turn


def _aimed(table: Table) -> Iterator[Table]:
    for constraint in table.foreign_key_constraints:
        try:
            yield constraint.referred_table
        except Exception:  # of a table that the models lack; the server will say so
            continue


def _made(
    models: Models,
    turn: Sequence[Table],
    statements: Sequence[Statement],
    bare: Collection[Thing],
    path: str,
) -> tuple[Mapping[Thing, Fact], list[Failure]]:
    """The facts of one turn; nothing of it stays.

    :param bare: tables of it that stand there without all that is to be on them.
    """
    made = models.made
    savepoint = made.connection.begin_nested()
    try:
        for table in turn:
            if _table_thing(table) in bare:
                name = made.qualified(models.thing(table).schema, str(table.name))
                made.connection.exec_driver_sql(f"DROP TABLE {name} CASCADE".replace("%", "%%"))
        made.write(path)
        failures = made.run([each.sql for each in statements])
        made.look()
        return read(made.connection, made.names()), failures
    finally:
        savepoint.rollback()
