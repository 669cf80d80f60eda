"""CHECK constraints: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, Integer, MetaData

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.rows import (
    Change,
    Item,
    Same,
    both,
    column,
    convention,
    ddl,
    in_schema,
    table,
    users,
)

BYNAME = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname", "alembic_guard.*")
NAMES = "ck_%(table_name)s_%(constraint_name)s"


def check(text: str, name: str | None = "users_age", **options: Any) -> Item:
    return lambda: sa.CheckConstraint(text, name=name, **options)


POSITIVE = (
    "CREATE FUNCTION positive(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 0'"
)


def also(state: State, sql: str) -> State:
    """A state, and a statement for when there are no tables yet."""

    def more(metadata: MetaData) -> None:
        state(metadata)
        sa.event.listen(metadata, "before_create", sa.DDL(sql))  # type: ignore[no-untyped-call]

    return more


def values(*words: str) -> sa.Enum:
    """An enum that is a CHECK on the column."""
    return sa.Enum(*words, name="e", native_enum=False, length=9, create_constraint=True)


def compared(*names: str) -> Any:
    """A table with a CHECK that is an expression of SQLAlchemy."""

    def state(metadata: MetaData) -> None:
        made = sa.Table("t", metadata, sa.Column("a", Integer), sa.Column("b", sa.String))
        for name in names:
            parts = made.c.a.in_([1, 2]), made.c.b.like("a%b'c"), made.c.b != "x:y"
            made.append_constraint(sa.CheckConstraint(sa.and_(*parts), name=name))

    return state


CHANGES = {
    "one is added": Change(
        users(),
        users(check("age > 0")),
        Written(
            ("op.create_check_constraint('users_age', 'users', sa.text('age > 0'))"),
            ("op.drop_constraint('users_age', 'users', type_='check')"),
        ),
    ),
    "one is dropped": Change(
        users(check("age > 0")),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            ("op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"),
        ),
    ),
    "its expression changes": Change(
        users(check("age > 0")),
        users(check("age > 18")),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.create_check_constraint('users_age', 'users', sa.text('age > 18'))"
            ),
            (
                "op.drop_constraint('users_age', 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "one without a name is added": Change(
        users(),
        users(check("age > 0", None)),
        Written(
            ("op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age > 0'))"),
            ("op.drop_constraint(op.f('users_age_check'), 'users', type_='check')"),
        ),
    ),
    "one without a name is dropped": Change(
        users(check("age > 0", None)),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age_check'), 'users', type_='check')"),
            ("op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age > 0'))"),
        ),
    ),
    "one without a name changes": Change(
        users(check("age > 0", None)),
        users(check("age > 18", None)),
        Written(
            (
                "op.drop_constraint(op.f('users_age_check'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age > "
                "18'))"
            ),
            (
                "op.drop_constraint(op.f('users_age_check'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "one without a name changes to other columns": Change(
        users(check("age > 0", None)),
        users(check("age > 18 AND name <> ''", None)),
        Written(
            (
                "op.drop_constraint(op.f('users_age_check'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_check'), 'users', sa.text(\"age > 18 AND "
                "name <> ''\"))"
            ),
            (
                "op.drop_constraint(op.f('users_check'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "one of two without a name changes": Change(
        users(check("age > 0", None), check("age < 99", None)),
        users(check("age > 0", None), check("age < 200", None)),
        Written(
            (
                "op.drop_constraint(op.f('users_age_check1'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age_check1'), 'users', sa.text('age < "
                "200'))"
            ),
            (
                "op.drop_constraint(op.f('users_age_check1'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age_check1'), 'users', sa.text('age < "
                "99'))"
            ),
        ),
    ),
    "one without a name is added to others": Change(
        users(check("age > 0", None)),
        users(check("age > 0", None), check("age < 200", None)),
        Written(
            ("op.create_check_constraint(op.f('users_age_check1'), 'users', sa.text('age < 200'))"),
            ("op.drop_constraint(op.f('users_age_check1'), 'users', type_='check')"),
        ),
    ),
    "one of a column is added": Change(
        table("t", column("a")),
        table("t", column("a", Integer, check("a > 0", None))),
        Written(
            ("op.create_check_constraint(op.f('t_a_check'), 't', sa.text('a > 0'))"),
            ("op.drop_constraint(op.f('t_a_check'), 't', type_='check')"),
        ),
    ),
    "one of a column is added, with a name": Change(
        table("t", column("a")),
        table("t", column("a", Integer, check("a > 0", "positive"))),
        Written(
            ("op.create_check_constraint('positive', 't', sa.text('a > 0'))"),
            ("op.drop_constraint('positive', 't', type_='check')"),
        ),
    ),
    "one of a new column": Change(
        table("t", column("a")),
        table("t", column("a"), column("b", Integer, check("b > 0", "positive"))),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.create_check_constraint('positive', 't', sa.text('b > 0'))"
            ),
            ("op.drop_constraint('positive', 't', type_='check')\nop.drop_column('t', 'b')"),
        ),
    ),
    "one with a new column": Change(
        table("t", column("a")),
        table("t", column("a"), column("b"), check("a > b", "larger")),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.create_check_constraint('larger', 't', sa.text('a > b'))"
            ),
            ("op.drop_constraint('larger', 't', type_='check')\nop.drop_column('t', 'b')"),
        ),
    ),
    "it goes with its column": Change(
        table("t", column("a"), column("b"), check("a > b", "larger")),
        table("t", column("a")),
        Written(
            ("op.drop_constraint(op.f('larger'), 't', type_='check')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.create_check_constraint(op.f('larger'), 't', sa.text('a > b'))"
            ),
        ),
    ),
    "its column changes type": Change(
        table("t", column("a", sa.String(10)), check("a <> 'x'", "ck")),
        table("t", column("a", sa.Text), check("a <> 'x'", "ck")),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.VARCHAR(length=10),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=10),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "its column changes type, and it does": Change(
        table("t", column("a"), check("a > 1", "ck")),
        table("t", column("a", sa.Numeric), check("a > 1.5", "ck")),
        Written(
            (
                "op.drop_constraint(op.f('ck'), 't', type_='check')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.Numeric(),\n"
                "           existing_nullable=True)\n"
                "op.create_check_constraint('ck', 't', sa.text('a > 1.5'))"
            ),
            (
                "op.drop_constraint('ck', 't', type_='check')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Numeric(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.create_check_constraint(op.f('ck'), 't', sa.text('a > 1'))"
            ),
        ),
    ),
    "it is renamed": Change(
        users(check("age > 0", "old")),
        users(check("age > 0")),
        Written(
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT \"old\" TO users_age')"),
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT users_age TO \"old\"')"),
        ),
    ),
    "it is renamed in a restored database": Change(
        users(check("name IN ('a', 'b')", "old")),
        users(check("name IN ('a', 'b')", "new")),
        Written(
            ('op.execute(\'ALTER TABLE users RENAME CONSTRAINT "old" TO "new"\')'),
            ('op.execute(\'ALTER TABLE users RENAME CONSTRAINT "new" TO "old"\')'),
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT old",
            "ALTER TABLE users ADD CONSTRAINT old CHECK (((name)::text = ANY"
            " (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
        ),
        options={"exact": False},
    ),
    "two candidates are no rename": Change(
        users(check("age > 0", "a"), check("age > 0", "b")),
        users(check("age > 0", "c")),
        Written(
            (
                "op.drop_constraint(op.f('a'), 'users', type_='check')\n"
                "op.drop_constraint(op.f('b'), 'users', type_='check')\n"
                "op.create_check_constraint('c', 'users', sa.text('age > 0'))"
            ),
            (
                "op.drop_constraint('c', 'users', type_='check')\n"
                "op.create_check_constraint(op.f('b'), 'users', sa.text('age > 0'))\n"
                "op.create_check_constraint(op.f('a'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "a convention around the name that it has": Change(
        users(check("age > 0", "age")),
        convention(users(check("age > 0", "age")), ck=NAMES),
        Written(
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT age TO ck_users_age')"),
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT ck_users_age TO age')"),
        ),
    ),
    "it changes under a convention": Change(
        convention(users(check("age > 0", "age")), ck=NAMES),
        convention(users(check("age > 1", "age")), ck=NAMES),
        Written(
            (
                "op.drop_constraint(op.f('ck_users_age'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('ck_users_age'), 'users', sa.text('age > 1'))"
            ),
            (
                "op.drop_constraint(op.f('ck_users_age'), 'users', type_='check')\n"
                "op.create_check_constraint(op.f('ck_users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "a convention whose names are cut": Change(
        convention(users(), ck="ck_" + "x" * 60 + "%(constraint_name)s"),
        convention(users(check("age > 0", "age")), ck="ck_" + "x" * 60 + "%(constraint_name)s"),
        Written(
            (
                "op.create_check_constraint(op.f('ck_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxage'),"
                " 'users', sa.text('age > 0'))"
            ),
            (
                "op.drop_constraint(op.f('ck_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxage'),"
                " 'users', type_='check')"
            ),
        ),
    ),
    "colons": Change(
        users(),
        users(check(r"name ~ '^[[\:alpha\:]]+\:x$' AND email <> '10\:30'")),
        Written(
            (
                "op.create_check_constraint('users_age', 'users', sa.text(\"name ~ "
                "'^[[\\\\:alpha\\\\:]]+\\\\:x$' AND email <> '10:30'\"))"
            ),
            ("op.drop_constraint('users_age', 'users', type_='check')"),
        ),
    ),
    "colons are dropped": Change(
        users(check(r"name ~ '^[[\:alpha\:]]+$' AND name::text <> '\:b' ")),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            (
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text(\"((name)::text ~ "
                "'^[[\\\\:alpha\\\\:]]+$'::text) AND ((name)::text <> '\\\\:b'::text)\"))"
            ),
        ),
    ),
    "percents and quotes": Change(
        users(),
        users(check("""name LIKE '100%' AND "email" <> 'it''s'""")),
        Written(
            (
                "op.create_check_constraint('users_age', 'users', sa.text('name LIKE \\'100%\\' AND"
                " \"email\" <> \\'it\\'\\'s\\''))"
            ),
            ("op.drop_constraint('users_age', 'users', type_='check')"),
        ),
    ),
    "percents and quotes are dropped": Change(
        users(check("""name LIKE '100%' AND "email" <> 'it''s'""")),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            (
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text(\"((name)::text ~~"
                " '100%'::text) AND ((email)::text <> 'it''s'::text)\"))"
            ),
        ),
    ),
    "a backslash before a colon": Change(
        users(check("age > 0")),
        users(check(r"name ~ '\\:x'")),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.create_check_constraint('users_age', 'users', sa.text(\"name ~ '\\\\\\\\:x'\"))"
            ),
            (
                "op.drop_constraint('users_age', 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "parentheses in strings": Change(
        users(check("(name <> ')') OR (name <> '(')")),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            (
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text(\"((name)::text <>"
                " ')'::text) OR ((name)::text <> '('::text)\"))"
            ),
        ),
    ),
    "several lines": Change(
        users(),
        users(check("age > 0\n  AND name <> 'a\nb'")),
        Written(
            (
                "op.create_check_constraint('users_age', 'users', sa.text(\"age > 0\\n  AND name <>"
                " 'a\\nb'\"))"
            ),
            ("op.drop_constraint('users_age', 'users', type_='check')"),
        ),
    ),
    "several lines are dropped": Change(
        users(check("age > 0\n  AND name <> 'a\nb'")),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            (
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text(\"(age > 0) AND "
                "((name)::text <> 'a\\nb'::text)\"))"
            ),
        ),
    ),
    "names with quotes, dots and percents": Change(
        table('a "b" 1.5%', column('c "d" 7.%')),
        table('a "b" 1.5%', column('c "d" 7.%'), check('"c ""d"" 7.%" > 0', 'e "f" 100% .')),
        Written(
            (
                "op.create_check_constraint('e \"f\" 100% .', 'a \"b\" 1.5%', "
                'sa.text(\'"c ""d"" 7.%" > 0\'))'
            ),
            ("op.drop_constraint('e \"f\" 100% .', 'a \"b\" 1.5%', type_='check')"),
        ),
    ),
    "an expression of SQLAlchemy": Change(
        compared(),
        compared("ck"),
        Written(
            (
                "op.create_check_constraint('ck', 't', sa.text(\"a IN (1, 2) AND b LIKE 'a%b''c' "
                "AND b != 'x:y'\"))"
            ),
            ("op.drop_constraint('ck', 't', type_='check')"),
        ),
    ),
    "columns with the name of their table": Change(
        users(check("users.age > 0")),
        users(check("users.age > 1")),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.create_check_constraint('users_age', 'users', sa.text('users.age > 1'))"
            ),
            (
                "op.drop_constraint('users_age', 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "the values of an enum without a type": Change(
        table("t", column("a", values("x", "y"))),
        table("t", column("a", values("x", "z"))),
        Written(
            (
                "op.drop_constraint(op.f('e'), 't', type_='check')\n"
                "op.create_check_constraint('e', 't', sa.text(\"a IN ('x', 'z')\"))"
            ),
            (
                "op.drop_constraint('e', 't', type_='check')\n"
                "op.create_check_constraint(op.f('e'), 't', sa.text(\"(a)::text = ANY "
                "((ARRAY['x'::character varying, 'y'::character varying])::text[])\"))"
            ),
        ),
        options={"exact": False},
    ),
    "an enum under a convention": Change(
        convention(table("t", column("a", sa.String(9))), ck=NAMES),
        convention(
            table("t", column("a", values("x", "z"))),
            ck=NAMES,
        ),
        Written(
            ("op.create_check_constraint(op.f('ck_t_e'), 't', sa.text(\"a IN ('x', 'z')\"))"),
            ("op.drop_constraint(op.f('ck_t_e'), 't', type_='check')"),
        ),
    ),
    "it was not validated": Change(
        users(),
        users(check("age > 0")),
        Written(
            ("op.execute('ALTER TABLE users VALIDATE CONSTRAINT users_age')"),
            (
                "op.execute('ALTER TABLE users DROP CONSTRAINT users_age, ADD CONSTRAINT "
                "users_age CHECK ((age > 0)) NOT VALID')"
            ),
        ),
        ("ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NOT VALID",),
    ),
    "it was not validated, and is dropped": Change(
        users(),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_age'), 'users', type_='check')"),
            (
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'), "
                "postgresql_not_valid=True)"
            ),
        ),
        ("ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NOT VALID",),
    ),
    "it is inherited": Change(
        users(),
        users(check("age > 0")),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.create_check_constraint('users_age', 'users', sa.text('age > 0'))"
            ),
            (
                "op.drop_constraint('users_age', 'users', type_='check')\n"
                "op.execute('ALTER TABLE users ADD CONSTRAINT users_age CHECK ((age > 0)) NO "
                "INHERIT')"
            ),
        ),
        ("ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NO INHERIT",),
    ),
    "it is not inherited": Change(
        users(check("age > 0")),
        both(users(), ddl("ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NO INHERIT")),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.execute('ALTER TABLE users ADD CONSTRAINT users_age CHECK ((age > 0)) NO "
                "INHERIT')"
            ),
            (
                "op.execute('ALTER TABLE users DROP CONSTRAINT users_age')\n"
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
    "in another schema": Change(
        in_schema("app", users(check("age > 0", "a"), schema="app")),
        in_schema("app", users(check("age > 1", "a"), check("age < 9", None), schema="app")),
        Written(
            (
                "op.drop_constraint(op.f('a'), 'users', schema='app', type_='check')\n"
                "op.create_check_constraint('a', 'users', sa.text('age > 1'), schema='app')\n"
                "op.create_check_constraint(op.f('users_age_check'), 'users', sa.text('age < 9'),"
                " schema='app')"
            ),
            (
                "op.drop_constraint(op.f('users_age_check'), 'users', schema='app', "
                "type_='check')\n"
                "op.drop_constraint('a', 'users', schema='app', type_='check')\n"
                "op.create_check_constraint(op.f('a'), 'users', sa.text('age > 0'), schema='app')"
            ),
        ),
        options={"include_schemas": True},
    ),
    "it gets a comment": Change(
        users(check("age > 0")),
        users(check("age > 0", comment="why")),
        Written(
            ("op.execute(\"COMMENT ON CONSTRAINT users_age ON users IS 'why'\")"),
            ("op.execute('COMMENT ON CONSTRAINT users_age ON users IS NULL')"),
        ),
    ),
    "it is renamed with its comment": Change(
        users(check("age > 0", "a", comment="a")),
        users(check("age > 0", "b", comment="b")),
        Written(
            (
                "op.execute('ALTER TABLE users RENAME CONSTRAINT a TO b')\n"
                "op.execute(\"COMMENT ON CONSTRAINT b ON users IS 'b'\")"
            ),
            (
                "op.execute(\"COMMENT ON CONSTRAINT b ON users IS 'a'\")\n"
                "op.execute('ALTER TABLE users RENAME CONSTRAINT b TO a')"
            ),
        ),
    ),
    "its table is dropped": Change(
        both(users(), table("t", column("a"), check("a > 0", "ck"))),
        users(),
        Written(
            ("op.drop_table('t')"),
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.INTEGER(), autoincrement=False, nullable=True),\n"
                "sa.CheckConstraint('a > 0', name=op.f('ck'))\n"
                ")"
            ),
        ),
    ),
    "its table is new, and an enum brings it": Change(
        users(),
        both(users(), table("t", column("a", values("x", "y%:z")), check("a <> '100%'", "ck"))),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.Enum('x', 'y%:z', name='e', native_enum=False, "
                "create_constraint=True, length=9), nullable=True)\n"
                ")\n"
                "op.create_check_constraint('ck', 't', sa.text(\"a <> '100%'\"))"
            ),
            ("op.drop_constraint('ck', 't', type_='check')\nop.drop_table('t')"),
        ),
    ),
    "its table goes, and an enum has brought it": Change(
        both(users(), table("t", column("a", values("x", "y%:z")), check("a <> '100%'", "ck"))),
        users(),
        Written(
            ("op.drop_table('t')"),
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.VARCHAR(length=9), autoincrement=False, nullable=True)\n"
                ")\n"
                "op.create_check_constraint(op.f('e'), 't', sa.text(\"(a)::text = ANY "
                "((ARRAY['x'::character varying, 'y%\\\\:z'::character "
                'varying])::text[])"))\n'
                "op.create_check_constraint(op.f('ck'), 't', sa.text(\"(a)::text <> "
                "'100%'::text\"))"
            ),
        ),
        options={"exact": False},
    ),
    "its table is new": Change(
        users(),
        both(users(), table("t", column("a", Integer, check("a > 0", None)), check("a < 9", "ck"))),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('a', sa.Integer(), nullable=True),\n"
                "sa.CheckConstraint('a < 9', name='ck')\n"
                ")\n"
                "op.create_check_constraint(op.f('t_a_check'), 't', sa.text('a > 0'))"
            ),
            ("op.drop_constraint(op.f('t_a_check'), 't', type_='check')\nop.drop_table('t')"),
        ),
    ),
    "a function of the database takes the place of what it does": Change(
        also(users(check("age > 0")), POSITIVE),
        also(users(check("positive(age)")), POSITIVE),
        Written(
            (
                "op.drop_constraint(op.f('users_age'), 'users', type_='check')\n"
                "op.create_check_constraint('users_age', 'users', sa.text('positive(age)'))"
            ),
            (
                "op.drop_constraint('users_age', 'users', type_='check')\n"
                "op.create_check_constraint(op.f('users_age'), 'users', sa.text('age > 0'))"
            ),
        ),
    ),
}

SAME = {
    "a LIKE with percent": Same(users(check("name LIKE 'a%b'"))),
    "IN becomes ANY": Same(users(check("name IN ('a', 'b')"))),
    "NOT IN, IS DISTINCT FROM": Same(
        users(check("name NOT IN ('a', 'b') AND age IS DISTINCT FROM 1"))
    ),
    "BETWEEN becomes two comparisons": Same(users(check("age BETWEEN 1 AND 9"))),
    "!= becomes <>": Same(users(check("age != 1"))),
    "a regular expression with colons": Same(users(check(r"name ~ '^[[\:alpha\:]]+$'"))),
    "two without a name": Same(users(check("age > 0", None), check("age < 99", None))),
    "two alike without a name": Same(users(check("age > 0", None), check("age > 0", None))),
    "one of a column": Same(table("t", column("a", Integer, check("a > 0", None)))),
    "one of a column, with a name": Same(table("t", column("a", Integer, check("a > 0", "ck")))),
    "several without a name in a restored database": Same(
        users(check("name IN ('a', 'b')", None), check("name IN ('c', 'd')", None)),
        (
            "ALTER TABLE users DROP CONSTRAINT users_name_check",
            "ALTER TABLE users DROP CONSTRAINT users_name_check1",
            "ALTER TABLE users ADD CONSTRAINT other CHECK (((name)::text = ANY"
            " (ARRAY[('c'::character varying)::text, ('d'::character varying)::text])))",
            "ALTER TABLE users ADD CHECK (((name)::text = ANY"
            " (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
        ),
    ),
    "a restored database": Same(
        users(check("name IN ('a', 'b')")),
        (
            "ALTER TABLE users DROP CONSTRAINT users_age",
            "ALTER TABLE users ADD CONSTRAINT users_age CHECK (((name)::text = ANY"
            " (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
        ),
    ),
    "an expression of SQLAlchemy": Same(compared("ck")),
    "columns with the name of their table": Same(users(check("users.age > 0"))),
    "casts": Same(users(check("name::text <> 'a'::varchar AND CAST(age AS bigint) > 0"))),
    "a cast that is no cast": Same(users(check("upper(name) = name"))),
    "CASE": Same(users(check("CASE WHEN age > 1 THEN name <> '' ELSE true END"))),
    "arithmetic and spaces": Same(users(check("( (age+1)*2 ) >= -1"))),
    "names with quotes, dots and percents": Same(
        table('a "b" 1.5%', column('c "d" 7.%'), check('"c ""d"" 7.%" > 0', 'e "f" 100% .'))
    ),
    "a name in capitals": Same(users(check("age > 0", "Users_Age"))),
    "a convention": Same(convention(users(check("age > 0", "age")), ck=NAMES)),
    "a convention and an enum": Same(convention(table("t", column("a", values("x"))), ck=NAMES)),
    "a convention whose names are cut": Same(
        convention(users(check("age > 0", "age")), ck="ck_" + "x" * 60 + "%(constraint_name)s")
    ),
    "an enum with its type": Same(
        table("t", column("a", sa.Enum("x", "y", name="e", create_constraint=True)))
    ),
    "an enum without a type": Same(table("t", column("a", values("x", "y")))),
    "a boolean": Same(table("t", column("a", sa.Boolean(name="b", create_constraint=True)))),
    "not valid, as the models say": Same(
        users(check("age > 0", postgresql_not_valid=True)),
        (
            "ALTER TABLE users DROP CONSTRAINT users_age",
            "ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0) NOT VALID",
        ),
    ),
    "not valid in the models, and validated": Same(
        users(check("age > 0", postgresql_not_valid=True))
    ),
    "the default schema, said": Same(users(check("age > 0", None), schema="public")),
    "a partitioned table": Same(
        users(check("age > 0"), name="p", postgresql_partition_by="LIST (id)"),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",),
        options={"include_name": lambda name, type_, _: name != "p1"},
    ),
    "a table that inherits": Same(
        users(check("age > 0")),
        ("CREATE TABLE child () INHERITS (users)",),
        options={"include_name": lambda name, type_, _: name != "child"},
    ),
    "somebody has typed it": Same(
        both(users(), ddl("ALTER TABLE users ADD CONSTRAINT typed CHECK (age > 0) NO INHERIT"))
    ),
    "alembic's own comparison by name": Same(
        users(check("age > 0", None), check("name IN ('a')", "x")),
        options={"plugins": BYNAME},
    ),
    "casts of texts that the server did not write": Same(
        users(check("name IN ('a', 'b')")),
        sql=(
            "ALTER TABLE users DROP CONSTRAINT users_age, ADD CONSTRAINT users_age"
            " CHECK (name::text = ANY (ARRAY['a'::text, 'b'::text]))",
        ),
    ),
    "conditions in other parentheses": Same(
        users(check("age > 0 AND age < 9 AND (name = 'a' OR name IS NOT NULL)")),
        sql=(
            "ALTER TABLE users DROP CONSTRAINT users_age, ADD CONSTRAINT users_age"
            " CHECK (age > 0 AND (age < 9 AND (name = 'a' OR NOT (name IS NULL))))",
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    row = CHANGES[case]
    found = migrated(
        empty,
        row.before,
        row.after,
        sql_before=row.sql_before,
        sql_after=row.sql_after,
        **row.options,
    )
    assert found == row.expected


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    row = SAME[case]
    if row.options.get("plugins") is BYNAME:
        pytest.importorskip("alembic.ext.checkconstraint_byname")  # Alembic 1.19
    assert unchanged(empty, row.state, row.sql, **row.options) == Written("", "")
