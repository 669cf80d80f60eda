"""Privileges: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

READ = "GRANT SELECT ON users TO pg_monitor"
F = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"


def two_schemas(*sql: str) -> State:
    """Tables of one name in two schemas."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("users", metadata, Column("id", Integer))
        Table("users", metadata, Column("id", Integer), schema="app")
        execute(metadata, *sql)

    return state


CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added": (
        typed(),
        typed(READ),
        Written(
            "op.execute('GRANT SELECT ON TABLE users TO pg_monitor')",
            "op.execute('REVOKE SELECT ON TABLE users FROM pg_monitor')",
        ),
    ),
    "one of two is revoked": (
        typed(READ, "GRANT INSERT ON users TO pg_monitor"),
        typed(READ),
        Written(
            "op.execute('REVOKE INSERT ON TABLE users FROM pg_monitor')",
            "op.execute('GRANT INSERT ON TABLE users TO pg_monitor')",
        ),
    ),
    "it may be passed on": (
        typed(READ),
        typed(f"{READ} WITH GRANT OPTION"),
        Written(
            "op.execute('GRANT SELECT ON TABLE users TO pg_monitor WITH GRANT OPTION')",
            "op.execute('REVOKE GRANT OPTION FOR SELECT ON TABLE users FROM pg_monitor')",
        ),
    ),
    "it may no longer be passed on": (
        typed(f"{READ} WITH GRANT OPTION"),
        typed(READ),
        Written(
            "op.execute('REVOKE GRANT OPTION FOR SELECT ON TABLE users FROM pg_monitor')",
            "op.execute('GRANT SELECT ON TABLE users TO pg_monitor WITH GRANT OPTION')",
        ),
    ),
    "one on columns": (
        typed(),
        typed("GRANT SELECT (id, name) ON users TO pg_monitor"),
        Written(
            (
                "op.execute('GRANT SELECT (id) ON TABLE users TO pg_monitor')\n"
                "op.execute('GRANT SELECT (name) ON TABLE users TO pg_monitor')"
            ),
            (
                "op.execute('REVOKE SELECT (name) ON TABLE users FROM pg_monitor')\n"
                "op.execute('REVOKE SELECT (id) ON TABLE users FROM pg_monitor')"
            ),
        ),
    ),
    "one to everybody": (
        typed(READ),
        typed(READ, "GRANT SELECT ON users TO PUBLIC"),
        Written(
            "op.execute('GRANT SELECT ON TABLE users TO PUBLIC')",
            "op.execute('REVOKE SELECT ON TABLE users FROM PUBLIC')",
        ),
    ),
    "one on a view that comes": (
        typed(),
        typed("CREATE VIEW v AS SELECT id FROM users", "GRANT SELECT ON v TO pg_monitor"),
        Written(
            (
                "op.execute('CREATE VIEW v AS SELECT id FROM users')\n"
                "op.execute('GRANT SELECT ON TABLE v TO pg_monitor')"
            ),
            ("op.execute('REVOKE SELECT ON TABLE v FROM pg_monitor')\nop.execute('DROP VIEW v')"),
        ),
    ),
    "one on a table that comes": (
        lambda metadata: None,
        typed(READ),
        Written(
            (
                "op.create_table('users',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('name', sa.String(length=50), nullable=True),\n"
                "sa.Column('age', sa.Integer(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.execute('GRANT SELECT ON TABLE users TO pg_monitor')"
            ),
            ("op.execute('REVOKE SELECT ON TABLE users FROM pg_monitor')\nop.drop_table('users')"),
        ),
    ),
    "a function that comes is nobody else's": (
        typed(),
        typed(
            F,
            "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION f() TO pg_monitor",
        ),
        Written(
            (
                "op.execute(\"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'\")\n"
                "op.execute('GRANT EXECUTE ON FUNCTION f() TO pg_monitor')\n"
                "op.execute('REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC')"
            ),
            (
                "op.execute('REVOKE EXECUTE ON FUNCTION f() FROM pg_monitor')\n"
                "op.execute('DROP FUNCTION f()')"
            ),
        ),
    ),
    "a function is nobody else's any more": (
        typed(F),
        typed(F, "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC"),
        Written(
            "op.execute('REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC')",
            "op.execute('GRANT EXECUTE ON FUNCTION f() TO PUBLIC')",
        ),
    ),
    "all tables of another schema": (
        two_schemas(),
        two_schemas("GRANT SELECT ON ALL TABLES IN SCHEMA app TO pg_monitor"),
        Written(
            "op.execute('GRANT SELECT ON TABLE app.users TO pg_monitor')",
            "op.execute('REVOKE SELECT ON TABLE app.users FROM pg_monitor')",
        ),
    ),
    "the use of a schema": (
        two_schemas(),
        two_schemas("GRANT USAGE ON SCHEMA app TO pg_monitor"),
        Written(
            "op.execute('GRANT USAGE ON SCHEMA app TO pg_monitor')",
            "op.execute('REVOKE USAGE ON SCHEMA app FROM pg_monitor')",
        ),
    ),
    "on a sequence": (
        typed(),
        typed("GRANT USAGE ON SEQUENCE users_id_seq TO pg_monitor"),
        Written(
            "op.execute('GRANT USAGE ON SEQUENCE users_id_seq TO pg_monitor')",
            "op.execute('REVOKE USAGE ON SEQUENCE users_id_seq FROM pg_monitor')",
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected = CHANGES[case]
    assert migrated(empty, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one": (typed(READ), ()),
    "one on columns": (typed("GRANT SELECT (id, name) ON users TO pg_monitor"), ()),
    "one that nobody declares": (typed(), (READ,)),
    "one on another object than the declared": (
        typed(READ, "CREATE VIEW v AS SELECT 1 AS one"),
        ("GRANT SELECT ON v TO pg_monitor",),
    ),
    "what came by default": (
        typed(READ),
        (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO pg_monitor",
            "GRANT INSERT ON users TO pg_monitor",
        ),
    ),
    "what came by default is declared": (
        typed(READ),
        ("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor",),
    ),
    "the use of the default schema": (typed("GRANT USAGE ON SCHEMA public TO pg_monitor"), ()),
    "all functions": (
        typed(F, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO pg_monitor"),
        (),
    ),
    "a function of which nothing is revoked": (
        typed(F, "GRANT EXECUTE ON FUNCTION f() TO pg_monitor"),
        (),
    ),
    "a function of which all is revoked": (typed(F, "REVOKE ALL ON FUNCTION f() FROM PUBLIC"), ()),
    "two schemas": (two_schemas(READ, READ.replace("users", "app.users")), ()),
    "to the owner": (typed("GRANT SELECT ON users TO CURRENT_USER"), ()),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
