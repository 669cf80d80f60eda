"""Much that is built on one another: it goes and comes in an order in which it can."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    URL,
    BigInteger,
    CheckConstraint,
    Column,
    Engine,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
)

from tests import servers
from tests.autogenerate.changes import Written, metadata_of, migrated, run, unchanged, written
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

TYPED = (
    "CREATE VIEW v AS SELECT u.id, u.name, u.age, u.state, p.amount FROM users u"
    " JOIN app.payments p ON p.user_id = u.id WHERE u.state = 'a'",
    "CREATE VIEW app.w AS SELECT id, age FROM v WHERE name IN ('x', 'y')",
    "CREATE MATERIALIZED VIEW m AS SELECT age, count(*) AS n FROM app.w GROUP BY age",
    "CREATE UNIQUE INDEX m_age ON m (age)",
    "CREATE FUNCTION paid(u users) RETURNS numeric LANGUAGE sql STABLE AS"
    " $$ SELECT sum(amount) FROM app.payments WHERE user_id = $1.id $$",
    "CREATE FUNCTION app.seen() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM ':a', '%'; RETURN NEW; END $$",
    "CREATE TRIGGER grown BEFORE INSERT OR UPDATE OF age ON users"
    " FOR EACH ROW WHEN (NEW.age > 1) EXECUTE FUNCTION app.seen()",
    "CREATE TRIGGER typed INSTEAD OF INSERT ON app.w FOR EACH ROW EXECUTE FUNCTION app.seen()",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY paying ON users FOR SELECT TO pg_monitor USING"
    " (age > most() AND EXISTS (SELECT 1 FROM app.payments WHERE user_id = users.id))",
    "GRANT SELECT ON v, users TO pg_monitor",
    "COMMENT ON VIEW v IS 'paying'",
    "CREATE RULE nobody AS ON DELETE TO v DO INSTEAD NOTHING",
    "CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')",
    "CREATE VIEW ages AS SELECT app.total(age::integer) AS total FROM users",
)
SCHEMA = "CREATE SCHEMA IF NOT EXISTS app"


def everything(metadata: MetaData, age: Any = Integer, result: str = "integer") -> None:
    """Two schemas with all kinds of things, built on one another across them."""
    execute(
        metadata,
        SCHEMA,
        f"CREATE FUNCTION most() RETURNS {result} LANGUAGE sql IMMUTABLE AS 'SELECT 5::{result}'",
        when="before_create",
    )
    Table(
        "users",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("age", age),
        Column("state", Enum("a", "b", name="state"), server_default="a"),
        Column("quota", Integer, server_default=sa.text("most()")),
        CheckConstraint("age < most()", name="young"),
    )
    Table(
        "payments",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", Integer, ForeignKey("users.id")),
        Column("amount", Numeric(10, 2)),
        schema="app",
    )
    execute(metadata, *TYPED)


def nothing(metadata: MetaData) -> None:
    """A schema, and nothing in it."""
    execute(metadata, SCHEMA, when="before_create")


_WORDS = ("CREATE", "DROP", "ALTER", "GRANT", "REVOKE", "COMMENT", "op.")


def names(text: str) -> list[str]:
    """What a migration does, in short: the first words of its lines, in order."""
    lines = [line.removeprefix("op.execute(").strip(" ('\")") for line in text.split("\n")]
    words = [" ".join(line.split()[:4]) for line in lines]
    return [line for line in words if line.startswith(_WORDS)]


def test_all_of_it_is_the_same_as_itself(empty: Callable[[], Engine]) -> None:
    assert unchanged(empty, everything, include_schemas=True) == Written("", "")


def test_all_of_it_comes_and_goes(empty: Callable[[], Engine]) -> None:
    found = migrated(empty, nothing, everything, include_schemas=True)
    assert names(found.upgrade) == [
        "CREATE TYPE state AS",
        "CREATE FUNCTION most() RETURNS",
        "op.create_table('users',",
        "op.create_table('payments',",
        "ALTER TABLE users ENABLE",
        "CREATE VIEW v AS",
        "COMMENT ON VIEW v",
        "CREATE VIEW app.w AS",
        "CREATE MATERIALIZED VIEW m",
        "CREATE UNIQUE INDEX m_age",
        "CREATE FUNCTION paid(u users)",
        "CREATE FUNCTION app.seen() RETURNS",
        "CREATE TRIGGER grown BEFORE",
        "CREATE TRIGGER typed INSTEAD",
        "CREATE POLICY paying ON",
        "CREATE RULE nobody AS",
        "CREATE AGGREGATE app.total(integer) (SFUNC",
        "CREATE VIEW ages AS",
        "GRANT SELECT ON TABLE",
        "GRANT SELECT ON TABLE",
    ]
    assert names(found.downgrade) == [
        "REVOKE SELECT ON TABLE",
        "REVOKE SELECT ON TABLE",
        "DROP VIEW ages",
        "DROP AGGREGATE app.total(integer",
        "DROP RULE nobody ON",
        "DROP POLICY paying ON",
        "DROP TRIGGER typed ON",
        "DROP TRIGGER grown ON",
        "DROP FUNCTION app.seen",
        "DROP FUNCTION paid(users",
        "DROP MATERIALIZED VIEW m",
        "DROP VIEW app.w",
        "DROP VIEW v",
        "ALTER TABLE users DISABLE",
        "op.drop_table('payments', schema='app",
        "op.drop_table('users",
        "DROP FUNCTION most",
        "DROP TYPE state",
    ]


def test_what_is_built_on_a_column_is_made_again_around_it(empty: Callable[[], Engine]) -> None:
    def bigger(metadata: MetaData) -> None:
        everything(metadata, age=BigInteger)

    found = migrated(empty, everything, bigger, exact=False, include_schemas=True)
    assert names(found.upgrade) == [
        "DROP VIEW ages",
        "DROP RULE nobody ON",
        "DROP POLICY paying ON",
        "DROP TRIGGER typed ON",
        "DROP TRIGGER grown ON",
        "DROP MATERIALIZED VIEW m",
        "DROP VIEW app.w",
        "DROP VIEW v",
        "op.alter_column('users', 'age',",
        "CREATE VIEW v AS",
        "COMMENT ON VIEW v",
        "GRANT SELECT ON TABLE",
        "CREATE VIEW app.w AS",
        "CREATE MATERIALIZED VIEW m",
        "CREATE UNIQUE INDEX m_age",
        "CREATE TRIGGER grown BEFORE",
        "CREATE TRIGGER typed INSTEAD",
        "CREATE POLICY paying ON",
        "CREATE RULE nobody AS",
        "CREATE VIEW ages AS",
    ]
    assert names(found.downgrade) == [
        "DROP VIEW ages",
        "DROP RULE nobody ON",
        "DROP POLICY paying ON",
        "DROP TRIGGER typed ON",
        "DROP TRIGGER grown ON",
        "DROP MATERIALIZED VIEW m",
        "DROP VIEW app.w",
        "DROP VIEW v",
        "op.alter_column('users', 'age',",
        "CREATE VIEW v AS\\n",
        "COMMENT ON VIEW v",
        "GRANT SELECT ON TABLE",
        "CREATE VIEW app.w AS\\n",
        "CREATE MATERIALIZED VIEW m",
        "CREATE UNIQUE INDEX m_age",
        "CREATE TRIGGER grown BEFORE",
        "CREATE TRIGGER typed INSTEAD",
        "CREATE POLICY paying ON",
        "CREATE RULE nobody AS\\n",
        "CREATE VIEW ages AS\\n",
    ]


def test_what_calls_a_function_is_made_again_around_it(empty: Callable[[], Engine]) -> None:
    def bigger(metadata: MetaData) -> None:
        everything(metadata, result="bigint")

    found = migrated(empty, everything, bigger, include_schemas=True)
    assert names(found.upgrade) == [
        "ALTER TABLE users DROP",
        "ALTER TABLE users ALTER",
        "DROP POLICY paying ON",
        "DROP FUNCTION most",
        "CREATE FUNCTION most() RETURNS",
        "ALTER TABLE users ADD",
        "ALTER TABLE users ALTER",
        "CREATE POLICY paying ON",
    ]
    assert names(found.downgrade) == [
        "DROP POLICY paying ON",
        "ALTER TABLE users ALTER",
        "ALTER TABLE users DROP",
        "DROP FUNCTION most",
        "CREATE OR REPLACE FUNCTION",
        "CREATE POLICY paying ON",
        "ALTER TABLE users ALTER",
        "ALTER TABLE users ADD",
    ]


@pytest.mark.skipif(not shutil.which("pg_dump"), reason="pg_dump is not installed")
def test_a_restored_database_is_the_same(
    empty: Callable[[], Engine], postgresql_server: URL
) -> None:
    engine = empty()
    with engine.begin() as connection:
        metadata_of(everything).create_all(connection)
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    dump = subprocess.run(["pg_dump", url], check=True, capture_output=True, text=True).stdout
    with servers.postgresql_database(postgresql_server) as restored:
        home = restored.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["psql", "-q", home], input=dump, check=True, capture_output=True, text=True)
        other = create_engine(restored)
        with other.begin() as connection:
            found = written(connection, metadata_of(everything), include_schemas=True)
        other.dispose()
    assert found == Written("", "")


def generated(expression: str) -> Callable[[MetaData], Any]:
    """A table with a column that is made by an expression, and a view that reads it."""

    def state(metadata: MetaData) -> None:
        made = sa.Computed(expression, persisted=True)
        Table("t", metadata, Column("id", Integer), Column("n", Integer, made))
        execute(metadata, "CREATE VIEW v AS SELECT n FROM t")

    return state


def test_a_view_is_made_again_around_a_column_that_is_made_anew(
    empty: Callable[[], Engine],
) -> None:
    found = migrated(empty, generated("id + 1"), generated("id + 2"))
    assert names(found.upgrade)[0] == "DROP VIEW v"
    assert names(found.upgrade)[-1] == "CREATE VIEW v AS"
    assert names(found.downgrade)[0] == "DROP VIEW v"
    assert names(found.downgrade)[-1].startswith("CREATE VIEW v AS")


def valued(*values: str) -> Callable[[MetaData], Any]:
    """A table with a column of an enum, and a view that reads it."""

    def state(metadata: MetaData) -> None:
        Table("t", metadata, Column("id", Integer), Column("n", Enum(*values, name="mood")))
        execute(metadata, "CREATE VIEW v AS SELECT n FROM t WHERE n = 'a'")

    return state


def test_a_view_is_made_again_around_an_enum_that_is_made_anew(
    empty: Callable[[], Engine],
) -> None:
    found = migrated(empty, valued("a", "b", "c"), valued("a", "b"))
    assert names(found.upgrade)[0] == "DROP VIEW v"
    assert names(found.upgrade)[-1] == "CREATE VIEW v AS"


SIMPLE = (
    "CREATE VIEW v AS SELECT id FROM users WHERE name IN ('a', 'b')",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE POLICY p ON users USING (id > 1)",
    "GRANT SELECT ON users TO pg_monitor",
    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one",
)


def test_a_role_that_may_create_nothing_sees_the_same(empty: Callable[[], Engine]) -> None:
    engine = empty()
    with engine.begin() as connection:
        metadata_of(typed(*SIMPLE)).create_all(connection)
        connection.exec_driver_sql("CREATE ROLE guard_test_low LOGIN")
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO guard_test_low")
    low = create_engine(engine.url.set(username="guard_test_low"))
    try:
        with low.begin() as connection:
            assert written(connection, metadata_of(typed(*SIMPLE))) == Written("", "")
    finally:
        low.dispose()
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY guard_test_low")
            connection.exec_driver_sql("DROP ROLE guard_test_low")


def test_another_schema_is_the_default_one(empty: Callable[[], Engine]) -> None:
    engine = empty()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA main")
    query = {"options": "-csearch_path=main,public"}
    other = create_engine(engine.url.update_query_dict(query))
    metadata = metadata_of(typed(*SIMPLE, "CREATE VIEW main.w AS SELECT * FROM main.v"))
    with other.begin() as connection:
        found = written(connection, metadata)
    with other.connect() as connection:
        run(connection, found.upgrade)
    with other.begin() as connection:
        assert written(connection, metadata) == Written("", "")
    assert names(found.downgrade)[1] == "DROP VIEW w"
    with other.connect() as connection:
        run(connection, found.downgrade)
    other.dispose()
