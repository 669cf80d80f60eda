"""Which declared statements may be run in scratch, and what is said of the others."""

from __future__ import annotations

import pytest

from alembic_guard.runtime.comparing.postgresql.allowed import objection

SCHEMAS = {"public", "app"}

ALLOWED = (
    "CREATE VIEW v AS SELECT * FROM other.t",
    "create or replace view public.v as select 1",
    'CREATE VIEW "app".v AS SELECT 1',
    "CREATE MATERIALIZED VIEW IF NOT EXISTS app.m AS SELECT 1",
    "CREATE UNIQUE INDEX CONCURRENTLY i ON app.m (a)",
    "CREATE FUNCTION f(other.kind) RETURNS int LANGUAGE sql AS 'COMMIT'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
    "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION other.f()",
    "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
    "CREATE POLICY p ON app.t USING (true)",
    "CREATE RULE r AS ON INSERT TO app.t DO NOTHING",
    "CREATE TYPE mood AS ENUM ('ok')",
    "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public",
    "CREATE SCHEMA IF NOT EXISTS billing",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "COMMENT ON COLUMN v.a IS 'a'",
    "COMMENT ON VIEW public.v IS 'other.v'",
    "GRANT SELECT (a, b) ON app.v TO PUBLIC",
    "DROP FUNCTION IF EXISTS f(int)",
    "ALTER TABLE ONLY app.t OWNER TO other",
    "ALTER SCHEMA app OWNER TO other; -- theirs",
)

_TRANSACTION = "it controls a transaction"
_ROLE = "it is about a role, which all databases of the server share"
_SERVER = "it is about the server, not about this database"
_OTHER = "it is about the schema other, which is not among the models'"
_DONE = "declares nothing: it would be done each time that models are compared"
_NOT_COMPARED = "declares nothing that is compared"

REFUSED = {
    "ALTER SCHEMA other OWNER TO r": _OTHER,
    "ALTER VIEW other.v OWNER TO r": _OTHER,
    "ALTER SCHEMA app RENAME TO r": f"ALTER SCHEMA {_NOT_COMPARED}",
    "BEGIN": _TRANSACTION,
    "/* now */ commit": _TRANSACTION,
    "END": _TRANSACTION,
    "ROLLBACK TO SAVEPOINT s": _TRANSACTION,
    "PREPARE TRANSACTION 'a'": _TRANSACTION,
    "COPY t TO PROGRAM 'mail'": "it reads or writes data",
    "CREATE ROLE r": _ROLE,
    "ALTER USER r SUPERUSER": _ROLE,
    "DROP GROUP r": _ROLE,
    "COMMENT ON ROLE r IS 'a'": _ROLE,
    "GRANT pg_write_server_files TO r": _ROLE,
    "REVOKE a FROM b": _ROLE,
    "CREATE DATABASE d": _SERVER,
    "ALTER SYSTEM SET work_mem = '1GB'": _SERVER,
    "DROP TABLESPACE d": _SERVER,
    "SELECT pg_terminate_backend(1)": f"SELECT {_DONE}",
    "INSERT INTO t VALUES (1)": f"INSERT {_DONE}",
    "DO 'BEGIN END'": f"DO {_DONE}",
    "SET search_path = other": f"SET {_DONE}",
    "TRUNCATE t": f"TRUNCATE {_DONE}",
    "CREATE TABLE t (id int)": f"CREATE TABLE {_NOT_COMPARED}",
    "DROP TABLE t": f"DROP TABLE {_NOT_COMPARED}",
    "DROP SCHEMA app CASCADE": f"DROP SCHEMA {_NOT_COMPARED}",
    "DROP EXTENSION citext": f"DROP EXTENSION {_NOT_COMPARED}",
    "ALTER SCHEMA app RENAME TO b": f"ALTER SCHEMA {_NOT_COMPARED}",
    "CREATE OR REPLACE VIEW other.v AS SELECT 1": _OTHER,
    "CREATE FUNCTION \"other\".f() RETURNS int LANGUAGE sql AS ''": _OTHER,
    "CREATE TRIGGER g AFTER INSERT ON other.t EXECUTE FUNCTION f()": _OTHER,
    "CREATE POLICY p ON other.t": _OTHER,
    "CREATE RULE r AS ON INSERT TO other.t DO NOTHING": _OTHER,
    "CREATE INDEX i ON ONLY other.t (a)": _OTHER,
    "ALTER TABLE ONLY other.t ENABLE ROW LEVEL SECURITY": _OTHER,
    "ALTER VIEW v SET SCHEMA other": _OTHER,
    "DROP VIEW IF EXISTS v, other.v": _OTHER,
    "COMMENT ON COLUMN other.t.a IS 'a'": _OTHER,
    "GRANT SELECT ON t, other.t TO r": _OTHER,
    "GRANT USAGE ON SCHEMA other TO r": _OTHER,
    "GRANT SELECT ON ALL TABLES IN SCHEMA other TO r": _OTHER,
}


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_says_how_something_is_may_be_run(sql: str) -> None:
    assert objection(sql, SCHEMAS) == ""


@pytest.mark.parametrize("sql", REFUSED)
def test_what_would_do_more_is_refused_with_the_reason(sql: str) -> None:
    assert objection(sql, SCHEMAS) == REFUSED[sql]
