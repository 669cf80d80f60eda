"""Unique constraints: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.autogenerate.changes import Written, migrated, unchanged
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


def unique(*columns: str, name: str | None = "uq", **options: Any) -> Item:
    return lambda: sa.UniqueConstraint(*columns, name=name, **options)


CHANGES = {
    "one is added": Change(
        users(),
        users(unique("email")),
        Written(
            ("op.create_unique_constraint('uq', 'users', ['email'])"),
            ("op.drop_constraint('uq', 'users', type_='unique')"),
        ),
    ),
    "one is dropped": Change(
        users(unique("email")),
        users(),
        Written(
            ("op.drop_constraint(op.f('uq'), 'users', type_='unique')"),
            ("op.create_unique_constraint(op.f('uq'), 'users', ['email'])"),
        ),
    ),
    "its columns change": Change(
        users(unique("email")),
        users(unique("email", "name")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email', 'name'])"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])"
            ),
        ),
    ),
    "the order of its columns changes": Change(
        users(unique("email", "name")),
        users(unique("name", "email")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['name', 'email'])"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email', 'name'])"
            ),
        ),
    ),
    "it becomes deferrable": Change(
        users(unique("email")),
        users(unique("email", deferrable=True, initially="DEFERRED")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email'], deferrable=True, "
                "initially='DEFERRED')"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])"
            ),
        ),
    ),
    "it is deferrable no more": Change(
        users(unique("email", deferrable=True)),
        users(unique("email")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email'])"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'], deferrable=True)"
            ),
        ),
    ),
    "nulls become alike": Change(
        users(unique("email")),
        users(unique("email", postgresql_nulls_not_distinct=True)),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email'], "
                "postgresql_nulls_not_distinct=True)"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])"
            ),
        ),
    ),
    "it includes a column": Change(
        users(unique("email")),
        users(unique("email", postgresql_include=["name"])),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.execute('ALTER TABLE users ADD CONSTRAINT uq UNIQUE (email) INCLUDE (name)')"
            ),
            (
                "op.execute('ALTER TABLE users DROP CONSTRAINT uq')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])"
            ),
        ),
    ),
    "it includes no column any more": Change(
        users(unique("email", postgresql_include=["name"])),
        users(unique("email")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email'])"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.execute('ALTER TABLE users ADD CONSTRAINT uq UNIQUE (email) INCLUDE (name)')"
            ),
        ),
    ),
    "it is renamed": Change(
        users(unique("email", name="old")),
        users(unique("email")),
        Written(
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT \"old\" TO uq')"),
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT uq TO \"old\"')"),
        ),
    ),
    "it is renamed to what must be quoted": Change(
        users(unique("email")),
        users(unique("email", name='The "one" %.')),
        Written(
            ('op.execute(\'ALTER TABLE users RENAME CONSTRAINT uq TO "The ""one"" %."\')'),
            ('op.execute(\'ALTER TABLE users RENAME CONSTRAINT "The ""one"" %." TO uq\')'),
        ),
    ),
    "it is renamed and deferrable": Change(
        users(unique("email", name="old")),
        users(unique("email", deferrable=True)),
        Written(
            (
                "op.drop_constraint(op.f('old'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['email'], deferrable=True)"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('old'), 'users', ['email'])"
            ),
        ),
    ),
    "two names are swapped": Change(
        users(unique("email", name="a"), unique("name", name="b")),
        users(unique("email", name="b"), unique("name", name="a")),
        Written(
            (
                "op.drop_constraint(op.f('a'), 'users', type_='unique')\n"
                "op.drop_constraint(op.f('b'), 'users', type_='unique')\n"
                "op.create_unique_constraint('a', 'users', ['name'])\n"
                "op.create_unique_constraint('b', 'users', ['email'])"
            ),
            (
                "op.drop_constraint('b', 'users', type_='unique')\n"
                "op.drop_constraint('a', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('b'), 'users', ['name'])\n"
                "op.create_unique_constraint(op.f('a'), 'users', ['email'])"
            ),
        ),
    ),
    "one without a name is added": Change(
        users(),
        users(unique("email", "name", name=None)),
        Written(
            (
                "op.create_unique_constraint(op.f('users_email_name_key'), 'users', ['email', "
                "'name'])"
            ),
            ("op.drop_constraint(op.f('users_email_name_key'), 'users', type_='unique')"),
        ),
    ),
    "one without a name is dropped": Change(
        users(unique("email", name=None)),
        users(),
        Written(
            ("op.drop_constraint(op.f('users_email_key'), 'users', type_='unique')"),
            ("op.create_unique_constraint(op.f('users_email_key'), 'users', ['email'])"),
        ),
    ),
    "a column without a name for it becomes unique": Change(
        both(table("t", column("a"))),
        both(table("t", column("a", unique=True))),
        Written(
            ("op.create_unique_constraint(op.f('t_a_key'), 't', ['a'])"),
            ("op.drop_constraint(op.f('t_a_key'), 't', type_='unique')"),
        ),
    ),
    "one without a name gets another column": Change(
        users(unique("email", name=None)),
        users(unique("email", "age", name=None)),
        Written(
            (
                "op.drop_constraint(op.f('users_email_key'), 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('users_email_age_key'), 'users', ['email', "
                "'age'])"
            ),
            (
                "op.drop_constraint(op.f('users_email_age_key'), 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('users_email_key'), 'users', ['email'])"
            ),
        ),
    ),
    "a convention names it": Change(
        users(unique("email", name=None)),
        convention(users(unique("email", name=None)), uq="uq_%(table_name)s_%(column_0_name)s"),
        Written(
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT users_email_key TO uq_users_email')"),
            ("op.execute('ALTER TABLE users RENAME CONSTRAINT uq_users_email TO users_email_key')"),
        ),
    ),
    "a convention around the name that it has": Change(
        users(),
        convention(users(unique("email")), uq="uq_%(table_name)s_%(constraint_name)s"),
        Written(
            ("op.create_unique_constraint(op.f('uq_users_uq'), 'users', ['email'])"),
            ("op.drop_constraint(op.f('uq_users_uq'), 'users', type_='unique')"),
        ),
    ),
    "it comes with its column": Change(
        table("t", column("a")),
        table("t", column("a"), column("b"), unique("b")),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.create_unique_constraint('uq', 't', ['b'])"
            ),
            ("op.drop_constraint('uq', 't', type_='unique')\nop.drop_column('t', 'b')"),
        ),
    ),
    "it goes with its column": Change(
        table("t", column("a"), column("b"), unique("a", "b")),
        table("t", column("a")),
        Written(
            ("op.drop_constraint(op.f('uq'), 't', type_='unique')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.create_unique_constraint(op.f('uq'), 't', ['a', 'b'])"
            ),
        ),
    ),
    "its column changes type": Change(
        table("t", column("a"), unique("a", postgresql_include=[])),
        table("t", column("a", sa.BigInteger), unique("a", deferrable=True)),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 't', type_='unique')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.create_unique_constraint('uq', 't', ['a'], deferrable=True)"
            ),
            (
                "op.drop_constraint('uq', 't', type_='unique')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.create_unique_constraint(op.f('uq'), 't', ['a'])"
            ),
        ),
    ),
    "in another schema": Change(
        in_schema("app", users(schema="app")),
        in_schema("app", users(unique("email"), schema="app")),
        Written(
            ("op.create_unique_constraint('uq', 'users', ['email'], schema='app')"),
            ("op.drop_constraint('uq', 'users', schema='app', type_='unique')"),
        ),
        options={"include_schemas": True},
    ),
    "it becomes an index": Change(
        users(unique("email")),
        users(lambda: sa.Index("uq", "email", unique=True)),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_index('uq', 'users', ['email'], unique=True)"
            ),
            (
                "op.drop_index('uq', table_name='users')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])"
            ),
        ),
    ),
    "an index becomes one": Change(
        users(lambda: sa.Index("uq", "email", unique=True)),
        users(unique("email")),
        Written(
            (
                "op.drop_index(op.f('uq'), table_name='users')\n"
                "op.create_unique_constraint('uq', 'users', ['email'])"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_index(op.f('uq'), 'users', ['email'], unique=True)"
            ),
        ),
    ),
    "it gets a comment": Change(
        users(unique("email")),
        users(unique("email", comment="it's 100% :one")),
        Written(
            ("op.execute(\"COMMENT ON CONSTRAINT uq ON users IS 'it''s 100% \\\\:one'\")"),
            ("op.execute('COMMENT ON CONSTRAINT uq ON users IS NULL')"),
        ),
    ),
    "its comment changes with it": Change(
        users(unique("email", comment="a")),
        users(unique("name", comment="b")),
        Written(
            (
                "op.drop_constraint(op.f('uq'), 'users', type_='unique')\n"
                "op.create_unique_constraint('uq', 'users', ['name'])\n"
                "op.execute(\"COMMENT ON CONSTRAINT uq ON users IS 'b'\")"
            ),
            (
                "op.drop_constraint('uq', 'users', type_='unique')\n"
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])\n"
                "op.execute(\"COMMENT ON CONSTRAINT uq ON users IS 'a'\")"
            ),
        ),
    ),
    "it has a comment and is dropped": Change(
        users(unique("email", comment="a")),
        users(),
        Written(
            ("op.drop_constraint(op.f('uq'), 'users', type_='unique')"),
            (
                "op.create_unique_constraint(op.f('uq'), 'users', ['email'])\n"
                "op.execute(\"COMMENT ON CONSTRAINT uq ON users IS 'a'\")"
            ),
        ),
    ),
    "somebody has typed it": Change(
        users(),
        both(users(), ddl("ALTER TABLE users ADD CONSTRAINT typed UNIQUE (name, age)")),
        Written(
            ("op.execute('ALTER TABLE users ADD CONSTRAINT typed UNIQUE (name, age)')"),
            ("op.execute('ALTER TABLE users DROP CONSTRAINT typed')"),
        ),
    ),
    "a name that PostgreSQL chooses and cuts": Change(
        table("t" * 60, column("c" * 40)),
        table("t" * 60, column("c" * 40), unique("c" * 40, name=None)),
        Written(
            (
                "op.create_unique_constraint(op.f('ttttttttttttttttttttttttttttt_ccccccccccccccccccccccccccccc_key'),"
                " 'tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt', "
                "['cccccccccccccccccccccccccccccccccccccccc'])"
            ),
            (
                "op.drop_constraint(op.f('ttttttttttttttttttttttttttttt_ccccccccccccccccccccccccccccc_key'),"
                " 'tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt', type_='unique')"
            ),
        ),
    ),
    "a name that is cut within a letter": Change(
        users(),
        users(unique("email", name="é" * 40)),
        Written(
            (
                "op.create_unique_constraint('éééééééééééééééééééééééééééééééééééééééé', 'users',"
                " ['email'])"
            ),
            (
                "op.drop_constraint('éééééééééééééééééééééééééééééééééééééééé', 'users', "
                "type_='unique')"
            ),
        ),
    ),
    "a convention whose name is too long": Change(
        users(),
        convention(users(unique("email", name=None)), uq="uq_" + "x" * 70 + "%(column_0_name)s"),
        Written(
            (
                "op.create_unique_constraint(op.f('uq_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxemail'),"
                " 'users', ['email'])"
            ),
            (
                "op.drop_constraint(op.f('uq_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxemail'),"
                " 'users', type_='unique')"
            ),
        ),
    ),
}

SAME = {
    "named": Same(users(unique("email"))),
    "unnamed": Same(users(unique("email", name=None))),
    "unnamed in the models, named in the database": Same(
        users(unique("email", name=None)),
        ("ALTER TABLE users RENAME CONSTRAINT users_email_key TO anything",),
    ),
    "two unnamed": Same(users(unique("email", name=None), unique("name", name=None))),
    "a column that is unique": Same(table("t", column("a", unique=True))),
    "a primary key that is unique too": Same(
        table("t", column("a", primary_key=True, unique=True))
    ),
    "a column with another key": Same(
        table("t", column("a", key="b"), lambda: sa.UniqueConstraint("b", name="uq"))
    ),
    "deferrable": Same(users(unique("email", deferrable=True, initially="DEFERRED"))),
    "nulls not distinct": Same(users(unique("email", postgresql_nulls_not_distinct=True))),
    "nulls distinct, said": Same(users(unique("email", postgresql_nulls_not_distinct=False))),
    "with columns included": Same(users(unique("email", postgresql_include=["name"]))),
    "a convention": Same(
        convention(users(unique("email", name=None)), uq="uq_%(table_name)s_%(column_0_name)s")
    ),
    "a convention whose names are too long": Same(
        convention(users(unique("email", name=None)), uq="uq_" + "x" * 70 + "%(column_0_name)s")
    ),
    "names with quotes, dots and percents": Same(
        table('a "b" 1.5%', column('c "d" 7.%'), unique('c "d" 7.%', name='e "f" 100% .'))
    ),
    "in another schema": Same(
        in_schema(
            "app",
            both(users(unique("email", name=None), schema="app"), users(unique("name", name=None))),
        )
    ),
    "the default schema, said": Same(users(unique("email", name=None), schema="public")),
    "a comment": Same(users(unique("email", comment="it's 100% :one"))),
    "typed, with storage parameters": Same(
        both(users(), ddl("ALTER TABLE users ADD CONSTRAINT u UNIQUE (name) WITH (fillfactor=70)"))
    ),
    "long names that PostgreSQL cuts": Same(
        table("t" * 60, column("c" * 40), unique("c" * 40, name=None))
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
    assert unchanged(empty, row.state, row.sql, **row.options) == Written("", "")
