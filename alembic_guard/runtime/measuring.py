"""What a statement really does to the tables of a scratch database, asked before and after it.

Asked on a cursor of the driver's own, beside SQLAlchemy, so that no result is disturbed, no
transaction begun that the statement would not begin, and no event of a project's engine heard.
Where a question fails, nothing is known.

PostgreSQL: locks that a statement took or strengthened (``pg_locks``; of tables and views that were
there before the revision, indexes apart), tables with a new file (``pg_relation_filenode``;
TRUNCATE apart, which writes no rows), sequential scans. In an autocommit block a statement that a
transaction may hold gets one of its own, so that its locks are seen; what refuses one
(CONCURRENTLY, VACUUM) is known by its files and scans.
MariaDB, MySQL: tables that were copied, by their identifier in InnoDB, which takes the right
PROCESS to see. SQLite: tables that another one took the place of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from alembic_guard.runtime.queries import query
from alembic_guard.runtime.step import Measured

if TYPE_CHECKING:
    from sqlalchemy import Connection

MODES = (
    *("AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"),
    *("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"),
)
"""PostgreSQL's, from the weakest to the strongest (manual, 13.3.1)."""


class Measuring(Protocol):
    """Asks one connection to a scratch database."""

    def revision(self) -> None:
        """A revision begins: what there is now existed before it."""

    def before(self, sql: str) -> None:
        """A statement is about to run."""

    def after(self, sql: str) -> Measured:
        """It has run; without its duration and rows."""

    def failed(self) -> None:
        """It has raised."""


def measuring(connection: Connection) -> Measuring:
    """What measures on a connection of its kind of database."""
    name = connection.dialect.name
    if name == "postgresql":
        return _PostgreSQL(connection)
    if name in ("mysql", "mariadb"):
        return _MySQL(connection)
    return _SQLite(connection) if name == "sqlite" else _Nothing()


def together(one: Measured | None, other: Measured) -> Measured:
    """What two statements of one Step did."""
    if one is None:
        return other
    locks = dict(one.locks)
    for key, mode in other.locks.items():
        locks[key] = max(mode, locks.get(key, mode), key=MODES.index)
    scans = {key: one.scans.get(key, 0) + other.scans.get(key, 0) for key in one.scans}
    rows = [each.rows for each in (one, other) if each.rows is not None]
    return Measured(
        one.seconds + other.seconds,
        locks,
        one.rewrites | other.rewrites,
        {**other.scans, **scans},
        sum(rows) if rows else None,
    )


def _ask(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    try:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        cursor.close()


class _Nothing:
    def revision(self) -> None:
        pass

    def before(self, sql: str) -> None:
        pass

    def after(self, sql: str) -> Measured:
        return Measured(0.0)

    def failed(self) -> None:
        pass


@dataclass
class _Relation:
    """A relation as it is at one moment; :param lock: the strongest that is held on it."""

    key: str
    file: int | None
    scans: int
    lock: str | None = None


class _PostgreSQL:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._default = connection.dialect.default_schema_name or "public"
        self._scans = _XACT_SCANS
        if (connection.dialect.server_version_info or (0,)) >= (15,):
            self._scans = _ALL_SCANS
        self._existed: frozenset[int] = frozenset()
        self._seen: dict[int, _Relation] | None = None
        self._wrapped = False

    def revision(self) -> None:
        self._existed = frozenset(self._look())

    def before(self, sql: str) -> None:
        self._seen, self._wrapped = None, False
        with suppress(Exception):
            if self._autocommit() and _may_be_held(sql):
                _ask(self._connection, "BEGIN")
                self._wrapped = True
            self._seen = self._look()

    def after(self, sql: str) -> Measured:
        now: dict[int, _Relation] | None = None
        with suppress(Exception):
            now = self._look()
        self._end("COMMIT")
        if self._seen is None or now is None:
            return Measured(0.0)
        both = [
            (self._seen[oid], now[oid]) for oid in self._existed & self._seen.keys() & now.keys()
        ]
        emptied = query(sql).verb == "TRUNCATE"
        return Measured(
            0.0,
            {was.key: here.lock for was, here in both if here.lock and _stronger(was, here)},
            frozenset(was.key for was, here in both if was.file != here.file and not emptied),
            {
                was.key: here.scans - was.scans
                for was, here in both
                if here.scans > was.scans and not emptied  # its indexes, built on nothing
            },
        )

    def failed(self) -> None:
        with suppress(Exception):
            self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        if self._wrapped:
            self._wrapped = False
            _ask(self._connection, word)

    def _autocommit(self) -> bool:
        return getattr(self._connection.connection.dbapi_connection, "autocommit", False) is True

    def _look(self) -> dict[int, _Relation]:
        found: dict[int, _Relation] = {}
        for oid, schema, name, file, scans, modes in _ask(
            self._connection, _RELATIONS.format(scans=self._scans)
        ):
            key = name if schema == self._default else f"{schema}.{name}"
            lock = max(modes.split(","), key=MODES.index) if modes else None
            found[oid] = _Relation(key, file, scans or 0, lock)
        return found


def _stronger(was: _Relation, here: _Relation) -> bool:
    return here.lock is not None and (
        was.lock is None or MODES.index(here.lock) > MODES.index(was.lock)
    )


_REFUSES = {"CONCURRENTLY", "VACUUM", "DATABASE", "SYSTEM", "TABLESPACE", "SUBSCRIPTION", "CALL"}
_REFUSES |= {"BEGIN", "COMMIT", "START", "ROLLBACK", "END", "CLUSTER", "REINDEX", "DO"}


def _may_be_held(sql: str) -> bool:
    """Whether a statement surely runs in a transaction as it does outside of one."""
    return _REFUSES.isdisjoint(re.findall(r"\w+", sql.upper())) and not query(sql).reads


class _MySQL:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        mariadb = getattr(connection.dialect, "is_mariadb", False)
        self._table = "INNODB_SYS_TABLES" if mariadb else "INNODB_TABLES"
        self._existed: set[int] = set()
        self._seen: Mapping[str, int] = {}

    def revision(self) -> None:
        self._existed = set(self._look().values())

    def before(self, sql: str) -> None:
        self._seen = self._look()

    def after(self, sql: str) -> Measured:
        now, was = self._look(), self._seen
        copied = [
            key
            for key, number in was.items()
            if number in self._existed and key in now and now[key] not in was.values()
        ]
        self._existed |= {now[key] for key in copied}
        emptied = query(sql).verb == "TRUNCATE"
        return Measured(0.0, rewrites=frozenset() if emptied else frozenset(copied))

    def failed(self) -> None:
        pass

    def _look(self) -> dict[str, int]:
        with suppress(Exception):
            rows = _ask(self._connection, _INNODB.format(table=self._table))
            return {name.partition("/")[2].partition("#")[0]: number for name, number in rows}
        return {}


@dataclass
class _SQLite:
    _connection: Connection
    _existed: set[str] = field(default_factory=set)
    _seen: Mapping[str, int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def revision(self) -> None:
        self._last = self._look()
        self._existed = set(self._last)

    def before(self, sql: str) -> None:
        self._seen = self._look()

    def after(self, sql: str) -> Measured:
        now = self._look()
        replaced = [
            name
            for name, page in now.items()
            if name in self._existed and name not in self._seen and page in self._seen.values()
        ]
        self._last.update(now)
        return Measured(0.0, rewrites=frozenset(self._changed(now, replaced)))

    def _changed(self, now: Mapping[str, int], replaced: Iterable[str]) -> Iterable[str]:
        yield from replaced
        for name, page in now.items():  # VACUUM
            if name in self._existed and self._seen.get(name, page) != page:
                yield name

    def failed(self) -> None:
        pass

    def _look(self) -> dict[str, int]:
        with suppress(Exception):
            return dict(_ask(self._connection, _ROOT_PAGES))
        return {}


_RELATIONS = """
SELECT c.oid::bigint, n.nspname::text, c.relname::text,
       pg_catalog.pg_relation_filenode(c.oid)::bigint, {scans}::bigint, l.modes
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN (SELECT relation, pg_catalog.string_agg(DISTINCT mode, ',') AS modes
               FROM pg_catalog.pg_locks
              WHERE pid = pg_catalog.pg_backend_pid() AND granted AND locktype = 'relation'
              GROUP BY relation) l ON l.relation = c.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
   AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
_XACT_SCANS = "pg_catalog.pg_stat_get_xact_numscans(c.oid)"
# From 15 on what is not yet reported and what is are both of one moment.
_ALL_SCANS = f"({_XACT_SCANS} + pg_catalog.pg_stat_get_numscans(c.oid))"
_INNODB = """
SELECT NAME, TABLE_ID FROM information_schema.{table}
 WHERE NAME LIKE CONCAT(REPLACE(DATABASE(), '_', '\\\\_'), '/%') AND NAME NOT LIKE '%#sql%'
"""
_ROOT_PAGES = "SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"
