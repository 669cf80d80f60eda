"""Functions, procedures and aggregates: a table of changes, and one of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, Table

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    execute,
    seeing_all,
    typed,
    without_event_triggers,
)

F = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
F2 = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'"
BIG = "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"
KEPT = "CREATE FUNCTION kept() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
"""Functions are managed as soon as one is declared."""

BODY = """CREATE FUNCTION f(a integer, b text DEFAULT 'x, y') RETURNS text
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public AS $body$
BEGIN
    RAISE NOTICE 'a: %, :b $$ "c" \\d', a;
    RETURN format('%s::%I', a, b);
END
$body$"""
ATOMIC = """CREATE FUNCTION f(n integer) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN n > 0 THEN count(*) ELSE 0 END FROM users;
    SELECT count(age) FROM users;
END"""

WINS = "CREATE FUNCTION wins(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a'"
FIRST = "CREATE AGGREGATE first_of(integer) (SFUNC = wins, STYPE = integer)"


def two_schemas(*sql: str) -> State:
    """A table, and statements in two schemas."""

    def state(metadata: MetaData) -> None:
        execute(metadata, "CREATE SCHEMA IF NOT EXISTS app", when="before_create")
        Table("t", metadata, Column("id", Integer, primary_key=True), schema="app")
        execute(metadata, *sql)

    return state


def before_tables(*sql: str, items: tuple[Any, ...] = ()) -> State:
    """A function that a table needs, and the table."""

    def state(metadata: MetaData) -> None:
        execute(metadata, *sql, when="before_create")
        Table("t", metadata, Column("id", Integer), *[each() for each in items])

    return state


CALLED = (lambda: Column("n", Integer, server_default=sa.text("f()")),)
CHECKED = (lambda: sa.CheckConstraint("id > f()", name="t_id"),)
NOT_CALLED = (lambda: Column("n", Integer),)

CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added": (
        typed(),
        typed(F),
        Written(
            "op.execute(\"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'\")",
            "op.execute('DROP FUNCTION f()')",
        ),
    ),
    "one is dropped": (
        typed(F, KEPT),
        typed(KEPT),
        Written(
            "op.execute('DROP FUNCTION f()')",
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "its body changes": (
        typed(F),
        typed(F2),
        Written(
            (
                'op.execute("CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql '
                "AS 'SELECT 2'\")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a body of all kinds of signs": (
        typed(),
        typed(BODY),
        Written(
            (
                "op.execute(\n"
                "    \"CREATE FUNCTION f(a integer, b text DEFAULT 'x, y') RETURNS text\\n\"\n"
                "    'LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = "
                "public AS $body$\\n'\n"
                "    'BEGIN\\n'\n"
                "    '    RAISE NOTICE \\'a: %, \\\\:b $$ \"c\" \\\\d\\', a;\\n'\n"
                "    \"    RETURN format('%s::%I', a, b);\\n\"\n"
                "    'END\\n'\n"
                "    '$body$'\n"
                ")"
            ),
            "op.execute('DROP FUNCTION f(integer, text)')",
        ),
    ),
    "one with such a body changes": (
        typed(BODY),
        typed(BODY.replace("STABLE", "VOLATILE")),
        Written(
            (
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION f(a integer, b text DEFAULT 'x, y') "
                'RETURNS text\\n"\n'
                "    'LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path "
                "= public AS $body$\\n'\n"
                "    'BEGIN\\n'\n"
                "    '    RAISE NOTICE \\'a: %, \\\\:b $$ \"c\" \\\\d\\', a;\\n'\n"
                "    \"    RETURN format('%s::%I', a, b);\\n\"\n"
                "    'END\\n'\n"
                "    '$body$'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION f(a integer, b text DEFAULT 'x, y'::text)\\n\"\n"
                "    ' RETURNS text\\n'\n"
                "    ' LANGUAGE plpgsql\\n'\n"
                "    ' STABLE STRICT SECURITY DEFINER\\n'\n"
                "    \" SET search_path TO 'public'\\n\"\n"
                "    'AS $function$\\n'\n"
                "    'BEGIN\\n'\n"
                "    '    RAISE NOTICE \\'a: %, \\\\:b $$ \"c\" \\\\d\\', a;\\n'\n"
                "    \"    RETURN format('%s::%I', a, b);\\n\"\n"
                "    'END\\n'\n"
                "    '$function$'\n"
                ")"
            ),
        ),
    ),
    "its result changes": (
        typed(F),
        typed(BIG),
        Written(
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")"
            ),
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "its result changes, and a view calls it": (
        typed(F, "CREATE VIEW v AS SELECT f() AS a"),
        typed(BIG, "CREATE VIEW v AS SELECT f() AS a"),
        Written(
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")\n"
                "op.execute('CREATE VIEW v AS SELECT f() AS a')"
            ),
            (
                "op.execute('DROP VIEW v')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT f() AS a'\n"
                ")"
            ),
        ),
    ),
    "an argument has another name": (
        typed("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'"),
        typed("CREATE FUNCTION f(b integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'"),
        Written(
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                'op.execute("CREATE FUNCTION f(b integer) RETURNS integer LANGUAGE sql '
                "AS 'SELECT $1'\")"
            ),
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f(a integer)\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT $1$function$'\n"
                ")"
            ),
        ),
    ),
    "an argument has another type": (
        typed("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        typed("CREATE FUNCTION f(a bigint) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                'op.execute("CREATE FUNCTION f(a bigint) RETURNS integer LANGUAGE sql AS '
                "'SELECT 1'\")"
            ),
            (
                "op.execute('DROP FUNCTION f(bigint)')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f(a integer)\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a default is added": (
        typed("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        typed("CREATE FUNCTION f(a integer = 1) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                'op.execute("CREATE FUNCTION f(a integer = 1) RETURNS integer LANGUAGE '
                "sql AS 'SELECT 1'\")"
            ),
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f(a integer)\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a default with a comma changes": (
        typed("CREATE FUNCTION f(a text = 'a,b') RETURNS text LANGUAGE sql AS 'SELECT 1'"),
        typed("CREATE FUNCTION f(a text = 'a,)b') RETURNS text LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                "op.execute(\"CREATE OR REPLACE FUNCTION f(a text = 'a,)b') RETURNS text "
                "LANGUAGE sql AS 'SELECT 1'\")"
            ),
            (
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION f(a text DEFAULT 'a,b'::text)\\n\"\n"
                "    ' RETURNS text\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "an overload is added": (
        typed(F),
        typed(F, "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                'op.execute("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql '
                "AS 'SELECT 1'\")"
            ),
            "op.execute('DROP FUNCTION f(integer)')",
        ),
    ),
    "an overload is dropped": (
        typed(
            F, "CREATE FUNCTION f(a integer, b text[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        ),
        typed(F),
        Written(
            "op.execute('DROP FUNCTION f(integer, text[])')",
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f(a integer, b text[])\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a column is added to the table that it returns": (
        typed("CREATE FUNCTION f() RETURNS TABLE (a integer) LANGUAGE sql AS 'SELECT 1'"),
        typed(
            "CREATE FUNCTION f() RETURNS TABLE (a integer, b text) LANGUAGE sql AS "
            "$$ SELECT 1, 'b' $$"
        ),
        Written(
            (
                "op.execute('DROP FUNCTION f()')\n"
                'op.execute("CREATE FUNCTION f() RETURNS TABLE (a integer, b text) '
                "LANGUAGE sql AS $$ SELECT 1, 'b' $$\")"
            ),
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS TABLE(a integer)\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "it becomes immutable, strict and a definer's": (
        typed(F),
        typed(F.replace("LANGUAGE", "IMMUTABLE STRICT SECURITY DEFINER PARALLEL SAFE LANGUAGE")),
        Written(
            (
                'op.execute("CREATE OR REPLACE FUNCTION f() RETURNS integer IMMUTABLE '
                "STRICT SECURITY DEFINER PARALLEL SAFE LANGUAGE sql AS 'SELECT 1'\")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a setting is added by a statement of its own": (
        typed(F),
        typed(F, "ALTER FUNCTION f() SET search_path = public"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    \" SET search_path TO 'public'\\n\"\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "one that comes with a setting": (
        typed(),
        typed(F, "ALTER FUNCTION f() SET search_path = public"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    \" SET search_path TO 'public'\\n\"\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
            "op.execute('DROP FUNCTION f()')",
        ),
    ),
    "one that comes with two settings": (
        typed(),
        typed(F, "ALTER FUNCTION f() SET work_mem = '1MB'", "ALTER FUNCTION f() STABLE COST 5"),
        Written(
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    ' STABLE COST 5\\n'\n"
                "    \" SET work_mem TO '1MB'\\n\"\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
            "op.execute('DROP FUNCTION f()')",
        ),
    ),
    "another language": (
        typed(F),
        typed("CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"),
        Written(
            (
                'op.execute("CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE '
                "plpgsql AS 'BEGIN RETURN 1; END'\")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "a body that is parsed": (
        typed(),
        typed(ATOMIC),
        Written(
            (
                "op.execute(\n"
                "    'CREATE FUNCTION f(n integer) RETURNS bigint LANGUAGE sql\\n'\n"
                "    'BEGIN ATOMIC\\n'\n"
                "    '    SELECT CASE WHEN n > 0 THEN count(*) ELSE 0 END FROM users;\\n'\n"
                "    '    SELECT count(age) FROM users;\\n'\n"
                "    'END'\n"
                ")"
            ),
            "op.execute('DROP FUNCTION f(integer)')",
        ),
    ),
    "a column that a parsed body reads has another type": (
        typed(ATOMIC),
        typed(ATOMIC, age=BigInteger),
        Written(
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE FUNCTION f(n integer) RETURNS bigint LANGUAGE sql\\n'\n"
                "    'BEGIN ATOMIC\\n'\n"
                "    '    SELECT CASE WHEN n > 0 THEN count(*) ELSE 0 END FROM users;\\n'\n"
                "    '    SELECT count(age) FROM users;\\n'\n"
                "    'END'\n"
                ")"
            ),
            (
                "op.execute('DROP FUNCTION f(integer)')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f(n integer)\\n'\n"
                "    ' RETURNS bigint\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'BEGIN ATOMIC\\n'\n"
                "    ' SELECT\\n'\n"
                "    '         CASE\\n'\n"
                "    '             WHEN (f.n > 0) THEN count(*)\\n'\n"
                "    '             ELSE (0)::bigint\\n'\n"
                "    '         END AS \"case\"\\n'\n"
                "    '    FROM users;\\n'\n"
                "    ' SELECT count(users.age) AS count\\n'\n"
                "    '    FROM users;\\n'\n"
                "    'END'\n"
                ")"
            ),
        ),
    ),
    "a body reads a column that comes": (
        typed(
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(id) FROM users'",
            without=("age",),
        ),
        typed("CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(age) FROM users'"),
        Written(
            (
                "op.add_column('users', sa.Column('age', sa.Integer(), nullable=True))\n"
                'op.execute("CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql '
                "AS 'SELECT count(age) FROM users'\")"
            ),
            (
                "op.drop_column('users', 'age')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS bigint\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT count(id) FROM users$function$'\n"
                ")"
            ),
        ),
    ),
    "a body reads a column that goes": (
        typed("CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(age) FROM users'"),
        typed(
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(id) FROM users'",
            without=("age",),
        ),
        Written(
            (
                "op.drop_column('users', 'age')\n"
                'op.execute("CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql '
                "AS 'SELECT count(id) FROM users'\")"
            ),
            (
                "op.add_column('users', sa.Column('age', sa.INTEGER(), "
                "autoincrement=False, nullable=True))\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS bigint\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT count(age) FROM users$function$'\n"
                ")"
            ),
        ),
    ),
    "one goes with the table that its body reads": (
        lambda metadata: (
            Table("t", metadata, Column("id", Integer)),
            execute(
                metadata,
                KEPT,
                "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t'",
            ),
        ),
        lambda metadata: execute(metadata, KEPT),
        Written(
            ("op.execute('DROP FUNCTION f()')\nop.drop_table('t')"),
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS bigint\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT count(*) FROM t$function$'\n"
                ")"
            ),
        ),
    ),
    "it returns rows of a table that comes": (
        lambda metadata: None,
        lambda metadata: (
            Table("t", metadata, Column("id", Integer)),
            execute(
                metadata, "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'"
            ),
        ),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT "
                "* FROM t'\")"
            ),
            ("op.execute('DROP FUNCTION f()')\nop.drop_table('t')"),
        ),
    ),
    "a default of a new table calls it": (
        before_tables(),
        before_tables(F, items=CALLED),
        Written(
            (
                "op.execute(\"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'\")\n"
                "op.add_column('t', sa.Column('n', sa.Integer(), "
                "server_default=sa.text('f()'), nullable=True))"
            ),
            ("op.drop_column('t', 'n')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "a CHECK of a table calls it": (
        before_tables(),
        before_tables(F, items=CHECKED),
        Written(
            (
                "op.execute(\"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'\")\n"
                "op.create_check_constraint('t_id', 't', sa.text('id > f()'))"
            ),
            ("op.drop_constraint('t_id', 't', type_='check')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "a default called it, and both go": (
        before_tables(F, KEPT, items=CALLED),
        before_tables(KEPT, items=NOT_CALLED),
        Written(
            (
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.execute('DROP FUNCTION f()')"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('f()'))"
            ),
        ),
    ),
    "a default calls it, and its result changes": (
        before_tables(F, items=CALLED),
        before_tables(BIG, items=CALLED),
        Written(
            (
                "op.execute('ALTER TABLE t ALTER n DROP DEFAULT')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")\n"
                "op.execute('ALTER TABLE t ALTER n SET DEFAULT f()')"
            ),
            (
                "op.execute('ALTER TABLE t ALTER n DROP DEFAULT')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.execute('ALTER TABLE t ALTER n SET DEFAULT f()')"
            ),
        ),
    ),
    "a CHECK calls it, and its result changes": (
        before_tables(F, items=CHECKED),
        before_tables(BIG, items=CHECKED),
        Written(
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_id')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_id CHECK ((id > f()))')"
            ),
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_id')\n"
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_id CHECK ((id > f()))')"
            ),
        ),
    ),
    "it is given a comment": (
        typed(F),
        typed(F, "COMMENT ON FUNCTION f() IS 'one'"),
        Written(
            "op.execute(\"COMMENT ON FUNCTION f() IS 'one'\")",
            "op.execute('COMMENT ON FUNCTION f() IS NULL')",
        ),
    ),
    "its comment changes with its result": (
        typed(F, "COMMENT ON FUNCTION f() IS 'one'"),
        typed(BIG, "COMMENT ON FUNCTION f() IS 'two'"),
        Written(
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")\n"
                "op.execute(\"COMMENT ON FUNCTION f() IS 'two'\")"
            ),
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.execute(\"COMMENT ON FUNCTION f() IS 'one'\")"
            ),
        ),
    ),
    "a procedure is added": (
        typed(),
        typed("CREATE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN a := 1; END'"),
        Written(
            (
                'op.execute("CREATE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql AS '
                "'BEGIN a := 1; END'\")"
            ),
            "op.execute('DROP PROCEDURE p(integer)')",
        ),
    ),
    "a procedure changes": (
        typed("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'"),
        typed("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 2'"),
        Written(
            "op.execute(\"CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS 'SELECT 2'\")",
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE PROCEDURE p()\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $procedure$SELECT 1$procedure$'\n"
                ")"
            ),
        ),
    ),
    "a function becomes a procedure": (
        typed("CREATE FUNCTION p() RETURNS void LANGUAGE sql AS 'SELECT 1'"),
        typed("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                "op.execute('DROP FUNCTION p()')\n"
                "op.execute(\"CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'\")"
            ),
            (
                "op.execute('DROP PROCEDURE p()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION p()\\n'\n"
                "    ' RETURNS void\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "an aggregate is added with its function": (
        typed(),
        typed(WINS, FIRST),
        Written(
            (
                'op.execute("CREATE FUNCTION wins(a integer, b integer) RETURNS integer '
                "LANGUAGE sql AS 'SELECT a'\")\n"
                "op.execute('CREATE AGGREGATE first_of(integer) (SFUNC = wins, STYPE = integer)')"
            ),
            (
                "op.execute('DROP AGGREGATE first_of(integer)')\n"
                "op.execute('DROP FUNCTION wins(integer, integer)')"
            ),
        ),
    ),
    "an aggregate changes": (
        typed(WINS, FIRST),
        typed(
            WINS,
            FIRST.replace("integer)", "integer, INITCOND = '0')", 2).replace(
                "(integer, INITCOND = '0')", "(integer)", 1
            ),
        ),
        Written(
            (
                "op.execute('DROP AGGREGATE first_of(integer)')\n"
                'op.execute("CREATE AGGREGATE first_of(integer) (SFUNC = wins, STYPE = '
                "integer, INITCOND = '0')\")"
            ),
            (
                "op.execute('DROP AGGREGATE first_of(integer)')\n"
                "op.execute(\n"
                "    'CREATE AGGREGATE first_of(integer) (\\n'\n"
                "    '    SFUNC = wins,\\n'\n"
                "    '    STYPE = integer\\n'\n"
                "    ')'\n"
                ")"
            ),
        ),
    ),
    "one in another schema": (
        two_schemas(),
        two_schemas("CREATE FUNCTION app.f(a app.t) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        Written(
            (
                'op.execute("CREATE FUNCTION app.f(a app.t) RETURNS integer LANGUAGE sql '
                "AS 'SELECT 1'\")"
            ),
            "op.execute('DROP FUNCTION app.f(app.t)')",
        ),
    ),
    "one in another schema changes": (
        two_schemas("CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", F),
        two_schemas("CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 2'", F),
        Written(
            (
                'op.execute("CREATE OR REPLACE FUNCTION app.f() RETURNS integer LANGUAGE '
                "sql AS 'SELECT 2'\")"
            ),
            (
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION app.f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "names with quotes and capitals": (
        typed(KEPT),
        typed(
            KEPT,
            'CREATE FUNCTION "A.b""c"("X" integer) RETURNS integer LANGUAGE sql AS \'SELECT 1\'',
        ),
        Written(
            (
                'op.execute(\'CREATE FUNCTION "A.b""c"("X" integer) RETURNS integer '
                "LANGUAGE sql AS \\'SELECT 1\\'')"
            ),
            'op.execute(\'DROP FUNCTION "A.b""c"(integer)\')',
        ),
    ),
    "one with such a name is dropped": (
        typed(
            KEPT,
            'CREATE FUNCTION "A.b""c"("X" integer) RETURNS integer LANGUAGE sql AS \'SELECT 1\'',
        ),
        typed(KEPT),
        Written(
            'op.execute(\'DROP FUNCTION "A.b""c"(integer)\')',
            (
                "op.execute(\n"
                '    \'CREATE OR REPLACE FUNCTION "A.b""c"("X" integer)\\n\'\n'
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")"
            ),
        ),
    ),
    "public may not call it, and its result changes": (
        typed(
            F,
            "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION f() TO pg_monitor",
        ),
        typed(
            BIG,
            "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION f() TO pg_monitor",
        ),
        Written(
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
                "1::bigint'\")\n"
                "op.execute('REVOKE ALL ON FUNCTION f() FROM PUBLIC')\n"
                "op.execute('GRANT EXECUTE ON FUNCTION f() TO pg_monitor')"
            ),
            (
                "op.execute('DROP FUNCTION f()')\n"
                "op.execute(\n"
                "    'CREATE OR REPLACE FUNCTION f()\\n'\n"
                "    ' RETURNS integer\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$SELECT 1$function$'\n"
                ")\n"
                "op.execute('REVOKE ALL ON FUNCTION f() FROM PUBLIC')\n"
                "op.execute('GRANT EXECUTE ON FUNCTION f() TO pg_monitor')"
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


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "a body of all kinds of signs": (typed(BODY), ()),
    "a body that is parsed": (typed(ATOMIC), ()),
    "a parsed body that was restored": (
        typed(
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC"
            " SELECT count(*) FROM users WHERE name IN ('a', 'b'); END"
        ),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC"
            " SELECT count(*) AS count FROM users WHERE users.name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[]); END",
        ),
    ),
    "defaults with commas and parentheses": (
        typed(
            "CREATE FUNCTION f(a text = '),(', b int[] = '{1,2}', c int = 1 + 1)"
            " RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        ),
        (),
    ),
    "a table, a variadic argument and one without a name": (
        typed(
            "CREATE FUNCTION f(integer, VARIADIC b text[]) RETURNS TABLE (x integer, y text)"
            " LANGUAGE sql AS $$ SELECT 1, 'a' $$"
        ),
        (),
    ),
    "arguments that come out": (
        typed(
            "CREATE FUNCTION f(a integer, OUT b integer, INOUT c text) LANGUAGE sql"
            " AS $$ SELECT 1, 'a' $$"
        ),
        (),
    ),
    "one that nobody declares": (typed(), (F, "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'")),
    "a procedure that nobody declares, beside a function": (
        typed(F),
        ("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",),
    ),
    "those of an extension": (typed(F), ("CREATE EXTENSION pgcrypto",)),
    "an aggregate": (typed(WINS, FIRST), ()),
    "an aggregate of everything": (
        typed(
            "CREATE FUNCTION plus_one(a bigint) RETURNS bigint LANGUAGE sql AS 'SELECT a + 1'",
            "CREATE AGGREGATE rows(*) (SFUNC = plus_one, STYPE = bigint, INITCOND = '0')",
        ),
        (),
    ),
    "a window function's language and cost": (
        typed(F.replace("LANGUAGE", "COST 50 LEAKPROOF LANGUAGE")),
        (),
    ),
    "types of the table and of a schema": (
        two_schemas(
            "CREATE FUNCTION app.f(a app.t, b app.t[]) RETURNS SETOF app.t LANGUAGE "
            "sql AS 'SELECT a'"
        ),
        (),
    ),
    "overloads of one name in two schemas": (
        two_schemas(
            F,
            "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 3'",
        ),
        (),
    ),
    "one that a default calls": (before_tables(F, items=CALLED), ()),
    "a name that hides one of the server's": (
        typed("CREATE FUNCTION lower(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        (),
    ),
    "a body that names the default schema": (
        typed(
            "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql AS 'SELECT "
            "count(*) FROM public.users'"
        ),
        (),
    ),
    "a body with names that are no schemas": (
        typed("CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $a$ SELECT 'public.x' $a$"),
        (),
    ),
    "privileges that nobody declares": (typed(F), ("REVOKE ALL ON FUNCTION f() FROM PUBLIC",)),
    "two in one text": (typed(f"{F}; {KEPT};"), ()),
    "a comment": (typed(F, "COMMENT ON FUNCTION f() IS 'it''s'"), ()),
    "IN DO blocks": (typed(f"DO $x$ BEGIN EXECUTE $y${F}$y$; END $x$"), ()),
    "a parsed body with arguments that was restored": (
        typed(
            "CREATE FUNCTION f(n integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC"
            " SELECT count(*) FROM users WHERE age BETWEEN 1 AND n AND name = 'a'; END"
        ),
        (
            "CREATE OR REPLACE FUNCTION f(n integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC"
            " SELECT count(*) AS count FROM users"
            " WHERE ((users.age >= 1) AND (users.age <= f.n) AND ((users.name)::text = 'a'::text));"
            " END",
        ),
    ),
    "those of a range type that nobody declares": (
        typed(KEPT),
        ("CREATE TYPE span AS RANGE (subtype = float8)",),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
