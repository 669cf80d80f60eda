"""Policies and the switch of row security: a table of changes, and one of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

P = "CREATE POLICY p ON users USING (name = CURRENT_USER)"
KEPT = "CREATE POLICY kept ON users USING (true)"
"""Policies are managed as soon as one is declared."""

ON = "ALTER TABLE users ENABLE ROW LEVEL SECURITY"
FORCED = "ALTER TABLE users FORCE ROW LEVEL SECURITY"
F = "CREATE FUNCTION f() RETURNS text LANGUAGE sql STABLE AS 'SELECT ''a'''"
OTHER_ON = "ALTER TABLE other ENABLE ROW LEVEL SECURITY"


def with_table(*sql: str) -> State:
    """Another table, and statements."""

    def state(metadata: MetaData) -> None:
        Table("other", metadata, Column("id", Integer))
        typed(*sql)(metadata)

    return state


def two_schemas(*sql: str) -> State:
    """Tables of one name in two schemas."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("users", metadata, Column("id", Integer), Column("name", String))
        Table("users", metadata, Column("id", Integer), Column("name", String), schema="app")
        execute(metadata, *sql)

    return state


CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added with the switch": (
        typed(),
        typed(P, ON),
        Written(
            (
                "op.execute('ALTER TABLE users ENABLE ROW LEVEL SECURITY')\n"
                "op.execute('CREATE POLICY p ON users USING (name = CURRENT_USER)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('ALTER TABLE users DISABLE ROW LEVEL SECURITY')"
            ),
        ),
    ),
    "one is dropped": (
        typed(P, KEPT, ON),
        typed(KEPT, ON),
        Written(
            "op.execute('DROP POLICY p ON users')",
            "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')",
        ),
    ),
    "its condition changes": (
        typed(P),
        typed(P.replace("CURRENT_USER", "'a:b%'")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute(\"CREATE POLICY p ON users USING (name = 'a:b%')\")"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it is given a check": (
        typed(P),
        typed(f"{P} WITH CHECK (id > 0)"),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (name = CURRENT_USER) WITH "
                "CHECK (id > 0)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it is for one command": (
        typed(P),
        typed(P.replace("USING", "FOR SELECT USING")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users FOR SELECT USING (name = CURRENT_USER)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it restricts": (
        typed(P),
        typed(P.replace("USING", "AS RESTRICTIVE USING")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users AS RESTRICTIVE USING (name = CURRENT_USER)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it is for roles": (
        typed(P),
        typed(P.replace("USING", "TO pg_monitor, pg_read_all_stats USING")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users TO pg_monitor, pg_read_all_stats "
                "USING (name = CURRENT_USER)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it reads another table": (
        with_table(P),
        with_table(P.replace("name = CURRENT_USER", "id IN (SELECT other.id FROM other)")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (id IN (SELECT other.id FROM other))')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "it calls a function that comes": (
        typed(P),
        typed(F, P.replace("CURRENT_USER", "f()")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                'op.execute("CREATE FUNCTION f() RETURNS text LANGUAGE sql STABLE AS '
                "'SELECT ''a'''\")\n"
                "op.execute('CREATE POLICY p ON users USING (name = f())')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute('CREATE POLICY p ON users USING (((name)::text = CURRENT_USER))')"
            ),
        ),
    ),
    "its function has another result": (
        typed(F, P.replace("name = CURRENT_USER", "f() IS NOT NULL")),
        typed(F.replace("text", "varchar"), P.replace("name = CURRENT_USER", "f() IS NOT NULL")),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('DROP FUNCTION f()')\n"
                'op.execute("CREATE FUNCTION f() RETURNS varchar LANGUAGE sql STABLE AS '
                "'SELECT ''a'''\")\n"
                "op.execute('CREATE POLICY p ON users USING (f() IS NOT NULL)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS text\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    ' STABLE\\n'\n"
                "    \"AS $function$SELECT 'a'$function$\"\n"
                ")\n"
                "op.execute('CREATE POLICY p ON users USING ((f() IS NOT NULL))')"
            ),
        ),
    ),
    "a column that it reads has another type": (
        typed(P.replace("name = CURRENT_USER", "age > 1")),
        typed(P.replace("name = CURRENT_USER", "age > 1"), age=BigInteger),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE POLICY p ON users USING (age > 1)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE POLICY p ON users USING ((age > 1))')"
            ),
        ),
    ),
    "a column that it reads goes": (
        typed(P.replace("name = CURRENT_USER", "age > 1")),
        typed(P.replace("name = CURRENT_USER", "id > 1"), without=("age",)),
        Written(
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.drop_column('users', 'age')\n"
                "op.execute('CREATE POLICY p ON users USING (id > 1)')"
            ),
            (
                "op.execute('DROP POLICY p ON users')\n"
                "op.add_column('users', sa.Column('age', sa.INTEGER(), "
                "autoincrement=False, nullable=True))\n"
                "op.execute('CREATE POLICY p ON users USING ((age > 1))')"
            ),
        ),
    ),
    "row security is switched on": (
        typed(),
        typed(ON),
        Written(
            "op.execute('ALTER TABLE users ENABLE ROW LEVEL SECURITY')",
            "op.execute('ALTER TABLE users DISABLE ROW LEVEL SECURITY')",
        ),
    ),
    "row security is forced": (
        typed(ON),
        typed(ON, FORCED),
        Written(
            "op.execute('ALTER TABLE users FORCE ROW LEVEL SECURITY')",
            "op.execute('ALTER TABLE users NO FORCE ROW LEVEL SECURITY')",
        ),
    ),
    "row security is no longer forced": (
        typed(ON, FORCED),
        typed(ON),
        Written(
            "op.execute('ALTER TABLE users NO FORCE ROW LEVEL SECURITY')",
            "op.execute('ALTER TABLE users FORCE ROW LEVEL SECURITY')",
        ),
    ),
    "row security is switched off for one of two": (
        with_table(ON, OTHER_ON),
        with_table(ON),
        Written(
            "op.execute('ALTER TABLE other DISABLE ROW LEVEL SECURITY')",
            "op.execute('ALTER TABLE other ENABLE ROW LEVEL SECURITY')",
        ),
    ),
    "its table goes": (
        with_table(KEPT, ON, P.replace("users", "other").replace("name", "'a'"), OTHER_ON),
        typed(KEPT, ON),
        Written(
            (
                "op.execute('DROP POLICY p ON other')\n"
                "op.execute('ALTER TABLE other DISABLE ROW LEVEL SECURITY')\n"
                "op.drop_table('other')"
            ),
            (
                "op.create_table('other',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute('ALTER TABLE other ENABLE ROW LEVEL SECURITY')\n"
                "op.execute(\"CREATE POLICY p ON other USING (('a'::name = CURRENT_USER))\")"
            ),
        ),
    ),
    "its table comes": (
        typed(KEPT, ON),
        with_table(KEPT, ON, P.replace("users", "other").replace("name", "'a'"), OTHER_ON),
        Written(
            (
                "op.create_table('other',\n"
                "sa.Column('id', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute('ALTER TABLE other ENABLE ROW LEVEL SECURITY')\n"
                "op.execute(\"CREATE POLICY p ON other USING ('a' = CURRENT_USER)\")"
            ),
            (
                "op.execute('DROP POLICY p ON other')\n"
                "op.execute('ALTER TABLE other DISABLE ROW LEVEL SECURITY')\n"
                "op.drop_table('other')"
            ),
        ),
    ),
    "it is given a comment": (
        typed(P),
        typed(P, "COMMENT ON POLICY p ON users IS 'x'"),
        Written(
            "op.execute(\"COMMENT ON POLICY p ON users IS 'x'\")",
            "op.execute('COMMENT ON POLICY p ON users IS NULL')",
        ),
    ),
    "one in another schema": (
        two_schemas(P),
        two_schemas(P, P.replace("users", "app.users"), ON.replace("users", "app.users")),
        Written(
            (
                "op.execute('ALTER TABLE app.users ENABLE ROW LEVEL SECURITY')\n"
                "op.execute('CREATE POLICY p ON app.users USING (name = CURRENT_USER)')"
            ),
            (
                "op.execute('DROP POLICY p ON app.users')\n"
                "op.execute('ALTER TABLE app.users DISABLE ROW LEVEL SECURITY')"
            ),
        ),
    ),
    "names with quotes and capitals": (
        typed(KEPT),
        typed(KEPT, P.replace("POLICY p", 'POLICY "A.b%""c"')),
        Written(
            'op.execute(\'CREATE POLICY "A.b%""c" ON users USING (name = CURRENT_USER)\')',
            'op.execute(\'DROP POLICY "A.b%""c" ON users\')',
        ),
    ),
    "one with such a name is dropped": (
        typed(KEPT, P.replace("POLICY p", 'POLICY "A.b%""c"')),
        typed(KEPT),
        Written(
            'op.execute(\'DROP POLICY "A.b%""c" ON users\')',
            (
                'op.execute(\'CREATE POLICY "A.b%""c" ON users USING (((name)::text = '
                "CURRENT_USER))')"
            ),
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
    "one of everything": (
        typed(
            "CREATE POLICY p ON users AS RESTRICTIVE FOR UPDATE TO pg_read_all_stats, pg_monitor"
            " USING (name LIKE '%:a') WITH CHECK (age BETWEEN 1 AND 9)",
            *(ON, FORCED),
        ),
        (),
    ),
    "one that was restored": (
        typed(P.replace("= CURRENT_USER", "IN ('a', 'b')")),
        (
            "DROP POLICY p ON users",
            "CREATE POLICY p ON public.users USING (name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[]))",
        ),
    ),
    "roles in another order": (
        typed(P.replace("USING", "TO pg_monitor, pg_read_all_stats USING")),
        ("ALTER POLICY p ON users TO pg_read_all_stats, pg_monitor",),
    ),
    "one that nobody declares, and the switch": (typed(), (P, ON, FORCED)),
    "a switch that nobody declares, beside a policy": (typed(P), (ON,)),
    "one that reads another table": (
        with_table(P.replace("name = CURRENT_USER", "id IN (SELECT id FROM other)")),
        (),
    ),
    "two schemas": (two_schemas(P, P.replace("users", "app.users")), ()),
    "a comment": (typed(P, "COMMENT ON POLICY p ON users IS 'it''s'"), ()),
    "conditions in other parentheses": (
        typed("CREATE POLICY p ON users USING (name = 'a' AND age BETWEEN 1 AND 9)", ON),
        (
            "DROP POLICY p ON users",
            "CREATE POLICY p ON users USING (name = 'a' AND age >= 1 AND age <= 9)",
        ),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
