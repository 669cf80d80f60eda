"""Measures what PostgreSQL does with a statement: the locks of the session, new files, reads.

A statement is run in a transaction that is rolled back. One that refuses to run in a transaction
is watched from another session while it waits for a third.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from alembic_guard.ddl.actions import Action, DropIndex, Reindex
from alembic_guard.ddl.effects import Effect, total
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.postgresql import effect
from alembic_guard.ddl.reading import read_sql
from alembic_guard.runtime.tables import known_tables
from alembic_guard.schema import Functions, Table, Target

# `t` has an index of each kind and no foreign key; `par` is what foreign keys refer to.
TABLES = """
CREATE TABLE par (id int PRIMARY KEY, name varchar(10));
CREATE TABLE t (
    id int PRIMARY KEY, n int, uq int CONSTRAINT t_uq UNIQUE, s varchar(10), x text, big bigint,
    tz timestamptz DEFAULT now(), lowered varchar(10),
    checked varchar(10) CONSTRAINT t_checked CHECK (length(checked) > 0)
);
CREATE INDEX t_n ON t (n);
CREATE INDEX t_s ON t (s);
CREATE UNIQUE INDEX t_uqn ON t (n, s);
CREATE UNIQUE INDEX t_big ON t (big);
CREATE INDEX t_lowered ON t (lower(lowered));
INSERT INTO par SELECT i, i FROM generate_series(1, 5) i;
INSERT INTO t SELECT i, i, i, i, i, i, now(), 'A', 'a' FROM generate_series(1, 5) i;
CREATE TABLE seen (id int PRIMARY KEY, a int);
INSERT INTO seen VALUES (1, 1);
CREATE VIEW vw AS SELECT id, a FROM seen;
CREATE VIEW vw2 AS SELECT a FROM vw;
CREATE TABLE t2 (id int PRIMARY KEY, a int, b int, d int);
INSERT INTO t2 SELECT i, i, i, i FROM generate_series(1, 5) i;
ALTER TABLE t2 ADD CONSTRAINT a_set CHECK (a IS NOT NULL),
    ADD CONSTRAINT b_set CHECK (b IS NOT NULL AND b > 0),
    ADD CONSTRAINT d_set CHECK (d IS NOT NULL) NOT VALID,
    ADD CONSTRAINT small CHECK (a < 100) NOT VALID;
CREATE TABLE fkt (id int PRIMARY KEY, par_id int CONSTRAINT fkt_par REFERENCES par);
CREATE TABLE fkt2 (id int PRIMARY KEY, par_id int);
ALTER TABLE fkt2 ADD CONSTRAINT fkt2_par FOREIGN KEY (par_id) REFERENCES par NOT VALID;
INSERT INTO fkt VALUES (1, 1);
INSERT INTO fkt2 VALUES (1, 1);
CREATE TABLE p (id int NOT NULL, a int, par_id int) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE INDEX p_a ON p (a);
CREATE TABLE pnew (id int NOT NULL, a int, par_id int);
CREATE INDEX ON pnew (a);
CREATE TABLE pnewc (id int NOT NULL, a int, par_id int, CONSTRAINT four CHECK (id = 4));
CREATE INDEX ON pnewc (a);
INSERT INTO p VALUES (1, 1, 1), (9, 9, 1);
INSERT INTO pnew VALUES (3, 3, 1);
INSERT INTO pnewc VALUES (4, 4, 1);
CREATE TABLE q (id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
CREATE TABLE par2 (id int PRIMARY KEY);
CREATE TABLE fp (id int NOT NULL, par_id int REFERENCES par2) PARTITION BY LIST (id);
CREATE TABLE fp1 PARTITION OF fp FOR VALUES IN (1);
CREATE TABLE heir (a int);
CREATE TABLE elder (a int);
CREATE DOMAIN positive AS int;
CREATE TABLE dt (d positive);
INSERT INTO dt VALUES (1);
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t2;
CREATE UNIQUE INDEX mv_id ON mv (id);
CREATE SCHEMA other;
CREATE SEQUENCE sq;
CREATE TYPE mood AS ENUM ('sad');
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION quick() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TRIGGER touching BEFORE UPDATE ON seen FOR EACH ROW EXECUTE FUNCTION touched();
CREATE POLICY some_rows ON seen;
CREATE RULE no_delete AS ON DELETE TO seen DO INSTEAD NOTHING;
CREATE STATISTICS seen_both ON id, a FROM seen;
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
"""

RELATIONS = """
SELECT oid, relname, relkind, pg_relation_filenode(oid) AS file, pg_relation_size(oid) AS size,
    pg_stat_get_xact_tuples_returned(oid) AS read
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
"""
NAMES = """
SELECT oid, relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm')
"""
LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = {pid} AND relation IS NOT NULL"


@dataclass(frozen=True)
class Server:
    """A database with the tables, and what is known of them."""

    url: URL
    tables: dict[str, Table]
    target: Target


@contextmanager
def session(url: URL) -> Iterator[Connection]:
    """A session of its own, in autocommit until it says BEGIN."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def prepare(url: URL) -> Server:
    """Make the tables, and ask for them as the linter does."""
    with session(url) as connection:
        connection.exec_driver_sql(TABLES)
        rows = connection.exec_driver_sql(RELATIONS).all()
        keys = [row.relname for row in rows if row.relkind != "S"]
        number = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        target = Target(
            version=(int(number) // 10000, int(number) % 10000),
            live=True,
            functions=Functions({"slow": "volatile", "quick": "immutable"}),
        )
        return Server(url, known_tables(connection, keys), target)


def expected(server: Server, sql: str, timezone: str = "utc") -> Effect:
    """What `effect` says of a statement, without its note."""
    version = server.target.version
    target = Target(version=version, timezone=timezone, functions=server.target.functions)
    read = [with_table(server, each) for each in read_sql(sql, "postgresql")]
    found = total(effect(each, target, server.tables.get) for each in read)
    return Effect(found.locks, found.rewrites, found.scans)


def with_table(server: Server, action: Action) -> Action:
    """An action on an index with its table, which the statement does not name."""
    if not isinstance(action, DropIndex | Reindex) or action.table:
        return action
    tables = [key for key, table in server.tables.items() if action.name in table.indexes]
    return replace(action, table="".join(tables))


def measured(server: Server, sql: str, timezone: str = "utc") -> Effect:
    """What the server does with a statement.

    A new file without rows is no rewrite, and a reading that found no rows is no scan: TRUNCATE
    does both.
    """
    with session(server.url) as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(f"SET LOCAL TimeZone = '{timezone}'")
        # Of tables as small as these the planner may read each row by an index instead.
        connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
        connection.exec_driver_sql("SET LOCAL enable_indexonlyscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        before = {row.oid: row for row in connection.exec_driver_sql(RELATIONS)}
        connection.exec_driver_sql(sql)
        held = locks(connection, "pg_backend_pid()")
        after = {row.oid: row for row in connection.exec_driver_sql(RELATIONS)}
        connection.exec_driver_sql("ROLLBACK")
    kept = [oid for oid in before if oid in after]
    names = {oid: row.relname for oid, row in before.items()}
    return Effect(
        {names[oid]: lock for oid, lock in held.items() if oid in names},
        frozenset(
            names[oid]
            for oid in kept
            if before[oid].file != after[oid].file
            and after[oid].size
            and before[oid].relkind != "S"
        ),
        frozenset(names[oid] for oid in kept if after[oid].read > before[oid].read and oid in held),
    )


def locks(connection: Connection, pid: int | str) -> dict[int, Lock]:
    """The strongest lock of a session by table, held or waited for, but for ACCESS SHARE."""
    found: dict[int, Lock] = {}
    for row in connection.exec_driver_sql(LOCKS.format(pid=pid)):
        lock = Lock.of_mode(row.mode)
        if lock is not Lock.ACCESS_SHARE:
            found[row.relation] = max(lock, found.get(row.relation, lock))
    return found


def watched(server: Server, sql: str, waits_for: str) -> dict[str, Lock]:
    """The locks that a statement outside of a transaction has taken, or waits for.

    :param waits_for: what the other session has done that the statement has to wait for.
    """
    with session(server.url) as other, session(server.url) as watcher:
        other.exec_driver_sql("BEGIN")
        other.exec_driver_sql(waits_for)
        with session(server.url) as own:
            pid = own.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            thread = threading.Thread(target=own.exec_driver_sql, args=(sql,))
            thread.start()
            waiting = f"SELECT 1 FROM pg_locks WHERE pid = {pid} AND NOT granted"
            while thread.is_alive() and not watcher.exec_driver_sql(waiting).all():
                pass
            # Sizes, as in RELATIONS, would wait behind the statement.
            names = {row.oid: row.relname for row in watcher.exec_driver_sql(NAMES)}
            held = locks(watcher, pid)
            other.exec_driver_sql("ROLLBACK")
            thread.join()
    return {names[oid]: lock for oid, lock in held.items() if oid in names}
