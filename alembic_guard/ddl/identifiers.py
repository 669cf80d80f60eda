"""The names in a text of SQL, as they are written: parsers have cut long ones by then.

Without a parser there are none; it is never an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic_guard.ddl.reading import ParserMissing


def names_in(sql: str, kind: str) -> tuple[str, ...]:
    """Every name of a text that is no keyword, without quotes, in order.

    :param kind: of the database, as of :class:`~alembic_guard.schema.Target`.
    """
    return tuple(_postgresql(sql) if kind == "postgresql" else _others(sql, kind))


def _postgresql(sql: str) -> Iterator[str]:
    try:
        from postgast import PgQueryError, scan
    except ImportError:
        return
    text = sql.encode()  # its places are in bytes
    try:
        tokens = scan(sql).tokens
    except PgQueryError:
        return
    for token in tokens:
        kind = type(token).DESCRIPTOR.fields_by_name["token"].enum_type
        if kind.values_by_number[token.token].name == "IDENT":
            name = text[token.start : token.end].decode(errors="ignore")
            yield name[1:-1].replace('""', '"') if name.startswith('"') else name


def _others(sql: str, kind: str) -> Iterator[str]:
    from alembic_guard.ddl.statements import tokens_of
    from alembic_guard.ddl.tokens import Unreadable

    try:
        yield from (each.text for each in tokens_of(sql, kind) if each.kind in ("word", "quoted"))
    except (ParserMissing, Unreadable):
        return


def assigned_twice(sql: str) -> tuple[str, ...]:
    """The columns to which an UPDATE or an INSERT of PostgreSQL's gives a value twice.

    Elements of an array and parts of a row are not the column.
    """
    found: dict[str, None] = {}
    for change in _changes(_parsed(sql)):
        names = [each.res_target.name for each in _targets(change)]
        found |= {name: None for name in names if names.count(name) > 1}
    return tuple(found)


def assigned_once(sql: str) -> str:
    """The same UPDATE with the last of the values; "" where it is none."""
    from postgast import deparse

    tree = _parsed(sql)
    for change in _changes(tree):
        if not hasattr(change, "target_list"):
            return ""
        names = [each.res_target.name for each in change.target_list]
        last = {name: place for place, name in enumerate(names)}
        kept = [each for place, each in enumerate(change.target_list) if place in last.values()]
        del change.target_list[:]
        change.target_list.extend(kept)
    return deparse(tree) if tree is not None else ""


def _parsed(sql: str) -> Any:
    try:
        from postgast import PgQueryError, parse
    except ImportError:
        return None
    try:
        return parse(sql)
    except PgQueryError:
        return None


def _changes(tree: Any) -> Iterator[Any]:
    for each in tree.stmts if tree is not None else ():
        kind = each.stmt.WhichOneof("node")
        if kind in ("update_stmt", "insert_stmt"):
            yield getattr(each.stmt, kind)


def _targets(change: Any) -> list[Any]:
    """What an UPDATE sets as a whole, or the columns that an INSERT lists."""
    listed = change.target_list if hasattr(change, "target_list") else change.cols
    return [each for each in listed if not each.res_target.indirection]
