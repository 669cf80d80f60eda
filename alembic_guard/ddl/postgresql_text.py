"""Reads the text of PostgreSQL's SQL with PostgreSQL's own parser.

A statement is read clause by clause into the actions of :mod:`~alembic_guard.ddl.actions`, whatever
kind of statement it is. A DO is read as far as its body is written in plain statements. What a
function does that is called is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alembic_guard.ddl import (
    postgresql_text_alter,
    postgresql_text_create,
    postgresql_text_objects,
    postgresql_text_rows,
    postgresql_text_session,
    postgresql_text_tables,
)
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Opaque, Read
from alembic_guard.ddl.postgresql_text_body import PlainText, body_of
from alembic_guard.ddl.postgresql_text_names import Names, Node, inner, is_on, kind_of, options_of
from alembic_guard.ddl.postgresql_text_rows import tables_in
from alembic_guard.ddl.reading import ParserMissing

READERS: dict[str, Callable[[Node, Names], Iterator[Action]]] = {
    **postgresql_text_alter.READERS,
    **postgresql_text_create.READERS,
    **postgresql_text_objects.READERS,
    **postgresql_text_rows.READERS,
    **postgresql_text_session.READERS,
    **postgresql_text_tables.READERS,
}

# The parser's tree comes as a protobuf message, which may be 100 deep: some 50 `||` in a row.
TOO_DEEP = "an expression in it is nested too deep to be read"


def read_postgresql(sql: str, default_schema: str = "public") -> tuple[Action, ...]:
    """What a text does, which may hold several statements, in order.

    :param default_schema: what is written in it is known without its schema.
    :return: an :class:`Opaque` alone, with the parser's sentence, for what is no SQL.
    :raises ParserMissing: ``postgast`` is not installed.
    """
    try:
        from google.protobuf.message import DecodeError
        from postgast import PgQueryError, parse, split
    except ImportError as error:
        raise ParserMissing() from error
    try:
        statements = [each.stmt for each in parse(sql).stmts]
    except (PgQueryError, UnicodeEncodeError) as error:
        return (Opaque("SQL", reason=str(error)),)
    except DecodeError:
        alone = split(sql)
        if len(alone) < 2:
            return (Opaque("SQL", reason=TOO_DEEP),)
        return tuple(action for each in alone for action in read_postgresql(each, default_schema))
    names = Names(default_schema)
    return tuple(action for each in statements for action in read_statement(each, names))


def read_statement(node: Node, names: Names) -> Iterator[Action]:
    """What one statement does; an :class:`Opaque` where PostgreSQL has a kind that is new."""
    kind = kind_of(node)
    match kind:
        case "do_stmt":
            yield do(inner(node), names)
        case "explain_stmt":
            yield from explain(inner(node), names)
        case "prepare_stmt":
            yield Opaque("PREPARE", actions=tuple(read_statement(inner(node).query, names)))
        case "declare_cursor_stmt":
            yield from read_statement(inner(node).query, names)
        case "create_schema_stmt":
            yield from create_schema(inner(node), names)
        case _ if kind in READERS:
            yield from READERS[kind](inner(node), names)
        case _:
            yield Opaque("SQL", reason=f"no reader for {kind}")


def explain(node: Node, names: Names) -> Iterator[Action]:
    """EXPLAIN, which runs its statement only with ANALYZE."""
    if is_on(options_of(node.options), "analyze"):
        yield from read_statement(node.query, names)
    else:
        yield Read(tables_in(node.query, names))


def create_schema(node: Node, names: Names) -> Iterator[Action]:
    """CREATE SCHEMA, with what it creates within."""
    yield from postgresql_text_create.create("create_schema_stmt", node, names)
    for each in node.schema_elts:
        element = inner(each)
        for field in ("relation", "sequence", "view"):
            relation = getattr(element, field, None)
            if relation is not None and not relation.schemaname:
                relation.schemaname = node.schemaname
        yield from read_statement(each, names)


def do(node: Node, names: Names) -> Action:
    """DO; its reason is the first of those for which something in it could not be read."""
    actions: list[Action] = []
    reasons: list[str] = []
    for part in body_of(node):
        if isinstance(part, str):
            reasons.append(part)
        elif isinstance(part, PlainText):
            found = read_postgresql(part.sql, names.default_schema)
            actions += found if part.statement else (each for each in found if each != Read())
        else:
            actions.append(part)
    reasons += [each.reason for each in actions if isinstance(each, Opaque) and each.reason]
    return Opaque("DO", reason=next(iter(reasons), ""), actions=tuple(actions))
