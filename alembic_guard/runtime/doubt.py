"""Whether a statement that was running when its process died has been done: the truth, asked.

A statement that a transaction holds is never in doubt: its row in the statement journal is
committed with it. In doubt is what commits by itself: MariaDB's and MySQL's DDL, which is atomic
for one table (mariadb.com/kb, "Atomic DDL"), and PostgreSQL's ``CREATE INDEX CONCURRENTLY`` and
its like. What such a statement changes is looked at before it runs and, when in doubt, once more.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.executed import shown, verb_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PART = r'(?:"(?:[^"]|"")+"|`[^`]+`|[\w$]+)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_INDEX = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<index>{_PART})\s+ON\s+(?:ONLY\s+)?(?P<table>{_NAME})",
    re.IGNORECASE,
)
_BUILT = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<index>{_PART})\s+ON\s",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    rf"\s*DROP\s+INDEX\s+CONCURRENTLY\s+(?:IF\s+EXISTS\s+)?(?P<index>{_NAME})\s*"
    r"(?:CASCADE|RESTRICT)?\s*;?\s*$",
    re.IGNORECASE,
)
_TABLE = re.compile(
    rf"\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?|ALTER\s+(?:ONLINE\s+|IGNORE\s+)?|DROP\s+|RENAME\s+)"
    rf"(?:TABLE|VIEW)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?P<table>{_NAME})(?![\w$.]|\s*[,.])",
    re.IGNORECASE,
)
_ON_TABLE = re.compile(
    rf"\s*(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:ONLINE\s+)?(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?"
    rf"INDEX\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?{_PART}\s+(?:USING\s+\w+\s+)?ON\s+(?P<table>{_NAME})",
    re.IGNORECASE,
)
_REPEATABLE = {
    *("ANALYZE", "CHECK", "OPTIMIZE", "REPAIR", "FLUSH", "GRANT", "REVOKE", "TRUNCATE", "VACUUM"),
    *("REINDEX", "CLUSTER", "CHECKPOINT", "REFRESH"),
}
_IDEMPOTENT = re.compile(
    r"\s*(?:CREATE\s+OR\s+REPLACE\s+|CREATE\s+\w+\s+IF\s+NOT\s+EXISTS\s+|DROP\s+\w+\s+IF\s+EXISTS\s+"
    r"|ALTER\s+SYSTEM\s+)",
    re.IGNORECASE,
)
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
"""Moves with every row that the application inserts."""


class Verdict(Enum):
    """What became of a statement that was in doubt."""

    DONE = "done"
    NOT_DONE = "not done"
    INVALID = "an invalid index"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BuiltIndex:
    """The index of a ``CREATE INDEX CONCURRENTLY``.

    :param name: quoted, with its schema; :param state: "absent", or what tells it from another.
    """

    name: str
    state: str


def state_of(kind: str, connection: Connection, statement: str) -> str | None:
    """What a statement is about to change, as a short text that is another one afterwards.

    :param kind: of the database.
    :returns: None where nobody can tell.
    """
    if kind == "postgresql":
        index = index_of(connection, statement)
        return None if index is None else index.state
    match = _TABLE.match(statement) or _ON_TABLE.match(statement)
    if kind not in ("mariadb", "mysql") or match is None:
        return None
    try:
        row = connection.exec_driver_sql(f"SHOW CREATE TABLE {match['table']}").one()
    except DBAPIError as error:
        if error.connection_invalidated or _number(error) != _NO_SUCH_TABLE:
            raise
        return "absent"
    made = _COUNTER.sub("", str(row[1]))
    return hashlib.sha256(made.encode()).hexdigest()


def verdict(kind: str, connection: Connection, statement: str, before: str | None) -> Verdict:
    """What became of a statement that was started, and of whose end there is no record.

    :param before: what :func:`state_of` said before it ran.
    """
    if verb_of(statement) in _REPEATABLE:
        return Verdict.NOT_DONE
    now = None if before is None else state_of(kind, connection, statement)
    if now is not None:
        if now == before:
            return Verdict.NOT_DONE
        return Verdict.INVALID if now.endswith(":invalid") else Verdict.DONE
    return Verdict.NOT_DONE if _IDEMPOTENT.match(statement) else Verdict.UNKNOWN


def index_of(connection: Connection, statement: str) -> BuiltIndex | None:
    """The index that a statement of PostgreSQL builds or drops concurrently; None for any other."""
    built, dropped = _INDEX.match(statement), _DROPPED.match(statement)
    if built is not None:
        query, values = _OF_TABLE, {"index": _plain(built["index"]), "table": built["table"]}
    elif dropped is not None:
        query, values = _BY_NAME, {"index": dropped["index"]}
    else:
        return None
    row = connection.execute(text(query), values).first()
    if row is None:
        return BuiltIndex("", "absent")
    # a drop that was begun leaves the index invalid too, and is simply begun again
    state = f"{row.oid}" if dropped or row.indisvalid else f"{row.oid}:invalid"
    return BuiltIndex(row.name, state)


def built_index(statement: str) -> str | None:
    """The name of the index that a statement builds, as the catalogue has it; else None."""
    match = _BUILT.match(statement)
    return None if match is None else _plain(match["index"])


def elsewhere(kind: str, connection: Connection, statement: str) -> bool:
    """Whether another session runs the same statement: a server goes on after its client died."""
    if kind == "postgresql":
        return bool(connection.execute(text(_RUNNING), {"sql": statement}).scalar())
    rows = connection.execute(text(_RUNNING_MYSQL))
    return any(shown(row.info or "") == shown(statement) for row in rows)


def _plain(name: str) -> str:
    """A name as the catalogue has it."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def _number(error: DBAPIError) -> object:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments else None


_NO_SUCH_TABLE = 1146
_OF_TABLE = """
SELECT c.oid, i.indisvalid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE i.indrelid = pg_catalog.to_regclass(:table) AND c.relname = :index
"""
_BY_NAME = """
SELECT c.oid, true AS indisvalid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = pg_catalog.to_regclass(:index)
"""
_RUNNING = """
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity
                WHERE pid <> pg_catalog.pg_backend_pid() AND state = 'active'
                  AND datname = pg_catalog.current_database()
                  AND left(query, 100) = left(:sql, 100))
"""
_RUNNING_MYSQL = """
SELECT info FROM information_schema.processlist
 WHERE id <> CONNECTION_ID() AND db = DATABASE() AND command <> 'Sleep'
"""
