"""Domains: a table of changes, and a table of what is no change."""

# ruff: noqa: E501 - what is written is asserted as it stands

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql

from tests.autogenerate.changes import State, Written, migrated, unchanged


def users(name: str = "email", base: Any = None, **options: Any) -> State:
    """A table with a column of a domain."""

    def state(metadata: MetaData) -> None:
        type_ = postgresql.DOMAIN(name, base or sa.Text(), **options)
        Table("users", metadata, Column("id", Integer), Column("email", type_))

    return state


def typed(*statements: str) -> State:
    """A table, and domains that somebody typed."""

    def state(metadata: MetaData) -> None:
        Table("users", metadata, Column("id", Integer))
        for each in statements:
            ddl = sa.DDL(each.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "before_create", ddl)

    return state


def plain(metadata: MetaData) -> None:
    """A table without one."""
    Table("users", metadata, Column("id", Integer))


def counted(metadata: MetaData) -> None:
    """A table more, with a domain that has a default."""
    plain(metadata)
    type_ = postgresql.DOMAIN("d", sa.Integer(), default="1", not_null=True)
    Table("t", metadata, Column("x", type_))


def nothing(metadata: MetaData) -> None:
    """No table at all."""


AT = sa.text("VALUE LIKE '%@%'")
LONG = sa.text("length(VALUE) > 5")

CHANGES: dict[str, Any] = {
    "one comes with a column": (
        plain,
        users(check=AT),
        Written(
            "op.execute(\"CREATE DOMAIN email AS TEXT CHECK (VALUE LIKE '%@%')\")\n"
            "op.add_column('users', sa.Column('email', postgresql.DOMAIN('email', sa.Text(), create_type=False), nullable=True))",
            "op.drop_column('users', 'email')\nop.execute('DROP DOMAIN email')",
        ),
    ),
    "one comes with a table": (
        nothing,
        users(not_null=True, default="it's"),
        Written(
            "op.execute(\"CREATE DOMAIN email AS TEXT DEFAULT 'it''s' NOT NULL\")\n"
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=True),\n"
            "sa.Column('email', postgresql.DOMAIN('email', sa.Text(), create_type=False), nullable=True)\n"
            ")",
            "op.drop_table('users')\nop.execute('DROP DOMAIN email')",
        ),
    ),
    "one that is typed comes": (
        typed(),
        typed("CREATE DOMAIN port AS integer CHECK (VALUE BETWEEN 1 AND 65535)"),
        Written(
            "op.execute('CREATE DOMAIN port AS integer CHECK (VALUE BETWEEN 1 AND 65535)')",
            "op.execute('DROP DOMAIN port')",
        ),
    ),
    "one with an odd name comes": (
        plain,
        users('Odd "a%b', check=AT),
        Written(
            "op.execute('CREATE DOMAIN \"Odd \"\"a%b\" AS TEXT CHECK (VALUE LIKE \\'%@%\\')')\n"
            "op.add_column('users', sa.Column('email', postgresql.DOMAIN('Odd \"a%b', sa.Text(), create_type=False), nullable=True))",
            "op.drop_column('users', 'email')\nop.execute('DROP DOMAIN \"Odd \"\"a%b\"')",
        ),
    ),
    "it becomes NOT NULL": (
        users(),
        users(not_null=True),
        Written(
            "op.execute('ALTER DOMAIN email SET NOT NULL')",
            "op.execute('ALTER DOMAIN email DROP NOT NULL')",
        ),
    ),
    "it becomes nullable": (
        users(not_null=True),
        users(),
        Written(
            "op.execute('ALTER DOMAIN email DROP NOT NULL')",
            "op.execute('ALTER DOMAIN email SET NOT NULL')",
        ),
    ),
    "it gets a default": (
        users(),
        users(default="it's"),
        Written(
            "op.execute(\"ALTER DOMAIN email SET DEFAULT 'it''s'::text\")",
            "op.execute('ALTER DOMAIN email DROP DEFAULT')",
        ),
    ),
    "it gets another default": (
        users(default="a"),
        users(default="b"),
        Written(
            "op.execute(\"ALTER DOMAIN email SET DEFAULT 'b'::text\")",
            "op.execute(\"ALTER DOMAIN email SET DEFAULT 'a'::text\")",
        ),
    ),
    "it loses its default": (
        users(default="x:y"),
        users(),
        Written(
            "op.execute('ALTER DOMAIN email DROP DEFAULT')",
            "op.execute(\"ALTER DOMAIN email SET DEFAULT 'x:y'::text\")",
        ),
    ),
    "it gets a check": (
        users(),
        users(check=AT, constraint_name="email_at"),
        Written(
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT email_at CHECK ((VALUE ~~ '%@%'::text))\")",
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT email_at')",
        ),
    ),
    "it gets a check without a name": (
        users(),
        users(check=AT),
        Written(
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT email_check CHECK ((VALUE ~~ '%@%'::text))\")",
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT email_check')",
        ),
    ),
    "it loses its check": (
        users(check=AT),
        users(),
        Written(
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT email_check')",
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT email_check CHECK ((VALUE ~~ '%@%'::text))\")",
        ),
    ),
    "its check changes": (
        users(check=AT),
        users(check=LONG),
        Written(
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT email_check')\n"
            "op.execute('ALTER DOMAIN email ADD CONSTRAINT email_check CHECK ((length(VALUE) > 5))')",
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT email_check')\n"
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT email_check CHECK ((VALUE ~~ '%@%'::text))\")",
        ),
    ),
    "its check gets another name": (
        users(check=AT, constraint_name="one"),
        users(check=AT, constraint_name="two"),
        Written(
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT one')\n"
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT two CHECK ((VALUE ~~ '%@%'::text))\")",
            "op.execute('ALTER DOMAIN email DROP CONSTRAINT two')\n"
            "op.execute(\"ALTER DOMAIN email ADD CONSTRAINT one CHECK ((VALUE ~~ '%@%'::text))\")",
        ),
    ),
    "its base type changes": (
        users(base=sa.String(10)),
        users(base=sa.String(20), check=AT),
        Written(
            "op.execute('ALTER DOMAIN email RENAME TO email_old')\n"
            "op.execute(\"CREATE DOMAIN email AS VARCHAR(20) CHECK (VALUE LIKE '%@%')\")\n"
            "op.execute('ALTER TABLE users ALTER COLUMN email TYPE email USING email::text::email')\n"
            "op.execute('DROP DOMAIN email_old')",
            "op.execute('ALTER DOMAIN email RENAME TO email_old')\n"
            "op.execute('CREATE DOMAIN email AS character varying(10)')\n"
            "op.execute('ALTER TABLE users ALTER COLUMN email TYPE email USING email::text::email')\n"
            "op.execute('DROP DOMAIN email_old')",
        ),
    ),
    "an odd one changes": (
        users('Odd "a%b'),
        users('Odd "a%b', not_null=True),
        Written(
            'op.execute(\'ALTER DOMAIN "Odd ""a%b" SET NOT NULL\')',
            'op.execute(\'ALTER DOMAIN "Odd ""a%b" DROP NOT NULL\')',
        ),
    ),
    "it goes with its column": (
        users(check=AT, default="x@y", not_null=True),
        plain,
        Written(
            "op.drop_column('users', 'email')\nop.execute('DROP DOMAIN email')",
            "op.execute(\"CREATE DOMAIN email AS text DEFAULT 'x@y'::text NOT NULL CONSTRAINT email_check CHECK ((VALUE ~~ '%@%'::text))\")\n"
            "op.add_column('users', sa.Column('email', postgresql.DOMAIN('email', sa.TEXT(collation='default'), create_type=False), autoincrement=False, nullable=True))",
        ),
    ),
    "it goes with its table": (
        counted,
        plain,
        Written(
            "op.drop_table('t')\nop.execute('DROP DOMAIN d')",
            "op.execute('CREATE DOMAIN d AS integer DEFAULT 1 NOT NULL')\n"
            "op.create_table('t',\n"
            "sa.Column('x', postgresql.DOMAIN('d', sa.INTEGER(), create_type=False), autoincrement=False, nullable=True)\n"
            ")",
        ),
    ),
    "a column becomes one": (
        lambda metadata: Table(
            "users", metadata, Column("id", Integer), Column("email", sa.Text())
        ),
        users(check=AT),
        Written(
            "op.execute(\"CREATE DOMAIN email AS TEXT CHECK (VALUE LIKE '%@%')\")\n"
            "op.alter_column('users', 'email',\n"
            "           existing_type=sa.TEXT(),\n"
            "           type_=postgresql.DOMAIN('email', sa.Text(), check=\"VALUE LIKE '%@%'\"),\n"
            "           existing_nullable=True)",
            "op.alter_column('users', 'email',\n"
            "           existing_type=postgresql.DOMAIN('email', sa.Text(), check=\"VALUE LIKE '%@%'\"),\n"
            "           type_=sa.TEXT(),\n"
            "           existing_nullable=True)\n"
            "op.execute('DROP DOMAIN email')",
        ),
    ),
    "one of two that are typed goes": (
        typed("CREATE DOMAIN port AS integer", "CREATE DOMAIN host AS text"),
        typed("CREATE DOMAIN host AS text"),
        Written(
            "op.execute('DROP DOMAIN port')",
            "op.execute('CREATE DOMAIN port AS integer')",
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
    "one": (users(), ()),
    "one with everything": (
        users(check=AT, not_null=True, default="it's", constraint_name="c"),
        (),
    ),
    "one with a check that is written otherwise": (users(check=sa.text("VALUE IN ('a', 'b')")), ()),
    "one with a check that was restored": (
        users(check=sa.text("VALUE IN ('a', 'b')"), constraint_name="c"),
        (
            "ALTER DOMAIN email DROP CONSTRAINT c",
            "ALTER DOMAIN email ADD CONSTRAINT c CHECK (((VALUE)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
            "ALTER DOMAIN email DROP CONSTRAINT c",
            "ALTER DOMAIN email ADD CONSTRAINT c CHECK ((VALUE = ANY (ARRAY['a'::text, 'b'::text])))",
        ),
    ),
    "a check that has another name in the database": (
        users(check=AT),
        ("ALTER DOMAIN email RENAME CONSTRAINT email_check TO at",),
    ),
    "one with an odd name": (users('Odd "a%b', check=AT), ()),
    "one that is typed": (typed("CREATE DOMAIN port AS integer DEFAULT 80 CHECK (VALUE > 0)"), ()),
    "one that nobody declares": (plain, ("CREATE DOMAIN free AS text",)),
    "a comment that only the database has": (users(), ("COMMENT ON DOMAIN email IS 'x'",)),
    "one with a length": (users(base=sa.String(20)), ()),
    "one with a precision": (users(base=sa.Numeric(10, 2)), ()),
    "one with a collation": (users(base=sa.Text(), collation="C"), ()),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
