"""Owners: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, MetaData, Table, text

from alembic_guard.autogenerate import compared
from alembic_guard.autogenerate.compared import uncompared_in
from alembic_guard.settings import Settings
from tests.autogenerate import changes
from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.rows import users
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - a fixture
    execute,
    typed,
    whole_snapshot,
    without_event_triggers,
)

MONITOR = "OWNER TO pg_monitor"
VIEW = "CREATE VIEW v AS SELECT id, age FROM users"
F = "CREATE FUNCTION f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
ENUM = "CREATE TYPE mood AS ENUM ('a', 'b', 'c')"

_OWNERS = """
SELECT 'owner of ' || oid::regclass, pg_get_userbyid(relowner) FROM pg_class
 WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL SELECT 'owner of ' || oid::regprocedure, pg_get_userbyid(proowner) FROM pg_proc
 WHERE oid >= 16384
UNION ALL SELECT 'owner of ' || oid::regtype, pg_get_userbyid(typowner) FROM pg_type
 WHERE oid >= 16384 AND typtype IN ('e', 'd')
UNION ALL SELECT 'owner of schema ' || nspname, pg_get_userbyid(nspowner) FROM pg_namespace
 WHERE oid >= 16384
"""


def snapshot(engine: Engine) -> dict[str, str]:
    """What the database has, and whose it is."""
    with engine.connect() as connection:
        owners = {name: role for name, role in connection.execute(text(_OWNERS)).all()}
    return {**whole_snapshot(engine), **owners}


@pytest.fixture(autouse=True)
def opted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Owners are compared."""
    monkeypatch.setattr(compared, "Settings", partial(Settings, compare_owners=True))
    monkeypatch.setattr(changes, "snapshot", snapshot)


@pytest.fixture(autouse=True, scope="module")
def roles(postgresql_engine: Engine) -> Iterator[None]:
    """A role that has to be quoted."""
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql('CREATE ROLE "App: 1%%"')
    yield
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql('DROP OWNED BY "App: 1%%"')
        connection.exec_driver_sql('DROP ROLE "App: 1%%"')


def in_app(*sql: str) -> State:
    """A table of another schema."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("orders", metadata, Column("id", Integer), schema="app")
        execute(metadata, *sql)

    return state


def authorized(role: str) -> State:
    """A schema that belongs to a role from its beginning."""

    def state(metadata: MetaData) -> None:
        words = f"CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION {role}"
        execute(metadata, words, when="before_create")
        Table("orders", metadata, Column("id", Integer), schema="app")

    return state


def owned(role: str | None, *, age: Any = Integer) -> State:
    """A table whose model says whose it is; what is made of it is given away as people do."""

    def state(metadata: MetaData) -> None:
        typed(age=age)(metadata)
        if role is not None:
            metadata.tables["users"].info["owner"] = role
            quoted = '"' + role + '"'
            sa.event.listen(
                metadata, "after_create", _given(f"ALTER TABLE users OWNER TO {quoted}")
            )

    return state


def _given(sql: str) -> Any:
    """An event of no statement, which only a real connection runs."""

    def give(_metadata: MetaData, connection: Any, **_options: Any) -> None:
        if isinstance(connection, sa.Connection):
            connection.exec_driver_sql(sql.replace("%", "%%"))

    return give


def both(there: str, back: str = "") -> Written:
    """One statement each way."""
    return Written(f"op.execute({there!r})", f"op.execute({back!r})" if back else "")


CHANGES: dict[str, tuple[State, State, Written]] = {
    "a table is given away": (
        typed(),
        typed(f"ALTER TABLE users {MONITOR}"),
        both("ALTER TABLE users OWNER TO pg_monitor", "ALTER TABLE users OWNER TO postgres"),
    ),
    "a table, as its model says": (
        owned(None),
        owned("pg_monitor"),
        both("ALTER TABLE users OWNER TO pg_monitor", "ALTER TABLE users OWNER TO postgres"),
    ),
    "to a role that has to be quoted": (
        typed(),
        typed('ALTER TABLE users OWNER TO "App: 1%"'),
        both('ALTER TABLE users OWNER TO "App: 1%"', "ALTER TABLE users OWNER TO postgres"),
    ),
    "a model says such a role as it is called": (
        owned("pg_monitor"),
        owned("App: 1%"),
        both('ALTER TABLE users OWNER TO "App: 1%"', "ALTER TABLE users OWNER TO pg_monitor"),
    ),
    "the last of two statements": (
        typed(),
        typed('ALTER TABLE users OWNER TO "App: 1%"', f"ALTER TABLE users {MONITOR}"),
        both("ALTER TABLE users OWNER TO pg_monitor", "ALTER TABLE users OWNER TO postgres"),
    ),
    "whoever works there": (
        typed(f"ALTER TABLE users {MONITOR}"),
        typed("ALTER TABLE users OWNER TO CURRENT_USER"),
        both("ALTER TABLE users OWNER TO postgres", "ALTER TABLE users OWNER TO pg_monitor"),
    ),
    "a table that comes": (
        lambda metadata: None,
        users(name="accounts", info={"owner": "pg_monitor"}),
        Written(
            (
                "op.create_table('accounts',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('name', sa.String(length=50), nullable=True),\n"
                "sa.Column('age', sa.Integer(), nullable=True),\n"
                "sa.Column('email', sa.String(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "info={'owner': 'pg_monitor'}\n"
                ")\n"
                "op.execute('ALTER TABLE accounts OWNER TO pg_monitor')"
            ),
            "op.drop_table('accounts')",
        ),
    ),
    "a view": (
        typed(VIEW),
        typed(VIEW, f"ALTER VIEW v {MONITOR}"),
        both("ALTER VIEW v OWNER TO pg_monitor", "ALTER VIEW v OWNER TO postgres"),
    ),
    "a view, by the words for a table": (
        typed(VIEW),
        typed(VIEW, f"ALTER TABLE v {MONITOR}"),
        both("ALTER VIEW v OWNER TO pg_monitor", "ALTER VIEW v OWNER TO postgres"),
    ),
    "a view that comes": (
        typed(),
        typed(VIEW, f"ALTER VIEW v {MONITOR}"),
        Written(
            f"op.execute('{VIEW}')\nop.execute('ALTER VIEW v OWNER TO pg_monitor')",
            "op.execute('DROP VIEW v')",
        ),
    ),
    "a materialized view": (
        typed("CREATE MATERIALIZED VIEW m AS SELECT 1 AS one"),
        typed(
            "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one",
            f"ALTER MATERIALIZED VIEW IF EXISTS m {MONITOR};",
        ),
        both(
            "ALTER MATERIALIZED VIEW m OWNER TO pg_monitor",
            "ALTER MATERIALIZED VIEW m OWNER TO postgres",
        ),
    ),
    "a sequence": (
        typed("CREATE SEQUENCE s"),
        typed("CREATE SEQUENCE s", f"alter sequence public.s {MONITOR}"),
        both("ALTER SEQUENCE s OWNER TO pg_monitor", "ALTER SEQUENCE s OWNER TO postgres"),
    ),
    "a function": (
        typed(F),
        typed(F, f"ALTER FUNCTION f(a integer, b text) {MONITOR}"),
        both(
            "ALTER FUNCTION f(integer, text) OWNER TO pg_monitor",
            "ALTER FUNCTION f(integer, text) OWNER TO postgres",
        ),
    ),
    "a function without its arguments": (
        typed(F),
        typed(F, f"ALTER ROUTINE f {MONITOR} -- all of them"),
        both(
            "ALTER FUNCTION f(integer, text) OWNER TO pg_monitor",
            "ALTER FUNCTION f(integer, text) OWNER TO postgres",
        ),
    ),
    "an enum": (
        typed(ENUM),
        typed(ENUM, f"ALTER TYPE mood {MONITOR}"),
        both("ALTER TYPE mood OWNER TO pg_monitor", "ALTER TYPE mood OWNER TO postgres"),
    ),
    "a domain": (
        typed("CREATE DOMAIN d AS integer"),
        typed("CREATE DOMAIN d AS integer", f"ALTER DOMAIN d {MONITOR}"),
        both("ALTER DOMAIN d OWNER TO pg_monitor", "ALTER DOMAIN d OWNER TO postgres"),
    ),
    "a composite type": (
        typed("CREATE TYPE pair AS (a integer, b integer)"),
        typed("CREATE TYPE pair AS (a integer, b integer)", f"ALTER TYPE pair {MONITOR}"),
        both("ALTER TYPE pair OWNER TO pg_monitor", "ALTER TYPE pair OWNER TO postgres"),
    ),
    "a schema": (
        in_app(),
        in_app(f"ALTER SCHEMA app {MONITOR}"),
        both("ALTER SCHEMA app OWNER TO pg_monitor", "ALTER SCHEMA app OWNER TO postgres"),
    ),
    "a schema that is made for somebody": (
        in_app(),
        authorized("pg_monitor"),
        both("ALTER SCHEMA app OWNER TO pg_monitor", "ALTER SCHEMA app OWNER TO postgres"),
    ),
    "a table of another schema": (
        in_app(),
        in_app(f"ALTER TABLE app.orders {MONITOR}"),
        both(
            "ALTER TABLE app.orders OWNER TO pg_monitor",
            "ALTER TABLE app.orders OWNER TO postgres",
        ),
    ),
    "a view is made again around a change": (
        typed(VIEW, f"ALTER VIEW v {MONITOR}"),
        typed(VIEW, f"ALTER VIEW v {MONITOR}", age=sa.BigInteger()),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                f"op.execute('{VIEW}')\n"
                "op.execute('ALTER VIEW v OWNER TO pg_monitor')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute('ALTER VIEW v OWNER TO pg_monitor')"
            ),
        ),
    ),
    "an enum is made anew": (
        typed(ENUM, f"ALTER TYPE mood {MONITOR}"),
        typed("CREATE TYPE mood AS ENUM ('a', 'b')", f"ALTER TYPE mood {MONITOR}"),
        Written(
            (
                "op.execute('ALTER TYPE mood RENAME TO mood_old')\n"
                "op.execute(\"CREATE TYPE mood AS ENUM ('a', 'b')\")\n"
                "op.execute('DROP TYPE mood_old')\n"
                "op.execute('ALTER TYPE mood OWNER TO pg_monitor')"
            ),
            (
                "op.execute('ALTER TYPE mood RENAME TO mood_old')\n"
                "op.execute(\"CREATE TYPE mood AS ENUM ('a', 'b', 'c')\")\n"
                "op.execute('DROP TYPE mood_old')\n"
                "op.execute('ALTER TYPE mood OWNER TO pg_monitor')"
            ),
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected = CHANGES[case]
    given = ()
    if case == "a table that comes":
        given = ("ALTER TABLE accounts OWNER TO pg_monitor",)
    assert migrated(empty, before, after, sql_after=given) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "nothing is said": (typed(), (f"ALTER TABLE users {MONITOR}",)),
    "of others nothing is said": (
        typed(VIEW, f"ALTER VIEW v {MONITOR}"),
        (f"ALTER TABLE users {MONITOR}",),
    ),
    "a table": (typed(f"ALTER TABLE users {MONITOR}"), ()),
    "a table, as its model says": (owned("App: 1%"), ()),
    "whoever works there": (typed("ALTER TABLE users OWNER TO session_user"), ()),
    "a function": (typed(F, f"ALTER FUNCTION f(integer, text) {MONITOR}"), ()),
    "a schema": (authorized("pg_monitor"), ()),
    "a privilege that the owner has anyway": (
        typed("GRANT SELECT ON users TO pg_monitor", f"ALTER TABLE users {MONITOR}"),
        (),
    ),
    "another privilege is given by the owner": (
        typed("GRANT SELECT ON users TO pg_read_all_data", f"ALTER TABLE users {MONITOR}"),
        (),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


def test_nothing_is_proposed_where_nobody_asked_for_it(
    empty: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compared, "Settings", Settings)
    engine = empty()
    changes.make(engine, typed())
    with engine.begin() as connection:
        said = typed(f"ALTER TABLE users {MONITOR}", "ALTER TABLE users OWNER TO nobody_at_all")
        metadata = changes.metadata_of(said)
        found = changes.written(connection, metadata)
        kept = uncompared(connection, metadata)

    assert (found, kept) == (Written("", ""), [])


def test_what_nobody_can_be_given_is_named_and_left_alone(empty: Callable[[], Engine]) -> None:
    engine = empty()
    changes.make(engine, typed())
    with engine.begin() as connection:
        said = typed(
            "ALTER TABLE users OWNER TO nobody_at_all",
            "ALTER VIEW nothing OWNER TO pg_monitor",
            VIEW,
        )
        metadata = changes.metadata_of(said)
        found = changes.written(connection, metadata)
        kept = uncompared(connection, metadata)

    assert found.upgrade == f"op.execute({VIEW!r})"
    assert kept == [
        ("ALTER VIEW nothing OWNER TO pg_monitor", 'relation "nothing" does not exist'),
        ("the owner of table users", 'there is no role "nobody_at_all" on this server'),
    ]


def uncompared(connection: sa.Connection, metadata: MetaData) -> list[tuple[str, str]]:
    """What could not be compared, and why."""
    opts: dict[str, Any] = {"autogenerate_plugins": list(changes.PLUGINS)}
    context = MigrationContext.configure(connection, opts={**opts, "target_metadata": metadata})
    produce_migrations(context, metadata)
    said = uncompared_in(context.opts)
    assert said is not None
    return sorted((each.source, each.reason) for each in said.unknown)
