"""Reads what MariaDB, MySQL and SQLite do to rows: INSERT, UPDATE, DELETE, SELECT…."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Copy, Delete, Insert, Read, Truncate, Update
from alembic_guard.ddl.tokens import Cursor


def read_insert(cursor: Cursor) -> Action:
    """Read INSERT or REPLACE, at the word."""
    cursor.next()
    cursor.take("OR") and cursor.next()
    while cursor.take_any("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE"):
        continue
    cursor.take("INTO")
    table = cursor.key()
    return Insert(table, from_query=brings_query(cursor))


def brings_query(cursor: Cursor) -> bool:
    """Whether the rows of an INSERT come from a query: its word stands before VALUES."""
    while not cursor.done:
        if cursor.at_any("VALUES", "VALUE", "SET", "DEFAULT"):
            return False
        if cursor.at_any("SELECT", "WITH", "TABLE"):
            return True
        if cursor.at("(", "SELECT") or cursor.at("(", "WITH") or cursor.at("(", "("):
            return True
        cursor.step()
    return False


def read_update(cursor: Cursor) -> Action:
    """Read UPDATE, at the word; of several tables the first is said."""
    cursor.next()
    cursor.take("OR") and cursor.next()
    while cursor.take_any("LOW_PRIORITY", "IGNORE"):
        continue
    table = cursor.key()
    cursor.skip_to("SET")
    cursor.need("SET")
    start = cursor.place
    cursor.skip_to("WHERE", "FROM", "ORDER", "LIMIT", "RETURNING")
    assignments = Cursor(cursor.source, cursor.tokens[start : cursor.place], cursor.kind)
    columns = tuple(name for part in assignments.parts() for name in assigned(part))
    return Update(table, where=cursor.skip_to("WHERE"), columns=columns)


def assigned(part: Cursor) -> tuple[str, ...]:
    """The columns of an assignment: ``a = 1``, ``t.a = 1`` or SQLite's ``(a, b) = (1, 2)``."""
    if part.at("("):
        return tuple(each.name() for each in part.brackets().parts())
    return (part.key().rpartition(".")[2],)


def read_delete(cursor: Cursor) -> Iterator[Action]:
    """Read DELETE, at the word; of several tables each is one."""
    cursor.next()
    while cursor.take_any("LOW_PRIORITY", "QUICK", "IGNORE"):
        continue
    start = cursor.place
    if not cursor.at("FROM"):
        cursor.skip_to("FROM")
        named = [
            part.key()
            for part in Cursor(
                cursor.source, cursor.tokens[start : cursor.place], cursor.kind
            ).parts()
        ]
        cursor.need("FROM")
        names = names_of_tables(cursor)
    else:
        cursor.need("FROM")
        start = cursor.place
        cursor.skip_to("WHERE", "USING", "ORDER", "LIMIT", "RETURNING")
        targets = Cursor(cursor.source, cursor.tokens[start : cursor.place], cursor.kind)
        named = [part.key() for part in targets.parts()]
        names = names_of_tables(cursor) if cursor.take("USING") else {}
    where = cursor.skip_to("WHERE")
    for name in named:
        # MySQL allows ``t.*``, for compatibility with Access.
        yield Delete(names.get(name, name), where=where)


def names_of_tables(cursor: Cursor) -> dict[str, str]:
    """Read the tables of a DELETE up to its WHERE: their keys by the names that they are given."""
    names: dict[str, str] = {}
    while not cursor.done and not cursor.at_any("WHERE", "ORDER", "LIMIT"):
        if cursor.at("(") or cursor.sign() != "\0":
            cursor.step()
            continue
        if cursor.take_any("JOIN", "INNER", "LEFT", "RIGHT", "OUTER", "CROSS", "NATURAL"):
            continue
        if cursor.take_any("ON", "USING"):
            cursor.skip_to("JOIN", "INNER", "LEFT", "RIGHT", "CROSS", "NATURAL", "WHERE")
            continue
        key = cursor.key()
        cursor.take("AS")
        plain = cursor.peek().kind in ("word", "quoted") and not cursor.at_any(
            "JOIN", "INNER", "LEFT", "RIGHT", "CROSS", "NATURAL", "ON", "USING", "WHERE"
        )
        names[cursor.name() if plain else key] = key
    return names


def read_with(cursor: Cursor) -> Iterator[Action]:
    """Read a statement that begins with WITH: what follows the queries that it names."""
    start = cursor.place
    cursor.skip_to("INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "VALUES")
    if cursor.at_any("INSERT", "REPLACE"):
        yield read_insert(cursor)
    elif cursor.at_any("UPDATE"):
        yield read_update(cursor)
    elif cursor.at_any("DELETE"):
        yield from read_delete(cursor)
    else:
        cursor.place = start
        yield read_query(cursor)


def read_query(cursor: Cursor) -> Action:
    """Read a query."""
    words = [token.word for token in cursor.tokens]
    pairs = set(pairwise(words))
    locking = bool(pairs & {("FOR", "UPDATE"), ("FOR", "SHARE"), ("LOCK", "IN")})
    return Read(tables_read(cursor.rest(), cursor.kind), locking)


def tables_read(query: str, kind: str) -> tuple[str, ...]:
    """Keys of the tables that a query reads, in order, without the queries that WITH names.

    None where sqlglot cannot read it.
    """
    from sqlglot import ErrorLevel, exp, parse_one
    from sqlglot.errors import SqlglotError

    dialect = "sqlite" if kind == "sqlite" else "mysql"
    try:
        tree = parse_one(query, read=dialect, error_level=ErrorLevel.RAISE)
    except SqlglotError:
        return ()
    named = {each.alias for each in tree.find_all(exp.CTE)}
    found = {
        f"{table.db}.{table.name}" if table.db else table.name: None
        for table in tree.find_all(exp.Table, bfs=False)
        if table.db or table.name not in named
    }
    return tuple(key for key in found if key)


def read_truncate(cursor: Cursor) -> Action:
    """Read TRUNCATE, at the word."""
    cursor.next()
    cursor.take("TABLE")
    return Truncate(cursor.key())


def read_load(cursor: Cursor) -> Action:
    """Read LOAD DATA or LOAD XML, at the word."""
    cursor.skip_to("INTO")
    cursor.need("INTO")
    cursor.need("TABLE")
    return Copy(cursor.key())
