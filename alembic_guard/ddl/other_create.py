"""Reads CREATE, DROP and RENAME of MariaDB, MySQL and SQLite."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import (
    Action,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropTable,
    RenameTable,
)
from alembic_guard.ddl.objects import AlterObject, CreateObject, DropObject, Rename
from alembic_guard.ddl.other_alter import read_value
from alembic_guard.ddl.other_columns import (
    at_element,
    key_parts,
    read_column,
    read_element,
    read_index_name,
    read_method,
)
from alembic_guard.ddl.other_rows import tables_read
from alembic_guard.ddl.tokens import Cursor
from alembic_guard.schema import Column, Constraint, Index

# fmt: off
KINDS = frozenset(
    {
        "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "SEQUENCE", "DATABASE", "SCHEMA",
        "USER", "ROLE", "SERVER", "TABLESPACE", "PACKAGE", "RESOURCE", "LOGFILE"
    }
)
# fmt: on


def read_create(cursor: Cursor) -> Iterator[Action]:
    """Read CREATE, behind the word.

    :raises Unreadable: what the cursor raises.
    """
    replaces = cursor.take("OR", "REPLACE")
    start = cursor.place
    cursor.skip_to("TABLE", "INDEX", *KINDS)
    before = {token.word for token in cursor.tokens[start : cursor.place]}
    kind = cursor.next().word
    if kind == "TABLE":
        yield from read_create_table(
            cursor, replaces=replaces, temporary=bool(before & {"TEMP", "TEMPORARY"})
        )
    elif kind == "INDEX":
        yield read_create_index(cursor, before)
    else:
        yield read_create_object(cursor, kind_of_object(kind), replaces=replaces)


def read_create_table(cursor: Cursor, *, replaces: bool, temporary: bool) -> Iterator[Action]:
    """Read CREATE TABLE, behind these words; MariaDB's OR REPLACE drops the table first."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    table = cursor.key()
    if replaces:
        yield DropTable(table, if_exists=True)
    like = (cursor.key(),) if cursor.take("LIKE") else ()
    columns, constraints, indexes, as_query = [], [], [], False
    if cursor.at("("):
        inside = cursor.brackets()
        as_query = inside.at_any("SELECT", "WITH")
        like = (inside.key(),) if inside.take("LIKE") else like
        elements = () if as_query or like else tuple(map(read_part, inside.parts()))
        columns = [each for each in elements if isinstance(each, Column)]
        constraints = [each for each in elements if isinstance(each, Constraint)]
        indexes = [each for each in elements if isinstance(each, Index)]
    partitioned = read_table_options(cursor)
    yield CreateTable(
        table,
        tuple(columns),
        tuple(constraints),
        tuple(indexes),
        if_not_exists=if_not_exists,
        partitioned=partitioned,
        as_query=as_query or not cursor.done,
        temporary=temporary,
        like=like,
    )


def read_part(part: Cursor) -> Column | Constraint | Index | None:
    """Read what stands between two commas of CREATE TABLE; None for PERIOD FOR."""
    return read_element(part) if at_element(part) else read_column(part).column


def read_table_options(cursor: Cursor) -> bool:
    """Step over the options of a table, up to the query; whether one of them is PARTITION BY."""
    found = False
    while not cursor.done and not cursor.at_any("SELECT", "VALUES", "AS"):
        found = found or cursor.at("PARTITION", "BY")
        cursor.step()
    return found


def read_create_index(cursor: Cursor, before: set[str]) -> Action:
    """Read CREATE INDEX, behind these words; :param before: what stood between them."""
    methods = before & {"FULLTEXT", "SPATIAL", "VECTOR"}
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name() if cursor.kind != "sqlite" else cursor.key()
    schema, _, name = name.rpartition(".")
    method = read_method(cursor) or "".join(methods).lower() or None
    cursor.need("ON")
    table = f"{schema}.{cursor.name()}" if schema else cursor.key()
    columns, expressions = key_parts(cursor.brackets())
    method = read_method(cursor) or method
    where = cursor.rest() if cursor.take("WHERE") else None
    index = Index(name, columns, "UNIQUE" in before, method, where, expressions=expressions)
    return CreateIndex(
        table, index, if_not_exists=if_not_exists, options=tuple(read_options(cursor))
    )


def read_options(cursor: Cursor) -> Iterator[str]:
    """Read the options of an index: ``algorithm=copy``, ``lock=none``; others are stepped over."""
    while not cursor.done:
        if option := cursor.take_any("ALGORITHM", "LOCK"):
            cursor.take("=")
            yield f"{option}={read_value(cursor)}".lower()
        else:
            cursor.step()


def kind_of_object(word: str) -> str:
    """The kind of an object; a SCHEMA is a database (MySQL manual "CREATE DATABASE Statement")."""
    return {"SCHEMA": "database", "RESOURCE": "resource group"}.get(word, word.lower())


def read_create_object(cursor: Cursor, kind: str, *, replaces: bool) -> Action:
    """Read what CREATE makes, behind the word for its kind."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.key()
    table = ""
    if kind == "trigger" and cursor.skip_to("ON"):
        cursor.need("ON")
        table = cursor.key()
    elif kind == "view" and cursor.skip_to("AS"):
        cursor.need("AS")
        table = next(iter(tables_read(cursor.rest(), cursor.kind)), "")
    return CreateObject(kind, name, table, replace=replaces, if_not_exists=if_not_exists)


def read_drop(cursor: Cursor) -> Iterator[Action]:
    """Read DROP, behind the word.

    :raises Unreadable: what the cursor raises.
    """
    temporary = cursor.take("TEMPORARY")
    kind = cursor.next().word
    if_exists = cursor.take("IF", "EXISTS")
    if kind == "TABLE" and not temporary:
        for part in cursor.parts():
            yield DropTable(part.key(), if_exists=if_exists)
    elif kind == "INDEX":
        yield read_drop_index(cursor, if_exists=if_exists)
    else:
        for part in cursor.parts():
            named = "temporary table" if temporary else kind_of_object(kind)
            yield DropObject(named, part.key(), if_exists=if_exists)


def read_drop_index(cursor: Cursor, *, if_exists: bool) -> Action:
    """Read DROP INDEX, behind these words; SQLite does not say the table."""
    name = cursor.key()
    table = cursor.key() if cursor.take("ON") else ""
    return DropIndex(table, name, if_exists=if_exists)


def read_alter_object(cursor: Cursor) -> Action:
    """Read ALTER of what is no table, behind the word."""
    cursor.skip_to("INDEX", *KINDS)
    kind = kind_of_object(cursor.next().word)
    cursor.take("IF", "EXISTS")
    return AlterObject(kind, cursor.key(), cursor.rest().lower())


def read_rename(cursor: Cursor) -> Iterator[Action]:
    """Read RENAME TABLE and RENAME USER, behind the first word."""
    kind = cursor.take_any("TABLE", "TABLES", "USER")
    cursor.take("IF", "EXISTS")
    for part in cursor.parts():
        old = read_index_name(part) if kind == "USER" else part.key()
        part.skip_to("TO")
        part.need("TO")
        if kind == "USER":
            yield Rename("user", old or "", part.next().text)
        else:
            yield RenameTable(old or "", part.key())
