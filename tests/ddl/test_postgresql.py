"""Each fact about PostgreSQL, measured again: what the server does is what `effect` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import URL

from alembic_guard.ddl.locks import Lock
from tests import servers
from tests.ddl import measuring


@dataclass(frozen=True)
class Fact:
    """A statement; :param since: the version from which there is it."""

    sql: str
    timezone: str = "utc"
    since: int = 12


ADD = "ALTER TABLE t ADD COLUMN c1 "
CHANGE = "ALTER TABLE t ALTER COLUMN "
FACTS = {
    "a nullable column": ADD + "int",
    "a constant default": ADD + "int NOT NULL DEFAULT 5",
    "a default of NULL": ADD + "int DEFAULT NULL",
    "a default of now()": ADD + "timestamptz DEFAULT now()",
    "a default of CURRENT_DATE": ADD + "date DEFAULT CURRENT_DATE",
    "a default of clock_timestamp()": ADD + "timestamptz DEFAULT clock_timestamp()",
    "a default of gen_random_uuid()": Fact(ADD + "uuid DEFAULT gen_random_uuid()", since=13),
    "a default of a volatile function": ADD + "int DEFAULT slow()",
    "a default of an immutable function": ADD + "int DEFAULT quick()",
    "a default of an array": ADD + "text[] DEFAULT ARRAY[]::text[]",
    "a serial column": ADD + "serial",
    "an identity column": ADD + "int GENERATED ALWAYS AS IDENTITY",
    "a stored generated column": ADD + "int GENERATED ALWAYS AS (n + 1) STORED",
    "a virtual generated column": Fact(ADD + "int GENERATED ALWAYS AS (n + 1) VIRTUAL", since=18),
    "a unique column": ADD + "int UNIQUE",
    "a serial primary key": "ALTER TABLE dt ADD COLUMN c1 serial PRIMARY KEY",
    "a column with a CHECK": ADD + "int CHECK (c1 > 0)",
    "a column with a default and a CHECK": ADD + "int DEFAULT 1 CHECK (c1 > 0)",
    "a column that refers": ADD + "int REFERENCES par",
    "a column with a default that refers": ADD + "int DEFAULT 1 REFERENCES par",
    "a column of a partitioned table": "ALTER TABLE p ADD COLUMN c1 int",
    "a serial column of a partitioned table": "ALTER TABLE p ADD COLUMN c1 serial",
    "drop column": "ALTER TABLE t DROP COLUMN n",
    "drop column of a view": "ALTER TABLE seen DROP COLUMN a CASCADE",
    "drop column that refers": "ALTER TABLE fkt DROP COLUMN par_id",
    "drop column that is referred to": "ALTER TABLE par DROP COLUMN id CASCADE",
    "drop column of a partitioned table": "ALTER TABLE p DROP COLUMN a",
    "rename column": "ALTER TABLE t RENAME COLUMN n TO m",
    "rename column of a partitioned table": "ALTER TABLE p RENAME COLUMN a TO m",
    "rename table": "ALTER TABLE t RENAME TO t9",
    "rename a partitioned table": "ALTER TABLE p RENAME TO p9",
    "set default": CHANGE + "n SET DEFAULT 1",
    "drop default": CHANGE + "tz DROP DEFAULT",
    "set not null": CHANGE + "n SET NOT NULL",
    "set not null of what is": CHANGE + "id SET NOT NULL",
    "set not null with a valid check": "ALTER TABLE t2 ALTER a SET NOT NULL",
    "set not null with a longer check": "ALTER TABLE t2 ALTER b SET NOT NULL",
    "set not null with a check not valid": "ALTER TABLE t2 ALTER d SET NOT NULL",
    "set not null in partitions": "ALTER TABLE p ALTER a SET NOT NULL",
    "drop not null": "ALTER TABLE pnew ALTER id DROP NOT NULL",
    "set statistics": CHANGE + "n SET STATISTICS 100",
    "set storage": CHANGE + "x SET STORAGE EXTERNAL",
    "set compression": Fact(CHANGE + "x SET COMPRESSION pglz", since=14),
    "set options of a column": CHANGE + "n SET (n_distinct = 5)",
    "add identity": CHANGE + "id ADD GENERATED ALWAYS AS IDENTITY",
    "add a check": "ALTER TABLE t ADD CONSTRAINT a CHECK (n > 0)",
    "add a check not valid": "ALTER TABLE t ADD CONSTRAINT a CHECK (n > 0) NOT VALID",
    "add a check to partitions": "ALTER TABLE p ADD CONSTRAINT a CHECK (a > 0)",
    "validate a check": "ALTER TABLE t2 VALIDATE CONSTRAINT small",
    "validate a valid check": "ALTER TABLE t2 VALIDATE CONSTRAINT a_set",
    "add a foreign key": "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES par",
    "add a foreign key not valid": "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES par NOT VALID",
    "add a foreign key to partitions": "ALTER TABLE p ADD FOREIGN KEY (par_id) REFERENCES par",
    "validate a foreign key": "ALTER TABLE fkt2 VALIDATE CONSTRAINT fkt2_par",
    "drop a foreign key": "ALTER TABLE fkt DROP CONSTRAINT fkt_par",
    "drop a primary key with cascade": "ALTER TABLE par DROP CONSTRAINT par_pkey CASCADE",
    "drop a check": "ALTER TABLE t DROP CONSTRAINT t_checked",
    "rename a constraint": "ALTER TABLE t RENAME CONSTRAINT t_checked TO other",
    "add unique": "ALTER TABLE t ADD UNIQUE (n)",
    "add unique using an index": "ALTER TABLE t ADD UNIQUE USING INDEX t_uqn",
    "add a primary key": "ALTER TABLE pnew ADD PRIMARY KEY (id)",
    "add a primary key using an index that has NULLs": (
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY USING INDEX t_big"
    ),
    "add an exclusion": "ALTER TABLE t ADD EXCLUDE (n WITH =)",
    "add not null": Fact("ALTER TABLE t ADD CONSTRAINT nn NOT NULL n", since=18),
    "add not null not valid": Fact(
        "ALTER TABLE t ADD CONSTRAINT nn NOT NULL n NOT VALID", since=18
    ),
    "add a check not enforced": Fact(
        "ALTER TABLE t ADD CONSTRAINT a CHECK (n > 0) NOT ENFORCED", since=18
    ),
    "create index": "CREATE INDEX ON t (n)",
    "create index on partitions": "CREATE INDEX ON p (a)",
    "create index on only": "CREATE INDEX ON ONLY p (a)",
    "drop index": "DROP INDEX t_n",
    "drop index of partitions": "DROP INDEX p_a",
    "rename index": "ALTER INDEX t_n RENAME TO other",
    "reindex index": "REINDEX INDEX t_n",
    "reindex table": "REINDEX TABLE t",
    "create table that refers": "CREATE TABLE new (id int PRIMARY KEY, a int REFERENCES par)",
    "create table that refers to itself": "CREATE TABLE new (id int PRIMARY KEY REFERENCES new)",
    "create table of another": "CREATE TABLE new () INHERITS (t)",
    "create table like another": "CREATE TABLE new (LIKE t INCLUDING ALL)",
    "create table as": "CREATE TABLE new AS SELECT * FROM t",
    "create partition": "CREATE TABLE new PARTITION OF p FOR VALUES IN (5)",
    "drop table that refers": "DROP TABLE fkt",
    "drop table with cascade": "DROP TABLE par CASCADE",
    "drop table of views": "DROP TABLE seen CASCADE",
    "drop partition": "DROP TABLE p1",
    "drop a partitioned table": "DROP TABLE p",
    "attach partition": "ALTER TABLE p ATTACH PARTITION pnew FOR VALUES IN (3)",
    "attach partition with a check": "ALTER TABLE p ATTACH PARTITION pnewc FOR VALUES IN (4)",
    "detach partition": "ALTER TABLE p DETACH PARTITION p1",
    "create partition that refers": "CREATE TABLE new PARTITION OF fp FOR VALUES IN (5)",
    "drop partition that refers": "DROP TABLE fp1",
    "drop a partitioned table that refers": "DROP TABLE fp",
    "detach partition that refers": "ALTER TABLE fp DETACH PARTITION fp1",
    "add unique to partitions": "ALTER TABLE p ADD UNIQUE (id)",
    "add a primary key to partitions": "ALTER TABLE p ADD PRIMARY KEY (id)",
    "add a primary key that may be NULL to partitions": (
        "UPDATE p SET a = id; ALTER TABLE p DROP COLUMN par_id, ADD PRIMARY KEY (id, a)"
    ),
    "set statistics of partitions": "ALTER TABLE p ALTER a SET STATISTICS 100",
    "set unlogged": "ALTER TABLE t SET UNLOGGED",
    "set access method": Fact("ALTER TABLE t SET ACCESS METHOD heap2", since=15),
    "set parameters": "ALTER TABLE t SET (fillfactor = 50)",
    "reset parameters": "ALTER TABLE t RESET (fillfactor)",
    "set schema": "ALTER TABLE t SET SCHEMA other",
    "owner": "ALTER TABLE t OWNER TO pg_monitor",
    "enable row level security": "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "replica identity": "ALTER TABLE t REPLICA IDENTITY FULL",
    "disable trigger": "ALTER TABLE t DISABLE TRIGGER ALL",
    "enable rule": "ALTER TABLE seen ENABLE RULE no_delete",
    "cluster on": "ALTER TABLE t CLUSTER ON t_n",
    "inherit": "ALTER TABLE heir INHERIT elder",
    "truncate": "TRUNCATE t2",
    "truncate with cascade": "TRUNCATE par CASCADE",
    "truncate partitions": "TRUNCATE p",
    "insert": "INSERT INTO pnew SELECT id, a, b FROM t2",
    "update all": "UPDATE t SET n = 1",
    "update all in partitions": "UPDATE p SET a = 1",
    "delete all": "DELETE FROM t2",
    "select for update": (
        "SET LOCAL enable_indexscan = on; SET LOCAL enable_seqscan = off; "
        "SELECT * FROM t WHERE id = 1 FOR UPDATE"
    ),
    "select": "SELECT * FROM t",
    "lock table": "LOCK TABLE t IN SHARE MODE",
    "lock table as it comes": "LOCK TABLE t",
    "lock a partitioned table": "LOCK TABLE p",
    "cluster": "CLUSTER t USING t_n",
    "analyze": "ANALYZE heir",
    "create view": "CREATE VIEW new AS SELECT * FROM t",
    "replace view": "CREATE OR REPLACE VIEW vw AS SELECT id, a FROM seen WHERE a > 0",
    "drop view": "DROP VIEW vw2",
    "drop view with cascade": "DROP VIEW vw CASCADE",
    "rename view": "ALTER VIEW vw2 RENAME TO vw3",
    "refresh": "REFRESH MATERIALIZED VIEW mv",
    "refresh concurrently": "REFRESH MATERIALIZED VIEW CONCURRENTLY mv",
    "create trigger": (
        "CREATE TRIGGER new BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touched()"
    ),
    "create trigger on partitions": (
        "CREATE TRIGGER new AFTER UPDATE ON p FOR EACH ROW EXECUTE FUNCTION touched()"
    ),
    "drop trigger": "DROP TRIGGER touching ON seen",
    "rename trigger": "ALTER TRIGGER touching ON seen RENAME TO other",
    "create policy": "CREATE POLICY new ON t",
    "alter policy": "ALTER POLICY some_rows ON seen USING (true)",
    "drop policy": "DROP POLICY some_rows ON seen",
    "create rule": "CREATE RULE new AS ON DELETE TO t2 DO INSTEAD NOTHING",
    "drop rule": "DROP RULE no_delete ON seen",
    "create statistics": "CREATE STATISTICS new ON n, s FROM t",
    "create publication": "CREATE PUBLICATION new FOR TABLE t",
    "comment on a table": "COMMENT ON TABLE t IS 'a'",
    "comment on a column": "COMMENT ON COLUMN t.n IS 'a'",
    "grant": "GRANT SELECT ON t TO pg_monitor",
    "add an enum value": "ALTER TYPE mood ADD VALUE 'glad'",
    "a constraint on a domain that is not valid": (
        "ALTER DOMAIN positive ADD CHECK (VALUE > 0) NOT VALID"
    ),
    "alter sequence": "ALTER SEQUENCE sq AS int",
    "restart sequence": "ALTER SEQUENCE sq RESTART",
    "create sequence": "CREATE SEQUENCE new",
    "type: int to bigint": CHANGE + "n TYPE bigint",
    "type: of a column with a CHECK": CHANGE + "checked TYPE text",
    "type: of a column in an expression": CHANGE + "lowered TYPE text",
    "type: the parent of a foreign key": "ALTER TABLE par ALTER id TYPE bigint",
    "type: the child of a foreign key": "ALTER TABLE fkt ALTER par_id TYPE bigint",
    "type: in partitions": "ALTER TABLE p ALTER a TYPE bigint",
}


@pytest.fixture(scope="module")
def server(postgresql_server: URL) -> Iterator[measuring.Server]:
    with servers.postgresql_database(postgresql_server) as url:
        yield measuring.prepare(url)


@pytest.mark.parametrize("name", FACTS)
def test_the_server_does_what_effect_says(server: measuring.Server, name: str) -> None:
    entry = FACTS[name]
    fact = Fact(entry) if isinstance(entry, str) else entry
    if server.target.major < fact.since:
        pytest.skip(f"from PostgreSQL {fact.since} on")
    done = measuring.measured(server, fact.sql, fact.timezone)
    assert measuring.expected(server, fact.sql, fact.timezone) == done, name


# Statements that refuse a transaction, and what another session has done that they wait for.
WATCHED = {
    "create index concurrently": (
        "CREATE INDEX CONCURRENTLY new ON t (n)",
        "INSERT INTO t (id) VALUES (9)",
    ),
    "drop index concurrently": ("DROP INDEX CONCURRENTLY t_n", "INSERT INTO t (id) VALUES (9)"),
    "reindex index concurrently": (
        "REINDEX INDEX CONCURRENTLY t_s",
        "INSERT INTO t (id) VALUES (9)",
    ),
    "reindex table concurrently": ("REINDEX TABLE CONCURRENTLY t", "INSERT INTO t (id) VALUES (9)"),
    "vacuum full": ("VACUUM FULL t", "SELECT * FROM t"),
    "vacuum": ("VACUUM t", "LOCK TABLE t IN SHARE MODE"),
}


@pytest.mark.parametrize("name", WATCHED)
def test_what_refuses_a_transaction_is_seen_from_another_session(
    server: measuring.Server, name: str
) -> None:
    sql, waits_for = WATCHED[name]
    said = measuring.expected(server, sql)
    assert measuring.watched(server, sql, waits_for) == said.locks
    assert said.scans == (frozenset() if name.startswith("drop") else frozenset({"t"}))


def test_detach_concurrently_lets_the_parent_be_used(server: measuring.Server) -> None:
    if server.target.major < 14:
        pytest.skip("from PostgreSQL 14 on")
    sql = "ALTER TABLE q DETACH PARTITION q1 CONCURRENTLY"
    said = measuring.expected(server, sql).locks
    # It waits between its two transactions, in the first of which nothing stronger is taken.
    held = measuring.watched(server, sql, "SELECT * FROM q")
    assert said == {"q": Lock.SHARE_UPDATE_EXCLUSIVE, "q1": Lock.ACCESS_EXCLUSIVE}
    assert held.get("q", said["q"]) == said["q"]
    assert set(held) <= set(said)
