"""Reads CREATE INDEX, CREATE VIEW and CREATE TRIGGER as SQLite keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.scanning import unwrapped
from alembic_guard.runtime.comparing.sqlite.cursor import Cursor
from alembic_guard.runtime.comparing.sqlite.tokens import Token, canonical, tokens


def read_object(
    kind: str,
    name: str,
    table: str,
    sql: str,
    columns: frozenset[str],
    view_columns: tuple[str, ...] | None,
) -> Fact:
    """The fact of an index, a view or a trigger.

    :param columns: of its table, in small letters; :param view_columns: of a view, as it has them.
    """
    cursor = Cursor(tokens(sql))
    while cursor.upper() != kind.upper() and not cursor.done:
        unique = cursor.upper() == "UNIQUE"
        cursor.next()
    cursor.need(kind.upper())
    if cursor.upper() == "IF":
        cursor.place += 3
    cursor.next()
    if cursor.take("."):
        cursor.next()
    if kind == "index":
        return _index(name, table, sql, cursor, unique, columns)
    parts: dict[str, Any] = {"text": canonical(cursor.tokens[cursor.place :])}
    if kind == "view":
        if view_columns is not None:
            parts["columns"] = view_columns
        return Fact(Thing("view", name), parts, sql)
    return Fact(Thing("trigger", name, table), parts, sql)


def _index(
    name: str, table: str, sql: str, cursor: Cursor, unique: bool, columns: frozenset[str]
) -> Fact:
    cursor.need("ON")
    cursor.next()
    listed = tuple(_items(cursor.brackets()[1:-1], columns))
    where = canonical(cursor.tokens[cursor.place + 1 :], columns) or None
    parts = {"unique": unique, "columns": listed, "where": where}
    return Fact(Thing("index", name, table), parts, sql)


def _items(found: list[Token], columns: frozenset[str]) -> Iterator[str]:
    """What stands between the commas; ASC is what an index does anyway."""
    item: list[Token] = []
    cursor = Cursor(found)
    while not cursor.done:
        if cursor.take(","):
            yield _item(item, columns)
            item = []
            continue
        start = cursor.place
        cursor.skip()
        item += found[start : cursor.place]
    yield _item(item, columns)


def _item(item: list[Token], columns: frozenset[str]) -> str:
    tail = ""
    if item and item[-1].upper in ("ASC", "DESC"):
        tail = " desc" if item[-1].upper == "DESC" else ""
        item = item[:-1]
    return canonical(unwrapped(item), columns) + tail
