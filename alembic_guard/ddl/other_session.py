"""Reads what MariaDB, MySQL and SQLite do to sessions: locks, variables, privileges."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, Reindex
from alembic_guard.ddl.data import ControlTransaction, LockTable, Maintain, SetParameter
from alembic_guard.ddl.objects import Privilege
from alembic_guard.ddl.tokens import Cursor

TRANSACTION = {
    ("START", "TRANSACTION"): "BEGIN",
    ("BEGIN",): "BEGIN",
    ("COMMIT",): "COMMIT",
    ("END",): "END",
    ("SAVEPOINT",): "SAVEPOINT",
    ("RELEASE",): "RELEASE",
    ("UNLOCK",): "UNLOCK TABLES",
    ("XA",): "XA",
}
MAINTAIN = ("OPTIMIZE", "ANALYZE", "REPAIR", "CHECK", "CHECKSUM", "VACUUM")
SCOPES = ("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY")


def read_transaction(cursor: Cursor) -> Action | None:
    """Read a statement that begins or ends a transaction; None where it is another."""
    if cursor.take("ROLLBACK"):
        return ControlTransaction("ROLLBACK TO" if cursor.skip_to("TO") else "ROLLBACK")
    for words, verb in TRANSACTION.items():
        if cursor.take(*words):
            return ControlTransaction(verb)
    return None


def read_lock(cursor: Cursor) -> Iterator[Action]:
    """Read LOCK TABLES, at the word: the mode is ``READ``, ``WRITE``, ``READ LOCAL``…"""
    cursor.next()
    if cursor.take("INSTANCE"):
        yield LockTable("", "INSTANCE")
        return
    cursor.take_any("TABLES", "TABLE")
    for part in cursor.parts():
        table = part.key()
        part.skip_to("READ", "WRITE", "LOW_PRIORITY")
        nowait = any(token.word in ("WAIT", "NOWAIT") for token in part.tokens)
        mode = part.rest().upper().partition(" WAIT")[0].partition(" NOWAIT")[0]
        yield LockTable(table, mode, nowait)


def read_flush(cursor: Cursor) -> Action:
    """Read FLUSH, at the word: ``WITH READ LOCK`` is a lock of all or of one table."""
    cursor.next()
    tables = cursor.take_any("TABLES", "TABLE")
    named = tables and not cursor.done and not cursor.at_any("WITH")
    table = cursor.key() if named else ""
    if cursor.skip_to("WITH"):
        return LockTable(table, "READ")
    return Maintain("FLUSH", table)


def read_maintain(cursor: Cursor) -> Iterator[Action]:
    """Read OPTIMIZE, ANALYZE and their like, at the word."""
    verb = cursor.next().word
    cursor.take_any("NO_WRITE_TO_BINLOG", "LOCAL")
    if not cursor.take_any("TABLE", "TABLES") and cursor.kind != "sqlite":
        raise cursor.unreadable("TABLE")
    if cursor.done or verb == "VACUUM":
        yield Maintain(verb)
        return
    for part in cursor.parts():
        yield Maintain(verb, part.key())


def read_reindex(cursor: Cursor) -> Action:
    """Read SQLite's REINDEX, at the word: of an index, a table or a collation, it does not say."""
    cursor.next()
    return Reindex("database", "") if cursor.done else Reindex("index", cursor.key())


def read_pragma(cursor: Cursor) -> Action:
    """Read PRAGMA, at the word."""
    cursor.next()
    name = cursor.key().rpartition(".")[2].lower()
    if cursor.at("("):
        return SetParameter(name, cursor.brackets().rest())
    cursor.take("=")
    return SetParameter(name, cursor.rest())


def read_set(cursor: Cursor) -> Iterator[Action]:
    """Read SET, behind the word: variables, NAMES, TRANSACTION.

    A name is in lower case, with ``global.`` before it where it is not of the session, and ``@``
    before it where it is the user's own.
    """
    if word := cursor.take_any("NAMES", "CHARSET", "PASSWORD", "ROLE"):
        yield SetParameter(word.lower(), cursor.rest())
    elif cursor.take("CHARACTER", "SET"):
        yield SetParameter("character set", cursor.rest())
    elif cursor.at("TRANSACTION") or cursor.peek(1).word == "TRANSACTION":
        scope = "global." if cursor.take_any(*SCOPES) == "GLOBAL" else ""
        cursor.need("TRANSACTION")
        yield SetParameter(f"{scope}transaction", cursor.rest())
    else:
        scope = ""
        for part in cursor.parts():
            scope, action = read_assignment(part, scope)
            yield action


def read_assignment(part: Cursor, scope: str) -> tuple[str, Action]:
    """Read one assignment of SET; its scope, which holds for those that follow, and the action."""
    own = "@" if part.take("@") else ""
    part.take("@@")
    if part.peek(1).kind != "sign" or part.sign(1) == ".":
        word = part.take_any(*SCOPES)
        scope = "" if word in ("SESSION", "LOCAL") else f"{word.lower()}." if word else scope
        part.take(".")
    name = part.key().lower()
    if not part.take("="):
        part.need(":=")
    return scope, SetParameter(f"{own}{'' if own else scope}{name}", part.rest())


def read_privilege(cursor: Cursor) -> Action:
    """Read GRANT or REVOKE, at the word."""
    verb = cursor.next().word
    if not cursor.skip_to("ON"):
        return Privilege(verb)
    cursor.next()
    start = cursor.place
    cursor.skip_to("TO", "FROM")
    return Privilege(verb, cursor.text_from(start))
