"""Who holds or waits for locks on tables, and the statements that take such locks; PostgreSQL.

A look takes no lock on any of them: ``to_regclass`` and ``pg_locks`` read catalogues alone. Only
tables and partitioned tables can be locked up front: LOCK TABLE refuses indexes, sequences,
materialized views and foreign tables, and a view it locks together with the tables that it reads
(manual, LOCK; measured on 15). ``ONLY`` keeps it from partitions that the statement will not touch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.blocking import Blocker, blocker_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Request(Protocol):
    """A lock that a migration needs; see :class:`alembic_guard.ddl.lock_request.LockRequest`."""

    @property
    def table(self) -> str:
        """Its key."""

    @property
    def takes(self) -> str | None:
        """The mode in which it is taken up front, as LOCK TABLE spells it."""

    @property
    def conflicting(self) -> frozenset[str]:
        """The modes that it cannot be held beside, as pg_locks spells them."""


@dataclass(frozen=True)
class Holder:
    """A session that holds, or waits for, a lock that conflicts with a requested one.

    :param table: key of the table; :param granted: False where it waits.
    :param pid: None of a prepared transaction.
    :param transaction: as pg_locks tells it, so that two of one session are told apart.
    :param age: seconds since its transaction began; None where this role may not know.
    :param query_age: seconds that its query has been running; None where none runs.
    :param same_role: whether it is the role that asks.
    :param vacuum: whether it is an autovacuum; :param wraparound: one that does not yield.
    """

    table: str
    granted: bool
    pid: int | None
    transaction: str
    age: float | None
    query_age: float | None
    same_role: bool
    vacuum: bool
    wraparound: bool
    blocker: Blocker


@dataclass(frozen=True)
class Lockable:
    """A table to lock up front.

    :param table: its key; :param name: quoted, with its schema; :param mode: of the lock.
    """

    table: str
    name: str
    mode: str

    def statement(self, *, nowait: bool) -> str:
        """The LOCK TABLE."""
        return f"LOCK TABLE ONLY {self.name} IN {self.mode} MODE{' NOWAIT' if nowait else ''}"


@dataclass(frozen=True)
class Standing:
    """What a look saw.

    :param lockable: of the requested tables those that exist and may be locked, by name.
    :param holders: who conflicts with any of the requests, the oldest transaction first.
    """

    lockable: tuple[Lockable, ...] = ()
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True)
class BusyTable:
    """A table that a revision is about to lock, and somebody uses for long.

    :param revision: the identifier of the first one; :param mode: of the lock that it takes.
    """

    revision: str
    mode: str
    holder: Holder


@dataclass(frozen=True)
class BusyTables:
    """The tables that pending revisions lock, as far as somebody uses them for long."""

    tables: tuple[BusyTable, ...] = ()


def look(
    connection: Connection,
    requests: Sequence[Request],
    schema: str | None,
    ignored: Collection[int],
) -> Standing:
    """Look at the tables of some requests.

    :param connection: any; a transaction that this begins is left to the caller to end.
    :param schema: where a key without one is looked for first; None for the search path alone.
    :param ignored: pids that are ours.
    """
    quote = connection.dialect.identifier_preparer.quote_identifier
    wanted = {request.table: request for request in requests}
    first, second = [], []
    for key in wanted:
        of, _, name = key.rpartition(".")
        places = [f"{quote(each)}.{quote(name)}" for each in (of or schema,) if each]
        first.append(places[0] if places else quote(name))
        second.append(first[-1] if of else quote(name))
    rows = connection.execute(
        text(_LOOK), {"keys": [*wanted], "first": first, "second": second}
    ).all()
    lockable, holders = {}, []
    for row in rows:
        request = wanted[row.key]
        if request.takes is not None and row.relkind in ("r", "p") and row.may_lock:
            name = f"{quote(row.schema)}.{quote(row.relname)}"
            lockable[name] = Lockable(row.key, name, request.takes)
        if row.mode in request.conflicting and row.pid not in ignored:
            holders.append(_holder(row, request.table))
    holders.sort(key=lambda each: -(each.age or 0))
    return Standing(tuple(lockable[name] for name in sorted(lockable)), tuple(holders))


def _holder(row: Any, table: str) -> Holder:
    vacuum = row.backend_type == "autovacuum worker"
    return Holder(
        table=table,
        granted=row.granted,
        pid=row.pid,
        transaction=row.virtualtransaction,
        age=None if row.age is None else float(row.age),
        query_age=None if row.query_age is None else float(row.query_age),
        same_role=bool(row.same_role),
        vacuum=vacuum,
        wraparound=vacuum and "(to prevent wraparound)" in (row.query or ""),
        blocker=blocker_of(row),
    )


def cancel(connection: Connection, pid: int, transaction: str) -> bool:
    """Cancel the query of a session, if it is still in that transaction; never ends the session."""
    found = connection.execute(text(_CANCEL), {"pid": pid, "transaction": transaction}).scalar()
    connection.rollback()
    return bool(found)


def nudge(connection: Connection, name: str) -> None:
    """Let a plain autovacuum of a table yield, which it does to whoever waits for it for
    ``deadlock_timeout``; in a mode behind which neither reads nor writes have to wait.

    :param name: quoted, with its schema.
    """
    lock = Lockable("", name, "SHARE UPDATE EXCLUSIVE").statement(nowait=False)
    try:
        connection.execute(text(_PATIENCE))
        connection.execute(text(lock.replace(":", "\\:")))
    except DBAPIError:
        pass  # it did not yield in time, or somebody else came first
    finally:
        connection.rollback()


_PATIENCE = """
SELECT pg_catalog.set_config('lock_timeout', (setting::int + 1000)::text, true)
  FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'
"""

_LOOK = """
SELECT k.key, CAST(c.relkind AS text) AS relkind, n.nspname AS schema, c.relname,
       pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS may_lock,
       l.mode, l.granted, l.pid, l.virtualtransaction,
       CASE WHEN l.pid IS NULL THEN 'the prepared transaction ' || p.gid
            ELSE 'pid ' || l.pid END AS session,
       COALESCE(a.usename, p.owner) AS usename, a.application_name AS application,
       CASE WHEN l.pid IS NULL THEN 'prepared'
            ELSE COALESCE(a.state, NULLIF(a.backend_type, 'client backend')) END AS state,
       a.query, a.backend_type, a.usename = current_user AS same_role,
       extract(epoch FROM pg_catalog.clock_timestamp() - COALESCE(a.xact_start, p.prepared)) AS age,
       CASE WHEN a.state = 'active' THEN
            extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start) END AS query_age
  FROM ROWS FROM (pg_catalog.unnest(CAST(:keys AS text[])),
                  pg_catalog.unnest(CAST(:first AS text[])),
                  pg_catalog.unnest(CAST(:second AS text[]))) AS k (key, first, second)
  JOIN pg_catalog.pg_class c
    ON c.oid = COALESCE(pg_catalog.to_regclass(k.first), pg_catalog.to_regclass(k.second))
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN (pg_catalog.pg_locks l
             JOIN pg_catalog.pg_database d
               ON d.oid = l.database AND d.datname = pg_catalog.current_database())
    ON l.locktype = 'relation' AND l.relation = c.oid
   AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN pg_catalog.pg_prepared_xacts p
    ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction
"""

_CANCEL = """
SELECT pg_catalog.pg_cancel_backend(a.pid)
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = :pid AND a.usename = current_user AND a.state = 'active'
   AND EXISTS (SELECT 1 FROM pg_catalog.pg_locks l
                WHERE l.pid = a.pid AND l.virtualtransaction = :transaction)
"""
