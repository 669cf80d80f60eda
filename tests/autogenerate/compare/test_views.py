"""Views: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table

from tests.autogenerate.changes import State, Written, metadata_of, migrated, unchanged, written
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

V = "CREATE VIEW v AS SELECT id, name FROM users"
W = "CREATE VIEW w AS SELECT id FROM v"
KEPT = "CREATE VIEW kept AS SELECT 1 AS one"
"""Views are managed as soon as one is declared."""

LONG = "v" * 63


def two_schemas(*sql: str, age: Any = Integer) -> State:
    """Tables of one name in two schemas."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("users", metadata, Column("id", Integer, primary_key=True))
        Table("users", metadata, Column("id", Integer), Column("age", age), schema="app")
        execute(metadata, *sql)

    return state


def create_view(column: str, **options: Any) -> State:
    """A view as SQLAlchemy 2.1 declares it."""

    def state(metadata: MetaData) -> None:
        users = Table("users", metadata, Column("id", Integer), Column("name", String(50)))
        query = sa.select(users.c.id, users.c[column].label("x"))
        sa.schema.CreateView(query, "v", metadata=metadata, **options)

    return state


NEW_IN_2_1 = pytest.mark.skipif(
    not hasattr(sa.schema, "CreateView"), reason="SQLAlchemy has CreateView since 2.1"
)


def also_a_table(metadata: MetaData) -> None:
    """A table with the name of a view."""
    typed(KEPT)(metadata)
    Table("v", metadata, Column("id", Integer))


CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added": (
        typed(),
        typed(V),
        Written(
            "op.execute('CREATE VIEW v AS SELECT id, name FROM users')", "op.execute('DROP VIEW v')"
        ),
    ),
    "one is dropped": (
        typed(V, KEPT),
        typed(KEPT),
        Written(
            "op.execute('DROP VIEW v')",
            (
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "its condition changes": (
        typed(V),
        typed(f"{V} WHERE age > 1"),
        Written(
            "op.execute('CREATE OR REPLACE VIEW v AS SELECT id, name FROM users WHERE age > 1')",
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a condition with a percent sign and colons": (
        typed(V),
        typed(f"{V} WHERE name LIKE 'a%:b' OR name = ':c' OR id::text = '1'"),
        Written(
            (
                'op.execute("CREATE OR REPLACE VIEW v AS SELECT id, name FROM users '
                "WHERE name LIKE 'a%\\\\:b' OR name = '\\\\:c' OR id::text = '1'\")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column comes behind": (
        typed(V),
        typed("CREATE VIEW v AS SELECT id, name, age FROM users"),
        Written(
            "op.execute('CREATE OR REPLACE VIEW v AS SELECT id, name, age FROM users')",
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column comes behind in one that another is built on": (
        typed(V, W),
        typed("CREATE VIEW v AS SELECT id, name, age FROM users", W),
        Written(
            (
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT id, name, age FROM users')\n"
                "op.execute('CREATE VIEW w AS SELECT id FROM v')"
            ),
            (
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW w AS\\n'\n"
                "    'SELECT v.id\\n'\n"
                "    '   FROM v'\n"
                ")"
            ),
        ),
    ),
    "a column comes first": (
        typed(V),
        typed("CREATE VIEW v AS SELECT age, id FROM users"),
        Written(
            ("op.execute('DROP VIEW v')\nop.execute('CREATE VIEW v AS SELECT age, id FROM users')"),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column goes": (
        typed(V),
        typed("CREATE VIEW v AS SELECT id FROM users"),
        Written(
            ("op.execute('DROP VIEW v')\nop.execute('CREATE VIEW v AS SELECT id FROM users')"),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column has another name": (
        typed(V),
        typed("CREATE VIEW v AS SELECT id, name AS nick FROM users"),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT id, name AS nick FROM users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column has another type": (
        typed(V),
        typed("CREATE VIEW v AS SELECT id, name::text FROM users"),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT id, name::text FROM users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "one with two built on it changes": (
        typed(V, W, "CREATE VIEW x AS SELECT w.id, v.name FROM w JOIN v ON v.id = w.id"),
        typed(
            "CREATE VIEW v AS SELECT name, id FROM users",
            W,
            "CREATE VIEW x AS SELECT w.id, v.name FROM w JOIN v ON v.id = w.id",
        ),
        Written(
            (
                "op.execute('DROP VIEW x')\n"
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT name, id FROM users')\n"
                "op.execute('CREATE VIEW w AS SELECT id FROM v')\n"
                "op.execute('CREATE VIEW x AS SELECT w.id, v.name FROM w JOIN v ON v.id = w.id')"
            ),
            (
                "op.execute('DROP VIEW x')\n"
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW w AS\\n'\n"
                "    'SELECT v.id\\n'\n"
                "    '   FROM v'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW x AS\\n'\n"
                "    'SELECT w.id,\\n'\n"
                "    '    v.name\\n'\n"
                "    '   FROM (w\\n'\n"
                "    '     JOIN v ON ((v.id = w.id)))'\n"
                ")"
            ),
        ),
    ),
    "one is built on another that comes too, in whichever order": (
        typed(),
        typed("CREATE VIEW a AS SELECT 1 AS one", V, W),
        Written(
            (
                "op.execute('CREATE VIEW a AS SELECT 1 AS one')\n"
                "op.execute('CREATE VIEW v AS SELECT id, name FROM users')\n"
                "op.execute('CREATE VIEW w AS SELECT id FROM v')"
            ),
            ("op.execute('DROP VIEW w')\nop.execute('DROP VIEW v')\nop.execute('DROP VIEW a')"),
        ),
    ),
    "its options change": (
        typed(V),
        typed(V.replace("v AS", "v WITH (security_barrier) AS")),
        Written(
            (
                "op.execute('CREATE OR REPLACE VIEW v WITH (security_barrier) AS SELECT "
                "id, name FROM users')"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a check option is dropped": (
        typed(f"{V} WITH CHECK OPTION"),
        typed(V),
        Written(
            "op.execute('CREATE OR REPLACE VIEW v AS SELECT id, name FROM users')",
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE VIEW v WITH (check_option=cascaded) AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "it is given a comment": (
        typed(V),
        typed(V, "COMMENT ON VIEW v IS 'it''s \\ 5%'"),
        Written(
            "op.execute(\"COMMENT ON VIEW v IS E'it''s \\\\\\\\ 5%'\")",
            "op.execute('COMMENT ON VIEW v IS NULL')",
        ),
    ),
    "its column loses its comment": (
        typed(V, "COMMENT ON COLUMN v.name IS 'who'"),
        typed(V),
        Written(
            "op.execute('COMMENT ON COLUMN v.name IS NULL')",
            "op.execute(\"COMMENT ON COLUMN v.name IS 'who'\")",
        ),
    ),
    "a column that it reads has another type": (
        typed(V, W),
        typed(V, W, age=BigInteger),
        Written(
            (
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a column that both read has another type": (
        typed("CREATE VIEW v AS SELECT age FROM users", "CREATE VIEW w AS SELECT age FROM v"),
        typed(
            "CREATE VIEW v AS SELECT age FROM users",
            "CREATE VIEW w AS SELECT age FROM v",
            age=BigInteger,
        ),
        Written(
            (
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE VIEW v AS SELECT age FROM users')\n"
                "op.execute('CREATE VIEW w AS SELECT age FROM v')"
            ),
            (
                "op.execute('DROP VIEW w')\n"
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.age\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW w AS\\n'\n"
                "    'SELECT v.age\\n'\n"
                "    '   FROM v'\n"
                ")"
            ),
        ),
    ),
    "a column that it reads is dropped": (
        typed("CREATE VIEW v AS SELECT id, age FROM users"),
        typed("CREATE VIEW v AS SELECT id FROM users", without=("age",)),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.drop_column('users', 'age')\n"
                "op.execute('CREATE VIEW v AS SELECT id FROM users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.add_column('users', sa.Column('age', sa.INTEGER(), "
                "autoincrement=False, nullable=True))\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.age\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a column comes that it reads": (
        typed(V, without=("age",)),
        typed("CREATE VIEW v AS SELECT id, name, age FROM users"),
        Written(
            (
                "op.add_column('users', sa.Column('age', sa.Integer(), nullable=True))\n"
                "op.execute('CREATE OR REPLACE VIEW v AS SELECT id, name, age FROM users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.drop_column('users', 'age')"
            ),
        ),
    ),
    "all columns of a table that gets one": (
        typed("CREATE VIEW v AS SELECT * FROM users", without=("age",)),
        typed("CREATE VIEW v AS SELECT * FROM users"),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.add_column('users', sa.Column('age', sa.Integer(), nullable=True))\n"
                "op.execute('CREATE VIEW v AS SELECT * FROM users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.drop_column('users', 'age')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "one has privileges and a comment, and is made again": (
        typed(V, "GRANT SELECT ON v TO pg_monitor", "COMMENT ON VIEW v IS 'x'"),
        typed(
            "CREATE VIEW v AS SELECT name, id FROM users",
            "GRANT SELECT ON v TO pg_monitor",
            "COMMENT ON VIEW v IS 'x'",
        ),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT name, id FROM users')\n"
                "op.execute(\"COMMENT ON VIEW v IS 'x'\")\n"
                "op.execute('GRANT SELECT ON TABLE v TO pg_monitor')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\"COMMENT ON VIEW v IS 'x'\")\n"
                "op.execute('GRANT SELECT ON TABLE v TO pg_monitor')"
            ),
        ),
    ),
    "the table goes too": (
        lambda metadata: (
            Table("old", metadata, Column("id", Integer)),
            execute(metadata, "CREATE VIEW v AS SELECT id FROM old", KEPT),
        ),
        lambda metadata: execute(metadata, KEPT),
        Written(
            ("op.execute('DROP VIEW v')\nop.drop_table('old')"),
            (
                "op.create_table('old',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT old_1.id\\n'\n"
                "    '   FROM old old_1'\n"
                ")"
            ),
        ),
    ),
    "the table comes too": (
        lambda metadata: None,
        lambda metadata: (
            Table("fresh", metadata, Column("id", Integer)),
            execute(metadata, "CREATE VIEW v AS SELECT id FROM fresh"),
        ),
        Written(
            (
                "op.create_table('fresh',\n"
                "sa.Column('id', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute('CREATE VIEW v AS SELECT id FROM fresh')"
            ),
            ("op.execute('DROP VIEW v')\nop.drop_table('fresh')"),
        ),
    ),
    "it is in another schema": (
        two_schemas(),
        two_schemas("CREATE VIEW app.v AS SELECT age FROM app.users"),
        Written(
            "op.execute('CREATE VIEW app.v AS SELECT age FROM app.users')",
            "op.execute('DROP VIEW app.v')",
        ),
    ),
    "one of two schemas changes": (
        two_schemas("CREATE VIEW v AS SELECT id FROM users", "CREATE VIEW app.v AS SELECT 1 AS id"),
        two_schemas("CREATE VIEW v AS SELECT id FROM users", "CREATE VIEW app.v AS SELECT 2 AS id"),
        Written(
            "op.execute('CREATE OR REPLACE VIEW app.v AS SELECT 2 AS id')",
            ("op.execute(\n    'CREATE OR REPLACE VIEW app.v AS\\n'\n    'SELECT 1 AS id'\n)"),
        ),
    ),
    "one is built on a column of another schema": (
        two_schemas("CREATE VIEW v AS SELECT age FROM app.users"),
        two_schemas("CREATE VIEW v AS SELECT age FROM app.users", age=BigInteger),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True,\n"
                "           schema='app')\n"
                "op.execute('CREATE VIEW v AS SELECT age FROM app.users')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           schema='app')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.age\\n'\n"
                "    '   FROM app.users'\n"
                ")"
            ),
        ),
        {"include_schemas": True},
    ),
    "typed with the default schema": (
        typed(),
        typed("CREATE VIEW public.v AS SELECT id FROM public.users"),
        Written(
            "op.execute('CREATE VIEW public.v AS SELECT id FROM public.users')",
            "op.execute('DROP VIEW v')",
        ),
    ),
    "names with quotes, dots, capitals and percent signs": (
        typed(),
        typed('CREATE VIEW "A.b%""c" AS SELECT id AS "X%y", name AS "select" FROM users'),
        Written(
            (
                'op.execute(\'CREATE VIEW "A.b%""c" AS SELECT id AS "X%y", name AS '
                '"select" FROM users\')'
            ),
            'op.execute(\'DROP VIEW "A.b%""c"\')',
        ),
    ),
    "one with such a name is dropped": (
        typed('CREATE VIEW "A.b%""c" AS SELECT id AS "X%y" FROM users', KEPT),
        typed(KEPT),
        Written(
            'op.execute(\'DROP VIEW "A.b%""c"\')',
            (
                "op.execute(\n"
                '    \'CREATE VIEW "A.b%""c" AS\\n\'\n'
                "    'SELECT users.id AS \"X%y\"\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a name of 63 bytes": (
        typed(),
        typed(f"CREATE VIEW {LONG} AS SELECT 1 AS one"),
        Written(
            (
                "op.execute('CREATE VIEW "
                "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv AS "
                "SELECT 1 AS one')"
            ),
            (
                "op.execute('DROP VIEW "
                "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv')"
            ),
        ),
    ),
    "a reserved word for a name": (
        typed('CREATE VIEW "order" AS SELECT 1 AS a'),
        typed('CREATE VIEW "order" AS SELECT 2 AS a'),
        Written(
            "op.execute('CREATE OR REPLACE VIEW \"order\" AS SELECT 2 AS a')",
            ("op.execute(\n    'CREATE OR REPLACE VIEW \"order\" AS\\n'\n    'SELECT 1 AS a'\n)"),
        ),
    ),
    "one that counts down": (
        typed(),
        typed(
            "CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 9"
        ),
        Written(
            (
                "op.execute('CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT "
                "n + 1 FROM v WHERE n < 9')"
            ),
            "op.execute('DROP VIEW v')",
        ),
    ),
    "several lines and a comment before it": (
        typed(V),
        typed(
            "-- who is there\nCREATE OR REPLACE VIEW v AS\n  SELECT id,\n         name "
            "FROM users\n WHERE id > 0;\n"
        ),
        Written(
            (
                "op.execute(\n"
                "    '-- who is there\\n'\n"
                "    'CREATE OR REPLACE VIEW v AS\\n'\n"
                "    '  SELECT id,\\n'\n"
                "    '         name FROM users\\n'\n"
                "    ' WHERE id > 0'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "two in one text": (
        typed(),
        typed(f"{V};\n{W};"),
        Written(
            (
                "op.execute('CREATE VIEW v AS SELECT id, name FROM users')\n"
                "op.execute('CREATE VIEW w AS SELECT id FROM v')"
            ),
            ("op.execute('DROP VIEW w')\nop.execute('DROP VIEW v')"),
        ),
    ),
    "an option is set by a statement of its own": (
        typed(),
        typed(V, "ALTER VIEW v SET (security_barrier = true, check_option = local)"),
        Written(
            (
                "op.execute('CREATE VIEW v AS SELECT id, name FROM users')\n"
                "op.execute('ALTER VIEW v SET (security_barrier=true, check_option=local)')"
            ),
            "op.execute('DROP VIEW v')",
        ),
    ),
    "it was renamed by a statement of its own": (
        typed(),
        typed(V.replace("v AS", "first AS"), "ALTER VIEW first RENAME TO v"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
            "op.execute('DROP VIEW v')",
        ),
    ),
    "it becomes a materialized view": (
        typed(V),
        typed(V.replace("VIEW", "MATERIALIZED VIEW")),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE MATERIALIZED VIEW v AS SELECT id, name FROM users')"
            ),
            (
                "op.execute('DROP MATERIALIZED VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
    "a table takes the place of one": (
        typed(V, KEPT),
        also_a_table,
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.create_table('v',\n"
                "sa.Column('id', sa.Integer(), nullable=True)\n"
                ")"
            ),
            (
                "op.drop_table('v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected, *options = CHANGES[case]
    assert migrated(empty, before, after, **(options[0] if options else {})) == expected


CREATED: dict[str, tuple[State, State, Any]] = {
    "one is added": (
        lambda metadata: Table(
            "users", metadata, Column("id", Integer), Column("name", String(50))
        ),
        create_view("name"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE VIEW v AS SELECT users.id, users.name AS x \\n'\n"
                "    'FROM users'\n"
                ")"
            ),
            "op.execute('DROP VIEW v')",
        ),
    ),
    "one changes": (
        create_view("name"),
        create_view("id"),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS SELECT users.id, users.id AS x \\n'\n"
                "    'FROM users'\n"
                ")"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name AS x\\n'\n"
                "    '   FROM users'\n"
                ")"
            ),
        ),
    ),
}


@NEW_IN_2_1
@pytest.mark.parametrize("case", CREATED)
def test_a_change_of_a_view_of_sqlalchemy_is_seen(case: str, empty: Callable[[], Engine]) -> None:
    before, after, expected = CREATED[case]
    assert migrated(empty, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "IN becomes ANY": (typed(f"{V} WHERE name IN ('a', 'b')"), ()),
    "restored from a dump, where IN has more casts": (
        typed(f"{V} WHERE name IN ('a', 'b')"),
        (
            "CREATE OR REPLACE VIEW v AS SELECT id, name FROM users WHERE name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[])",
        ),
    ),
    "restored, with all columns in another order": (
        typed("CREATE VIEW v AS SELECT * FROM users WHERE name IN ('a', 'b')"),
        (
            "DROP VIEW v",
            "CREATE VIEW v AS SELECT age, id, name FROM users WHERE name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[])",
        ),
    ),
    "BETWEEN, CASE and an interval": (
        typed(
            "CREATE VIEW v AS SELECT CASE WHEN age BETWEEN 1 AND 9 THEN 'a' ELSE 'b' END AS c,"
            " now() - interval '24 hours' AS d FROM users"
        ),
        (),
    ),
    "all columns of a table that has them in another order": (
        typed("CREATE VIEW v AS SELECT * FROM users"),
        (
            "DROP VIEW v",
            "ALTER TABLE users DROP name",
            "ALTER TABLE users ADD name varchar(50)",
            "CREATE VIEW v AS SELECT * FROM users",
        ),
    ),
    "all columns through a subquery and with others": (
        typed(
            "CREATE VIEW v AS SELECT u.*, 1 AS one FROM (SELECT users.* FROM users WHERE id > 1) u"
        ),
        (
            "DROP VIEW v",
            "ALTER TABLE users DROP name",
            "ALTER TABLE users ADD name varchar(50)",
            "CREATE VIEW v AS SELECT u.*, 1 AS one FROM (SELECT users.* FROM users WHERE id > 1) u",
        ),
    ),
    "one that nobody declares, among views that somebody does not declare either": (
        typed(),
        ("CREATE VIEW theirs AS SELECT id FROM users", "CREATE VIEW more AS SELECT * FROM theirs"),
    ),
    "one in another schema that nobody declares": (
        typed(V),
        ("CREATE SCHEMA reporting", "CREATE VIEW reporting.r AS SELECT * FROM v"),
    ),
    "one of an extension": (typed(V), ("CREATE EXTENSION pg_stat_statements",)),
    "a comment with quotes": (typed(V, "COMMENT ON VIEW v IS 'it''s \\ 5%'"), ()),
    "typed with the default schema": (
        typed("CREATE VIEW public.v AS SELECT id FROM public.users"),
        (),
    ),
    "a string that looks like a schema": (
        typed("CREATE VIEW v AS SELECT 'public.users' AS a, name AS \"public.b\" FROM users"),
        (),
    ),
    "options said in another order and by ALTER": (
        typed(V.replace("v AS", "v WITH (security_barrier, check_option = local) AS")),
        ("ALTER VIEW v RESET (security_barrier)", "ALTER VIEW v SET (security_barrier = true)"),
    ),
    "one that reads a table of nobody": (
        typed(
            "CREATE TABLE IF NOT EXISTS theirs (id integer)",
            "CREATE VIEW v AS SELECT * FROM theirs",
        ),
        (),
    ),
    "OR REPLACE and a temporary name": (typed("CREATE OR REPLACE VIEW v AS SELECT 1 AS a"), ()),
    "percent signs and colons": (
        typed("CREATE VIEW v AS SELECT id % 2 AS odd, ':a' || name LIKE '%:b' AS c FROM users"),
        (),
    ),
    "two schemas with tables of one name": (
        two_schemas(
            "CREATE VIEW v AS SELECT id FROM users", "CREATE VIEW app.v AS SELECT id FROM app.users"
        ),
        (),
    ),
    "rows that are written when all is made": (
        typed(V, "INSERT INTO users (id) VALUES (1)", "UPDATE users SET age = 2"),
        (),
    ),
    "a type of the table itself": (typed("CREATE VIEW v AS SELECT users FROM users"), ()),
    "a recursive query": (
        typed(
            "CREATE VIEW v AS WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t"
            " WHERE n < 9) SELECT n FROM t"
        ),
        (),
    ),
    "a view on a function of the same text": (
        typed(
            "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "CREATE VIEW v AS SELECT f() AS a",
        ),
        (),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


@NEW_IN_2_1
@pytest.mark.parametrize("options", [{}, {"or_replace": True}, {"materialized": True}])
def test_a_view_of_sqlalchemy_is_no_table(
    options: dict[str, Any], empty: Callable[[], Engine]
) -> None:
    assert unchanged(empty, create_view("name", **options)) == Written("", "")


def mapped(metadata: MetaData) -> None:
    """A view that is mapped as a table, with an index that nobody is to make."""
    Table("users", metadata, Column("id", Integer, primary_key=True))
    Table("v", metadata, Column("id", Integer, index=True), info={"is_view": True})
    execute(metadata, "CREATE VIEW v AS SELECT id FROM users")


def test_a_view_that_is_mapped_as_a_table_is_no_table(empty: Callable[[], Engine]) -> None:
    engine = empty()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id serial PRIMARY KEY)")
        connection.exec_driver_sql("CREATE VIEW v AS SELECT id FROM users")
    with engine.begin() as connection:
        assert written(connection, metadata_of(mapped)) == Written("", "")


def test_a_view_that_is_mapped_as_a_table_comes_by_its_own_statement(
    empty: Callable[[], Engine],
) -> None:
    engine = empty()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id serial PRIMARY KEY)")
    with engine.begin() as connection:
        assert written(connection, metadata_of(mapped)) == Written(
            "op.execute('CREATE VIEW v AS SELECT id FROM users')", "op.execute('DROP VIEW v')"
        )


def test_one_that_nobody_declares_is_made_again_around_a_column(
    empty: Callable[[], Engine],
) -> None:
    theirs = ("CREATE SCHEMA r", "CREATE VIEW r.v AS SELECT age FROM users")
    found = migrated(empty, typed(), typed(age=BigInteger), sql_before=theirs, sql_after=theirs)
    assert found == Written(
        "op.execute('DROP VIEW r.v')\n"
        "op.alter_column('users', 'age',\n"
        "           existing_type=sa.INTEGER(),\n"
        "           type_=sa.BigInteger(),\n"
        "           existing_nullable=True)\n"
        "op.execute(\n"
        "    'CREATE VIEW r.v AS\\n'\n"
        "    'SELECT users.age\\n'\n"
        "    '   FROM users'\n"
        ")",
        "op.execute('DROP VIEW r.v')\n"
        "op.alter_column('users', 'age',\n"
        "           existing_type=sa.BigInteger(),\n"
        "           type_=sa.INTEGER(),\n"
        "           existing_nullable=True)\n"
        "op.execute(\n"
        "    'CREATE VIEW r.v AS\\n'\n"
        "    'SELECT users.age\\n'\n"
        "    '   FROM users'\n"
        ")",
    )


def test_one_that_is_left_out_is_left_alone(empty: Callable[[], Engine]) -> None:
    def include(_: Any, name: str, type_: str, *__: Any) -> bool:
        return (type_, name) != ("view", "v")

    engine = empty()
    with engine.begin() as connection:
        metadata_of(typed(V, KEPT)).create_all(connection)
    with engine.begin() as connection:
        metadata = metadata_of(typed(f"{V} WHERE id > 1", KEPT))
        assert written(connection, metadata, include_object=include) == Written("", "")


def test_one_that_cannot_be_made_is_neither_dropped_nor_changed(
    empty: Callable[[], Engine],
) -> None:
    engine = empty()
    with engine.begin() as connection:
        metadata_of(typed(V, KEPT)).create_all(connection)
    with engine.begin() as connection:
        metadata = metadata_of(typed("CREATE VIEW v AS SELECT nothing FROM users", KEPT))
        assert written(connection, metadata) == Written("", "")


def test_what_it_drops_first_is_not_looked_for_in_the_database(empty: Callable[[], Engine]) -> None:
    metadata = metadata_of(typed("DROP VIEW IF EXISTS v", f"{V} WHERE id > 1", KEPT))
    engine = empty()
    with engine.begin() as connection:
        metadata_of(typed(V, KEPT)).create_all(connection)
    with engine.begin() as other, engine.begin() as connection:
        other.exec_driver_sql("LOCK TABLE users IN ROW EXCLUSIVE MODE")  # and nobody waits for it
        other.exec_driver_sql("SELECT * FROM v")
        assert written(connection, metadata).upgrade == (
            "op.execute('CREATE OR REPLACE VIEW v AS SELECT id, name FROM users WHERE id > 1')"
        )


def test_what_is_said_of_a_table_that_is_left_out_is_said_of_nothing(
    empty: Callable[[], Engine],
) -> None:
    def include(_: Any, name: str, type_: str, *__: Any) -> bool:
        return (type_, name) != ("table", "users")

    engine = empty()
    with engine.begin() as connection:
        metadata_of(typed(KEPT)).create_all(connection)
    with engine.begin() as other, engine.begin() as connection:
        other.exec_driver_sql("LOCK TABLE users IN ROW EXCLUSIVE MODE")
        metadata = metadata_of(typed(KEPT, "ALTER TABLE users ENABLE ROW LEVEL SECURITY"))
        assert written(connection, metadata, include_object=include) == Written("", "")
        assert written(connection, metadata).upgrade == (
            "op.execute('ALTER TABLE users ENABLE ROW LEVEL SECURITY')"
        )
