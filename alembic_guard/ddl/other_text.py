"""Reads what SQL for MariaDB, MySQL and SQLite does.

Promised: nothing is raised but :class:`~alembic_guard.ddl.reading.ParserMissing`. A statement that
is not read is an :class:`~alembic_guard.ddl.data.Opaque` with the reason, and the statements around
it are read nevertheless.
Not promised: that a server accepts what could be read, or that what it depends on (a function that
it calls, a view that it writes to) is seen.

Sources: MySQL 8.4 manual "SQL Statements", MariaDB Knowledge Base "SQL Statements", SQLite "SQL As
Understood By SQLite".
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl import other_rows, other_session
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Opaque, Read, SetParameter
from alembic_guard.ddl.other_alter import read_alter_table
from alembic_guard.ddl.other_create import (
    read_alter_object,
    read_create,
    read_drop,
    read_rename,
)
from alembic_guard.ddl.statements import statements
from alembic_guard.ddl.tokens import Cursor, Unreadable


def read_other(sql: str, kind: str) -> tuple[Action, ...]:
    """What SQL does, in order.

    :param sql: one statement or several.
    :param kind: ``mariadb``, ``mysql`` or ``sqlite``.
    :raises ParserMissing: without sqlglot.
    """
    found: list[Action] = []
    try:
        for cursor in statements(sql, kind):
            found += read_statement(cursor)
    except Unreadable as error:
        found.append(Opaque("SQL", str(error)))
    return tuple(found)


def read_statement(cursor: Cursor) -> tuple[Action, ...]:
    """What one statement does."""
    try:
        return tuple(read(cursor))
    except Unreadable as error:
        return (Opaque("SQL", str(error)),)


def read(cursor: Cursor) -> Iterator[Action]:
    """What one statement does, by its first word.

    :raises Unreadable: where it is not written as it should be.
    """
    if cursor.take("CREATE"):
        yield from read_create(cursor)
    elif cursor.at("ALTER"):
        cursor.next()
        alters_table = cursor.peek().word in ("TABLE", "ONLINE", "IGNORE")
        yield from read_alter_table(cursor) if alters_table else (read_alter_object(cursor),)
    elif cursor.take("DROP"):
        yield from read_drop(cursor)
    elif cursor.take("RENAME"):
        yield from read_rename(cursor)
    elif cursor.at("BEGIN", "NOT"):
        yield Opaque("BEGIN NOT ATOMIC")
    elif transaction := other_session.read_transaction(cursor):
        yield transaction
    else:
        yield from read_rows(cursor)


def read_rows(cursor: Cursor) -> Iterator[Action]:
    """What a statement on rows does, by its first word."""
    if cursor.at_any("INSERT", "REPLACE"):
        yield other_rows.read_insert(cursor)
    elif cursor.at("UPDATE"):
        yield other_rows.read_update(cursor)
    elif cursor.at("DELETE"):
        yield from other_rows.read_delete(cursor)
    elif cursor.at("WITH"):
        yield from other_rows.read_with(cursor)
    elif cursor.at_any("SELECT", "VALUES") or cursor.at("("):
        yield other_rows.read_query(cursor)
    elif cursor.at_any("SHOW", "EXPLAIN", "DESCRIBE", "DESC", "HELP"):
        yield Read()
    elif cursor.at("TRUNCATE"):
        yield other_rows.read_truncate(cursor)
    elif cursor.at("LOAD"):
        yield other_rows.read_load(cursor)
    else:
        yield from read_session(cursor)


def read_session(cursor: Cursor) -> Iterator[Action]:
    """What a statement on the session, on locks or on privileges does, by its first word."""
    if cursor.take("SET", "STATEMENT"):
        # MariaDB: variables for one statement, which follows FOR.
        start = cursor.place
        cursor.skip_to("FOR")
        settings = Cursor(cursor.source, cursor.tokens[start : cursor.place], cursor.kind)
        cursor.need("FOR")
        for each in other_session.read_set(settings):
            assert isinstance(each, SetParameter)
            yield SetParameter(each.name, each.value, local=True)
        yield from read(cursor)
    elif cursor.take("SET"):
        yield from other_session.read_set(cursor)
    elif cursor.at("PRAGMA"):
        yield other_session.read_pragma(cursor)
    elif cursor.at("LOCK"):
        yield from other_session.read_lock(cursor)
    elif cursor.at("FLUSH"):
        yield other_session.read_flush(cursor)
    elif cursor.at_any(*other_session.MAINTAIN):
        yield from other_session.read_maintain(cursor)
    elif cursor.at("REINDEX"):
        yield other_session.read_reindex(cursor)
    elif cursor.at_any("GRANT", "REVOKE"):
        yield other_session.read_privilege(cursor)
    elif word := cursor.take_any("USE", "ATTACH", "DETACH"):
        yield SetParameter(word.lower(), cursor.rest())
    elif word := cursor.take_any("CALL", "EXECUTE", "PREPARE", "DEALLOCATE", "DO"):
        yield Opaque(word)
    else:
        raise Unreadable(f"{cursor.peek().text} is no statement that is known")
