"""What a typed statement is about is looked for in the scratch namespace, and nowhere else."""

from __future__ import annotations

import pytest

from alembic_guard.runtime.comparing.postgresql.aiming import aimed
from alembic_guard.runtime.comparing.postgresql.typed import (
    for_scratch,
    kind,
    replacing,
    statements,
    takes_all,
)

AIMED = {
    'GRANT SELECT (id) ON users, "V", app.x TO a, b': (
        'GRANT SELECT (id) ON g.users, g."V", app.x TO a, b'
    ),
    "revoke execute on function f(int, text), h() from x": (
        "revoke execute on function g.f(int, text), g.h() from x"
    ),
    "GRANT USAGE ON SCHEMA app TO x": "GRANT USAGE ON SCHEMA app TO x",
    "GRANT SELECT ON ALL TABLES IN SCHEMA app TO x": (
        "GRANT SELECT ON ALL TABLES IN SCHEMA app TO x"
    ),
    "GRANT a TO b": "GRANT a TO b",
    "COMMENT ON COLUMN v.name IS 'on x'": "COMMENT ON COLUMN g.v.name IS 'on x'",
    "COMMENT ON COLUMN app.v.name IS 'x'": "COMMENT ON COLUMN app.v.name IS 'x'",
    "COMMENT ON MATERIALIZED VIEW m IS 'x'": "COMMENT ON MATERIALIZED VIEW g.m IS 'x'",
    "COMMENT ON TRIGGER t ON users IS 'x'": "COMMENT ON TRIGGER t ON g.users IS 'x'",
    "COMMENT ON CONSTRAINT c ON DOMAIN d IS 'x'": "COMMENT ON CONSTRAINT c ON DOMAIN g.d IS 'x'",
    "ALTER TABLE IF EXISTS ONLY users FORCE ROW LEVEL SECURITY": (
        "ALTER TABLE IF EXISTS ONLY g.users FORCE ROW LEVEL SECURITY"
    ),
    "ALTER POLICY p ON users TO x": "ALTER POLICY p ON g.users TO x",
    "ALTER EVENT TRIGGER e DISABLE": "ALTER EVENT TRIGGER e DISABLE",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x"
    ),
    "DROP VIEW IF EXISTS v, w CASCADE": "DROP VIEW IF EXISTS g.v, g.w CASCADE",
    "DROP TRIGGER IF EXISTS t ON users": "DROP TRIGGER IF EXISTS t ON g.users",
    "DROP FUNCTION IF EXISTS f(int, text)": "DROP FUNCTION IF EXISTS g.f(int, text)",
    "CREATE TRIGGER t BEFORE UPDATE OF a ON users EXECUTE FUNCTION f()": (
        "CREATE TRIGGER t BEFORE UPDATE OF a ON g.users EXECUTE FUNCTION f()"
    ),
    "CREATE OR REPLACE RULE r AS ON INSERT TO v DO INSTEAD NOTHING": (
        "CREATE OR REPLACE RULE r AS ON INSERT TO g.v DO INSTEAD NOTHING"
    ),
    "-- on x\nCREATE /* ON y */ UNIQUE INDEX i ON ONLY m (id)": (
        "-- on x\nCREATE /* ON y */ UNIQUE INDEX i ON ONLY g.m (id)"
    ),
    "CREATE TABLE trigger (a int REFERENCES x ON DELETE CASCADE)": (
        "CREATE TABLE trigger (a int REFERENCES x ON DELETE CASCADE)"
    ),
    "CREATE VIEW v AS SELECT * FROM a JOIN b ON a.id = b.id": (
        "CREATE VIEW v AS SELECT * FROM a JOIN b ON a.id = b.id"
    ),
}


@pytest.mark.parametrize("sql", AIMED)
def test_what_is_not_created_is_looked_for_in_the_namespace(sql: str) -> None:
    assert aimed(sql, "g") == AIMED[sql]


APART = {
    "SELECT 1; SELECT 2;": ["SELECT 1", "SELECT 2"],
    "CREATE FUNCTION f() AS $a$ a; $$ b; $a$; SELECT ';--' -- c; d\n;": [
        "CREATE FUNCTION f() AS $a$ a; $$ b; $a$",
        "SELECT ';--' -- c; d",
    ],
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3": [
        "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
        "SELECT 3",
    ],
    "CREATE RULE r AS ON INSERT TO v DO (NOTIFY a; NOTIFY b); -- the end": [
        "CREATE RULE r AS ON INSERT TO v DO (NOTIFY a; NOTIFY b)"
    ],
}


@pytest.mark.parametrize("sql", APART)
def test_a_text_is_cut_where_its_statements_end(sql: str) -> None:
    assert statements(sql) == APART[sql]


KINDS = {
    "create or replace temp view v as select 1": "view",
    "CREATE MATERIALIZED VIEW m AS SELECT 1": "materialized view",
    "-- a view\nCREATE CONSTRAINT TRIGGER t AFTER INSERT ON t": "trigger",
    "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()": "event trigger",
    "COMMENT ON POLICY p ON t IS ''": "policy",
    "ALTER FUNCTION f() STABLE": "function",
    "revoke all on t from public": "grant",
    "SELECT 1": "",
    "": "",
}


@pytest.mark.parametrize("sql", KINDS)
def test_the_first_words_say_what_a_statement_is_about(sql: str) -> None:
    assert kind(sql) == KINDS[sql]


def test_no_row_is_read_for_a_materialized_view() -> None:
    assert for_scratch("CREATE MATERIALIZED VIEW m AS SELECT 1 WITH DATA;", "t_", {}) == (
        "CREATE MATERIALIZED VIEW m AS SELECT 1\nWITH NO DATA"
    )


def test_privileges_in_a_schema_are_given_in_the_one_that_stands_for_it() -> None:
    assert (
        for_scratch(
            'GRANT SELECT ON ALL TABLES IN SCHEMA app, "B", c TO x',
            "t_",
            {"app": "g_1", "B": "g_2"},
        )
        == "GRANT SELECT ON ALL TABLES IN SCHEMA g_1, g_2, c TO x"
    )


REPLACING = {
    "create view v as select 1": "create or replace view v as select 1",
    "-- v\nCREATE VIEW v AS SELECT 1": "-- v\nCREATE OR REPLACE VIEW v AS SELECT 1",
    "CREATE  OR  REPLACE VIEW v AS SELECT 1": "CREATE  OR  REPLACE VIEW v AS SELECT 1",
}


@pytest.mark.parametrize("sql", REPLACING)
def test_a_create_takes_the_place_of_what_is_there(sql: str) -> None:
    assert replacing(sql) == REPLACING[sql]


TAKING_ALL = {
    "SELECT * FROM t": True,
    "SELECT DISTINCT t.* FROM t": True,
    "SELECT a, * FROM t": True,
    "CREATE VIEW v AS TABLE t": True,
    "SELECT count(*) FROM t": False,
    "SELECT a * b, '*', \"x.*\" FROM t -- *": False,
}


@pytest.mark.parametrize("sql", TAKING_ALL)
def test_a_star_is_all_columns_where_it_stands_for_them(sql: str) -> None:
    assert takes_all(sql) == TAKING_ALL[sql]
