"""What the server makes of the models' tables, asked by temporary ones of one session.

A temporary table takes a hundredth of the time of another, commits nothing, and SHOW CREATE TABLE
has the same words for it ("CREATE TEMPORARY TABLE" of both manuals; measured on MariaDB 10.11). It
can have no foreign keys, FULLTEXT indexes and partitions: those are read as they are typed.

Only CREATE TEMPORARY TABLE and DROP TEMPORARY TABLE are run, so that the session may also use the
live database, whose tables are hidden from it meanwhile, and left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.mysql.reading import parts_of, unqualified
from alembic_guard.runtime.comparing.mysql.table_text import items, read_table, with_parts
from alembic_guard.runtime.comparing.mysql.tokens import Token, Unreadable, quoted, tokens
from alembic_guard.runtime.comparing.scanning import closing
from alembic_guard.runtime.first_line import first_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.comparing.model import Statement

_OWN_WORDS = frozenset({"CONSTRAINT", "FOREIGN", "KEY", "REFERENCES", "FULLTEXT", "ON"})


@dataclass
class Typed:
    """A table of the models.

    :param head: what stands before its bracket; :param items: what stands in it.
    :param tail: its options; :param late: what no temporary table can have, as SHOW CREATE has it.
    :param partition: ``PARTITION BY`` and what follows; :param indexes: of an index, by its name.
    """

    name: str
    head: str
    items: list[str]
    tail: str
    late: list[str] = field(default_factory=list)
    partition: str = ""
    indexes: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether a temporary table has all of it."""
        return not self.late and not self.partition

    def sql(self, indexes: Collection[str]) -> str:
        """The statement that makes a temporary one, with some of its indexes."""
        chosen = [sql for name, sql in self.indexes.items() if name in indexes]
        body = ", ".join([*self.items, *chosen])
        return f"{self.head}{body}{self.tail}"


def typed_table(statements: Sequence[Statement], sqls: Sequence[str]) -> Typed:
    """Read what makes a table.

    :param statements: CREATE TABLE, CREATE INDEX and ADD CONSTRAINT; :param sqls: as they are run.
    :raises Unreadable: where they are not written as expected.
    """
    made: Typed | None = None
    for statement, sql in zip(statements, sqls, strict=True):
        if isinstance(statement.source, CreateTable) or made is None:
            made = temporary(sql)
        elif isinstance(statement.source, CreateIndex):
            _index(made, sql)
        elif isinstance(statement.source, AddConstraint):
            found = tokens(sql)
            place = next(at for at, each in enumerate(found) if each.upper == "ADD")
            added = found[place + 1 :]
            if "FOREIGN" in [each.upper for each in added[:3]]:
                made.late.append(_printed(added))
            else:
                made.items.append(sql[added[0].start :])
        else:
            raise Unreadable("it is made by more than CREATE TABLE and CREATE INDEX")
    if made is None:
        raise Unreadable("nothing makes it")
    return made


def temporary(sql: str, *, guess: bool = False) -> Typed:
    """Read a CREATE TABLE.

    :param guess: whether to guess what InnoDB will call a foreign key without a name.
    :raises Unreadable: where it is not written as expected.
    """
    found = tokens(sql)
    start = next((at for at, each in enumerate(found) if each.upper == "("), 0)
    end = closing(found, start)
    words = [each.upper for each in found[: max(start - 1, 0)]]
    if words not in (["CREATE", "TABLE"], ["CREATE", "TABLE", "IF", "NOT", "EXISTS"]):
        raise Unreadable("its statement begins in another way")
    rest = found[end + 1 :]
    behind = {each.upper for each in rest}
    if "PARTITION" not in behind and behind & {"SELECT", "LIKE", "WITH", "TABLE", "VALUES"}:
        raise Unreadable("it is made of another table")
    split = next((at for at, each in enumerate(rest) if each.upper == "PARTITION"), len(rest))
    partition = sql[rest[split].start :].strip() if split < len(rest) else ""
    tail = sql[found[end].start : rest[split].start] if partition else sql[found[end].start :]
    name = found[start - 1].value
    made = Typed(name, f"CREATE TEMPORARY TABLE {quoted(name)} (", [], tail, partition=partition)
    for item in items(found[start + 1 : end]):
        if item[0].upper == "FOREIGN":
            if not guess:
                raise Unreadable("it has a foreign key without a name")
            key = quoted(f"{name}_ibfk_{len(made.late) + 1}")
            made.late.append(f"CONSTRAINT {key} {_printed(item)}")
            continue
        if item[0].upper == "CONSTRAINT" and len(item) > 2 and item[2].upper == "FOREIGN":
            made.late.append(_printed(item))
        else:
            made.items.append(sql[item[0].start : item[-1].end])
    return made


def _index(table: Typed, sql: str) -> None:
    found = tokens(sql)
    on = next(at for at, each in enumerate(found) if each.upper == "ON")
    name = found[on - 1].value
    if found[1].upper == "FULLTEXT":
        if found[-1].upper != ")":
            raise Unreadable(f"its index {name} has options of its own")
        words = [*found[1:2], *found[on - 1 : on], *found[on + 2 :]]
        table.late.append(_printed(words).replace("FULLTEXT ", "FULLTEXT KEY ", 1))
    else:
        head = sql[found[1].start : found[on].start]
        table.indexes[name] = f"{head}{sql[found[on + 1].end :]}"


def _printed(words: Sequence[Token]) -> str:
    """A foreign key or an index on columns, with its names in quotes."""
    found, last = [], len(words)
    for at in range(len(words) - 1):
        if words[at].upper == "ON" and words[at + 1].upper in ("DELETE", "UPDATE"):
            last = min(last, at)
    for at, each in enumerate(words):
        if each.kind in ("sign", "quoted"):
            found.append(each.text)
        elif at >= last or each.upper in _OWN_WORDS:
            found.append(each.upper)
        elif each.kind == "word":
            found.append(quoted(each.text))
        else:
            raise Unreadable(f"{each.text} is not expected in it")
    return " ".join(found)


@dataclass
class Asked:
    """What came of the tables.

    :param refused: tables and indexes that could not be made so, with what the server says.
    """

    facts: dict[Thing, dict[Thing, Fact]] = field(default_factory=dict)
    refused: dict[Thing, str] = field(default_factory=dict)

    @property
    def whole(self) -> set[Thing]:
        """The tables of which nothing was refused."""
        return self.facts.keys() - {thing.owner for thing in self.refused}


def asked(connection: Connection, tables: Sequence[Typed], databases: Collection[str]) -> Asked:
    """Make each table and read it; then drop them all.

    :param databases: names that are read as if they were not there.
    """
    found = Asked()
    for table in tables:
        thing = Thing("table", table.name)
        try:
            made = _made(connection, table, found)
            found.facts[thing] = {each.thing: each for each in _facts(table, made, databases)}
        except (DBAPIError, Unreadable) as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            found.refused[thing] = first_line(error)
    if tables:
        names = ", ".join(quoted(each.name) for each in tables)
        _do(connection, f"DROP TEMPORARY TABLE IF EXISTS {names}")
    return found


def _made(connection: Connection, table: Typed, found: Asked) -> str:
    """Make a table with those of its indexes that it can have; what SHOW CREATE says of it."""
    indexes = list(table.indexes)
    try:
        _do(connection, table.sql(indexes))
    except DBAPIError as error:
        if error.connection_invalidated or not indexes:
            raise
        _anew(connection, table, ())
        for name in table.indexes:
            try:
                _anew(connection, table, (name,))
            except DBAPIError as wrong:
                found.refused[Thing("index", name, table.name)] = first_line(wrong)
                indexes.remove(name)
        _anew(connection, table, indexes)
    shown = f"SHOW CREATE TABLE {quoted(table.name)}".replace("%", "%%")
    return str(connection.exec_driver_sql(shown).one()[1])


def _anew(connection: Connection, table: Typed, indexes: Collection[str]) -> None:
    _do(connection, f"DROP TEMPORARY TABLE IF EXISTS {quoted(table.name)}")
    _do(connection, table.sql(indexes))


def _facts(table: Typed, shown: str, databases: Collection[str]) -> Iterator[Fact]:
    sql = unqualified(shown.replace("CREATE TEMPORARY TABLE", "CREATE TABLE", 1), databases)
    tail = f"\n{table.partition}" if table.partition else ""
    yield from parts_of(read_table(f"{with_parts(sql, table.late)}{tail}"))


def _do(connection: Connection, sql: str) -> None:
    connection.exec_driver_sql(sql.replace("%", "%%"))
