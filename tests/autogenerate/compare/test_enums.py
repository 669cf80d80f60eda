"""Enums: a table of changes, and a table of what is no change."""

# ruff: noqa: E501 - what is written is asserted as it stands
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.column_states import also

LONG = "a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_x"[:63]


def orders(*labels: str, name: str = "status", default: str | None = None, **options: Any) -> State:
    """A table with a column of an enum."""

    def state(metadata: MetaData) -> None:
        Table(
            "orders",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("state", sa.Enum(*labels, name=name, **options), server_default=default),
        )

    return state


def with_items(*items: Callable[[], Any], more: Any = None) -> State:
    """The table with an id and more, and more tables."""

    def state(metadata: MetaData) -> None:
        made = [item() for item in items]
        Table("orders", metadata, Column("id", Integer, primary_key=True), *made)
        if more is not None:
            more(metadata)

    return state


def column(*labels: str, name: str = "state", type_name: str = "status", **options: Any) -> Any:
    """A column of an enum."""
    return lambda: Column(name, sa.Enum(*labels, name=type_name), **options)


def array(*labels: str, **options: Any) -> Any:
    """A column of an array of an enum."""
    return lambda: Column("states", postgresql.ARRAY(sa.Enum(*labels, name="status")), **options)


def generated(*labels: str) -> State:
    """A table with an enum, and a column that reads it, with an index and a comment."""
    return with_items(
        column(*labels),
        lambda: Column(
            "closed", sa.Boolean, sa.Computed("state = 'c'", persisted=True), comment="it's over"
        ),
        lambda: sa.Index("orders_closed", "closed"),
    )


NEXT = (
    "CREATE FUNCTION next(s status, d status[] DEFAULT '{a}') RETURNS status LANGUAGE sql"
    " AS $$ SELECT $1 $$"
)
KEPT = "CREATE FUNCTION kept() RETURNS integer LANGUAGE sql AS 'SELECT 1'"


def check(text: str) -> Callable[[], Any]:
    """A CHECK constraint."""
    return lambda: sa.CheckConstraint(text, name="orders_state")


def partial(where: str) -> Callable[[], Any]:
    """An index with a predicate."""
    return lambda: sa.Index("orders_open", "id", postgresql_where=sa.text(where))


def table(name: str, *labels: str, schema: str | None = None, **options: Any) -> State:
    """A table of nothing but an enum."""

    def state(metadata: MetaData) -> None:
        type_ = sa.Enum(*labels, name="status", schema=schema)
        Table(name, metadata, Column("state", type_), schema=schema, **options)

    return state


def both(*states: State) -> State:
    """Several states in one."""

    def state(metadata: MetaData) -> None:
        for each in states:
            each(metadata)

    return state


def odd(*labels: str) -> State:
    """Names that have to be quoted."""

    def state(metadata: MetaData) -> None:
        type_ = sa.Enum(*labels, name='Odd "name"%s')
        Table(
            "order",
            metadata,
            Column("User", type_, server_default="a" if "a" in labels else labels[0]),
        )

    return state


def viewed(*labels: str) -> State:
    """A view that reads the column."""

    def state(metadata: MetaData) -> None:
        orders(*labels)(metadata)
        view = sa.DDL(f"CREATE VIEW v AS SELECT id FROM orders WHERE state <> '{labels[1]}'")  # type: ignore[no-untyped-call]
        sa.event.listen(metadata, "after_create", view)

    return state


def kept_view(metadata: MetaData) -> None:
    """A view of nothing: views are managed once one is declared."""
    view = sa.DDL("CREATE VIEW kept AS SELECT 1 AS one")  # type: ignore[no-untyped-call]
    sa.event.listen(metadata, "after_create", view)


class Decorated(sa.TypeDecorator[str]):
    """A type of a project's own over an enum."""

    impl = sa.Enum("a", "b", name="status")
    cache_ok = True


def decorated(metadata: MetaData) -> None:
    Table("orders", metadata, Column("id", Integer), Column("state", Decorated()))


def bound(metadata: MetaData) -> None:
    type_ = sa.Enum("a", "b", name="status", metadata=metadata)
    Table("orders", metadata, Column("id", Integer), Column("state", type_))


def nothing(metadata: MetaData) -> None:
    """No table at all."""


def ids(metadata: MetaData) -> None:
    Table("orders", metadata, Column("id", Integer))


CHANGES = {
    "it comes with a column": (
        with_items(),
        orders("a", "b"),
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', 'b', name='status', create_type=False), nullable=True))",
            "op.drop_column('orders', 'state')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes with a table": (
        nothing,
        table("orders", "a", "b"),
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.create_table('orders',\n"
            "sa.Column('state', postgresql.ENUM('a', 'b', name='status', create_type=False), nullable=True)\n"
            ")",
            "op.drop_table('orders')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes with two tables": (
        nothing,
        both(table("one", "a"), table("two", "a")),
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.create_table('one',\n"
            "sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), nullable=True)\n"
            ")\n"
            "op.create_table('two',\n"
            "sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), nullable=True)\n"
            ")",
            "op.drop_table('two')\nop.drop_table('one')\nop.execute('DROP TYPE status')",
        ),
    ),
    "a table comes for one that is there": (
        table("one", "a"),
        both(table("one", "a"), table("two", "a")),
        Written(
            "op.create_table('two',\n"
            "sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), nullable=True)\n"
            ")",
            "op.drop_table('two')",
        ),
    ),
    "it comes with a column of an array": (
        with_items(),
        with_items(array("a", "b")),
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('states', postgresql.ARRAY(postgresql.ENUM('a', 'b', name='status', create_type=False)), nullable=True))",
            "op.drop_column('orders', 'states')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes with a table of an array": (
        nothing,
        lambda metadata: Table("t", metadata, array("a")()),
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.create_table('t',\n"
            "sa.Column('states', postgresql.ARRAY(postgresql.ENUM('a', name='status', create_type=False)), nullable=True)\n"
            ")",
            "op.drop_table('t')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes under a type of the project": (
        ids,
        decorated,
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', 'b', name='status', create_type=False), nullable=True))",
            "op.drop_column('orders', 'state')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes with a MetaData of its own": (
        ids,
        bound,
        Written(
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', 'b', name='status', create_type=False), nullable=True))",
            "op.drop_column('orders', 'state')\nop.execute('DROP TYPE status')",
        ),
    ),
    "it comes with quotes and percent signs": (
        nothing,
        odd("it's", "a%b", "x:y", ":z", '"', "A\\b", "\\:c"),
        Written(
            "op.execute('CREATE TYPE \"Odd \"\"name\"\"%s\" AS ENUM (\\'it\\'\\'s\\', \\'a%b\\', \\'x:y\\', \\'\\\\:z\\', \\'\"\\', \\'A\\\\b\\', \\'\\\\\\\\:c\\')')\n"
            "op.create_table('order',\n"
            "sa.Column('User', postgresql.ENUM(\"it's\", 'a%b', 'x:y', ':z', '\"', 'A\\\\b', '\\\\:c', name='Odd \"name\"%s', create_type=False), server_default=\"it's\", nullable=True)\n"
            ")",
            'op.drop_table(\'order\')\nop.execute(\'DROP TYPE "Odd ""name""%s"\')',
        ),
    ),
    "two come at once": (
        with_items(),
        with_items(column("a"), column("b", name="kind", type_name="Kind")),
        Written(
            "op.execute('CREATE TYPE \"Kind\" AS ENUM (\\'b\\')')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), nullable=True))\n"
            "op.add_column('orders', sa.Column('kind', postgresql.ENUM('b', name='Kind', create_type=False), nullable=True))",
            "op.drop_column('orders', 'kind')\n"
            "op.drop_column('orders', 'state')\n"
            "op.execute('DROP TYPE status')\n"
            "op.execute('DROP TYPE \"Kind\"')",
        ),
    ),
    "a value at the end": (
        orders("a", "b"),
        orders("a", "b", "c"),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'c'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value in front": (
        orders("a", "b"),
        orders("z", "a", "b"),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'z' BEFORE 'a'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value between others": (
        orders("a", "c"),
        orders("a", "b", "c"),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'b' AFTER 'a'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "values at every place": (
        orders("b", "d"),
        orders("a", "b", "c", "d", "e", "f"),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'a' BEFORE 'b'\")\n"
            "op.execute(\"ALTER TYPE status ADD VALUE 'c' AFTER 'b'\")\n"
            "op.execute(\"ALTER TYPE status ADD VALUE 'e'\")\n"
            "op.execute(\"ALTER TYPE status ADD VALUE 'f'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('b', 'd')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "values with quotes and percent signs": (
        odd("a"),
        odd("a", "it's", "a%b", "x:y", ":z", "\\"),
        Written(
            "op.execute('ALTER TYPE \"Odd \"\"name\"\"%s\" ADD VALUE \\'it\\'\\'s\\'')\n"
            'op.execute(\'ALTER TYPE "Odd ""name""%s" ADD VALUE \\\'a%b\\\'\')\n'
            'op.execute(\'ALTER TYPE "Odd ""name""%s" ADD VALUE \\\'x:y\\\'\')\n'
            'op.execute(\'ALTER TYPE "Odd ""name""%s" ADD VALUE \\\'\\\\:z\\\'\')\n'
            'op.execute(\'ALTER TYPE "Odd ""name""%s" ADD VALUE \\\'\\\\\\\'\')',
            'op.execute(\'ALTER TYPE "Odd ""name""%s" RENAME TO "Odd ""name""%s_old"\')\n'
            'op.execute(\'CREATE TYPE "Odd ""name""%s" AS ENUM (\\\'a\\\')\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" DROP DEFAULT\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" TYPE "Odd ""name""%s" USING "User"::text::"Odd ""name""%s"\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" SET DEFAULT \\\'a\\\'::"Odd ""name""%s"\')\n'
            'op.execute(\'DROP TYPE "Odd ""name""%s_old"\')',
        ),
    ),
    "a value is used at once": (
        with_items(column("a")),
        with_items(column("a", "c"), check("state <> 'c'")),
        Written(
            "with op.get_context().autocommit_block():\n"
            "    op.execute(\"ALTER TYPE status ADD VALUE IF NOT EXISTS 'c'\")\n"
            "\n"
            "op.create_check_constraint('orders_state', 'orders', sa.text(\"state <> 'c'\"))",
            "op.drop_constraint('orders_state', 'orders', type_='check')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is used as the default at once": (
        orders("a", "b"),
        orders("a", "b", "c", default="c"),
        Written(
            "with op.get_context().autocommit_block():\n"
            "    op.execute(\"ALTER TYPE status ADD VALUE IF NOT EXISTS 'c'\")\n"
            "\n"
            "op.alter_column('orders', 'state',\n"
            "           existing_type=postgresql.ENUM('a', 'b', name='status'),\n"
            "           existing_nullable=True,\n"
            "           server_default='c')",
            "op.alter_column('orders', 'state',\n"
            "           existing_type=postgresql.ENUM('a', 'b', name='status'),\n"
            "           existing_nullable=True,\n"
            "           server_default=None)\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is removed that was the default": (
        orders("a", "b", "c", default="c"),
        orders("a", "b", default="a"),
        Written(
            "op.alter_column('orders', 'state',\n"
            "           existing_type=postgresql.ENUM('a', 'b', 'c', name='status'),\n"
            "           existing_nullable=True,\n"
            "           server_default='a')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'a'::status\")\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'a'::status\")\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.alter_column('orders', 'state',\n"
            "           existing_type=postgresql.ENUM('a', 'b', 'c', name='status'),\n"
            "           existing_nullable=True,\n"
            "           server_default=sa.text(\"'c'::status\"))",
        ),
    ),
    "a value is used by an index at once": (
        with_items(column("a")),
        with_items(column("a", "it's"), partial("state = 'it''s'")),
        Written(
            "with op.get_context().autocommit_block():\n"
            "    op.execute(\"ALTER TYPE status ADD VALUE IF NOT EXISTS 'it''s'\")\n"
            "\n"
            "op.create_index('orders_open', 'orders', ['id'], unique=False, postgresql_where=sa.text(\"state = 'it''s'\"))",
            "op.drop_index('orders_open', table_name='orders')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value of one with a default and an index": (
        with_items(column("a", server_default="a"), partial("state = 'a'")),
        with_items(column("a", "b", server_default="a"), partial("state = 'a'")),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'b'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.execute('DROP INDEX orders_open')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'a'::status\")\n"
            "op.execute(\"CREATE INDEX orders_open ON public.orders USING btree (id) WHERE (state = 'a'::status)\")\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value of one with arrays and a check": (
        with_items(column("a"), array("a", server_default="{a}"), check("state <> 'a'")),
        with_items(column("a", "b"), array("a", "b", server_default="{a}"), check("state <> 'a'")),
        Written(
            "op.execute(\"ALTER TYPE status ADD VALUE 'b'\")",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.execute('ALTER TABLE orders DROP CONSTRAINT orders_state')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN states DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN states TYPE status[] USING states::text[]::status[]')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN states SET DEFAULT '{a}'::status[]\")\n"
            "op.execute(\"ALTER TABLE orders ADD CONSTRAINT orders_state CHECK ((state <> 'a'::status))\")\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is renamed": (
        orders("a", "b"),
        orders("a", "x"),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'b' TO 'x'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'x' TO 'b'\")",
        ),
    ),
    "a value is renamed, and its default follows": (
        orders("a", "b", default="b"),
        orders("a", "it's", default="it's"),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'b' TO 'it''s'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'it''s' TO 'b'\")",
        ),
    ),
    "a value is renamed, and its checks follow": (
        with_items(
            column("a", "b"), array("a", "b", server_default="{a,b}"), check("state <> 'b'")
        ),
        with_items(
            column("a", "x"), array("a", "x", server_default="{a,x}"), check("state <> 'x'")
        ),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'b' TO 'x'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'x' TO 'b'\")",
        ),
    ),
    "two values are renamed": (
        orders("a", "b", "c"),
        orders("x", "b", "y"),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'a' TO 'x'\")\n"
            "op.execute(\"ALTER TYPE status RENAME VALUE 'c' TO 'y'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'x' TO 'a'\")\n"
            "op.execute(\"ALTER TYPE status RENAME VALUE 'y' TO 'c'\")",
        ),
    ),
    "a value is renamed, and another added": (
        orders("a", "b"),
        orders("x", "b", "c"),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'a' TO 'x'\")\n"
            "op.execute(\"ALTER TYPE status ADD VALUE 'c'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'x' TO 'a'\")\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is removed": (
        orders("a", "b", "c"),
        orders("a", "b"),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is removed under a default": (
        orders("a", "b", "c", default="b"),
        orders("a", "b", default="b"),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'b'::status\")\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state DROP DEFAULT')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'b'::status\")\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is removed under an index and a check": (
        with_items(column("a", "b", "c"), check("state <> 'a'"), partial("state = 'b'")),
        with_items(column("a", "b"), check("state <> 'a'"), partial("state = 'b'")),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders DROP CONSTRAINT orders_state')\n"
            "op.execute('DROP INDEX orders_open')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ADD CONSTRAINT orders_state CHECK ((state <> 'a'::status))\")\n"
            "op.execute(\"CREATE INDEX orders_open ON orders USING btree (id) WHERE (state = 'b'::status)\")\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders DROP CONSTRAINT orders_state')\n"
            "op.execute('DROP INDEX orders_open')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute(\"ALTER TABLE orders ADD CONSTRAINT orders_state CHECK ((state <> 'a'::status))\")\n"
            "op.execute(\"CREATE INDEX orders_open ON orders USING btree (id) WHERE (state = 'b'::status)\")\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "a value is removed with the check on it": (
        with_items(column("a", "b", "c"), check("state <> 'c'")),
        with_items(column("a", "b")),
        Written(
            "op.drop_constraint(op.f('orders_state'), 'orders', type_='check')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.create_check_constraint(op.f('orders_state'), 'orders', sa.text(\"state <> 'c'::status\"))",
        ),
    ),
    "a value is removed, and another column comes": (
        with_items(column("a", "b", "c")),
        with_items(column("a", "b"), column("a", "b", name="other")),
        Written(
            "op.add_column('orders', sa.Column('other', postgresql.ENUM('a', 'b', name='status', create_type=False), nullable=True))\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN other TYPE status USING other::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN other TYPE status USING other::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.drop_column('orders', 'other')",
        ),
    ),
    "a value is removed, and a column goes": (
        with_items(column("a", "b", "c"), column("a", "b", "c", name="other")),
        with_items(column("a", "b")),
        Written(
            "op.drop_column('orders', 'other')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.add_column('orders', sa.Column('other', postgresql.ENUM('a', 'b', 'c', name='status'), autoincrement=False, nullable=True))",
        ),
    ),
    "two values are replaced by one": (
        orders("a", "b", "c"),
        orders("a", "d"),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'd')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "one is replaced, and the new one used": (
        with_items(column("a", "b", "c")),
        with_items(column("a", "x", "y"), check("state <> 'x'")),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'x', 'y')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.create_check_constraint('orders_state', 'orders', sa.text(\"state <> 'x'\"))",
            "op.drop_constraint('orders_state', 'orders', type_='check')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "the order changes": (
        orders("a", "b", "c"),
        orders("c", "a", "b"),
        Written(
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('c', 'a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')",
        ),
    ),
    "the order of one with 63 bytes changes": (
        orders("a", "b", name=LONG),
        orders("b", "a", name=LONG),
        Written(
            "op.execute('ALTER TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ RENAME TO a_type_whose_name_has_sixty_three_bytes_which_is_all_that_f_old')\n"
            "op.execute(\"CREATE TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ AS ENUM ('b', 'a')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ USING state::text::a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_')\n"
            "op.execute('DROP TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_f_old')",
            "op.execute('ALTER TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ RENAME TO a_type_whose_name_has_sixty_three_bytes_which_is_all_that_f_old')\n"
            "op.execute(\"CREATE TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_ USING state::text::a_type_whose_name_has_sixty_three_bytes_which_is_all_that_fits_')\n"
            "op.execute('DROP TYPE a_type_whose_name_has_sixty_three_bytes_which_is_all_that_f_old')",
        ),
    ),
    "the order of one with odd names changes": (
        odd("a", "b"),
        odd("b", "a"),
        Written(
            'op.execute(\'ALTER TYPE "Odd ""name""%s" RENAME TO "Odd ""name""%s_old"\')\n'
            "op.execute('CREATE TYPE \"Odd \"\"name\"\"%s\" AS ENUM (\\'b\\', \\'a\\')')\n"
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" DROP DEFAULT\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" TYPE "Odd ""name""%s" USING "User"::text::"Odd ""name""%s"\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" SET DEFAULT \\\'a\\\'::"Odd ""name""%s"\')\n'
            'op.execute(\'DROP TYPE "Odd ""name""%s_old"\')',
            'op.execute(\'ALTER TYPE "Odd ""name""%s" RENAME TO "Odd ""name""%s_old"\')\n'
            "op.execute('CREATE TYPE \"Odd \"\"name\"\"%s\" AS ENUM (\\'a\\', \\'b\\')')\n"
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" DROP DEFAULT\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" TYPE "Odd ""name""%s" USING "User"::text::"Odd ""name""%s"\')\n'
            'op.execute(\'ALTER TABLE "order" ALTER COLUMN "User" SET DEFAULT \\\'a\\\'::"Odd ""name""%s"\')\n'
            'op.execute(\'DROP TYPE "Odd ""name""%s_old"\')',
        ),
    ),
    "a value is removed under a view": (
        viewed("a", "b", "c"),
        viewed("a", "b"),
        Written(
            "op.execute('DROP VIEW v')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.execute(\"CREATE VIEW v AS SELECT id FROM orders WHERE state <> 'b'\")",
            "op.execute('DROP VIEW v')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.execute(\n"
            "    'CREATE VIEW v AS\\n'\n"
            "    'SELECT orders.id\\n'\n"
            "    '   FROM orders\\n'\n"
            "    \"  WHERE (orders.state <> 'b'::status)\"\n"
            ")",
        ),
    ),
    "a value is added under a view": (
        viewed("a", "b"),
        viewed("a", "b", "c"),
        Written(
            "op.execute('DROP VIEW v')\n"
            "op.execute(\"ALTER TYPE status ADD VALUE 'c'\")\n"
            "op.execute(\"CREATE VIEW v AS SELECT id FROM orders WHERE state <> 'b'\")",
            "op.execute('DROP VIEW v')\n"
            "op.execute('ALTER TYPE status RENAME TO status_old')\n"
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
            "op.execute('DROP TYPE status_old')\n"
            "op.execute(\n"
            "    'CREATE VIEW v AS\\n'\n"
            "    'SELECT orders.id\\n'\n"
            "    '   FROM orders\\n'\n"
            "    \"  WHERE (orders.state <> 'b'::status)\"\n"
            ")",
        ),
    ),
    "a value is renamed under a view": (
        viewed("a", "b"),
        viewed("a", "c"),
        Written(
            "op.execute(\"ALTER TYPE status RENAME VALUE 'b' TO 'c'\")",
            "op.execute(\"ALTER TYPE status RENAME VALUE 'c' TO 'b'\")",
        ),
    ),
    "it goes with its last column": (
        orders("a", "b"),
        with_items(),
        Written(
            "op.drop_column('orders', 'state')\nop.execute('DROP TYPE status')",
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', 'b', name='status'), autoincrement=False, nullable=True))",
        ),
    ),
    "it goes with its last column and a view of it": (
        both(viewed("a", "b"), kept_view),
        both(with_items(), kept_view),
        Written(
            "op.execute('DROP VIEW v')\nop.drop_column('orders', 'state')\nop.execute('DROP TYPE status')",
            "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b')\")\n"
            "op.add_column('orders', sa.Column('state', postgresql.ENUM('a', 'b', name='status'), autoincrement=False, nullable=True))\n"
            "op.execute(\n"
            "    'CREATE VIEW v AS\\n'\n"
            "    'SELECT orders.id\\n'\n"
            "    '   FROM orders\\n'\n"
            "    \"  WHERE (orders.state <> 'b'::status)\"\n"
            ")",
        ),
    ),
    "it goes with its last table": (
        both(ids, table("t", "a")),
        ids,
        Written(
            "op.drop_table('t')\nop.execute('DROP TYPE status')",
            "op.execute(\"CREATE TYPE status AS ENUM ('a')\")\n"
            "op.create_table('t',\n"
            "sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), autoincrement=False, nullable=True)\n"
            ")",
        ),
    ),
    "one of its columns goes": (
        with_items(column("a"), column("a", name="other")),
        with_items(column("a")),
        Written(
            "op.drop_column('orders', 'other')",
            "op.add_column('orders', sa.Column('other', postgresql.ENUM('a', name='status'), autoincrement=False, nullable=True))",
        ),
    ),
    "one of its tables goes": (
        both(table("one", "a"), table("two", "a")),
        table("one", "a"),
        Written(
            "op.drop_table('two')",
            "op.create_table('two',\n"
            "sa.Column('state', postgresql.ENUM('a', name='status', create_type=False), autoincrement=False, nullable=True)\n"
            ")",
        ),
    ),
    "a value goes, and a generated column reads the others": (
        generated("a", "b", "c"),
        generated("a", "c"),
        Written(
            (
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
                "op.execute('ALTER TABLE orders DROP COLUMN closed')\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\"ALTER TABLE orders ADD COLUMN closed boolean GENERATED ALWAYS AS ((state = 'c'::status)) STORED\")\n"
                "op.execute(\"COMMENT ON COLUMN orders.closed IS 'it''s over'\")\n"
                "op.execute('CREATE INDEX orders_closed ON orders USING btree (closed)')\n"
                "op.execute('DROP TYPE status_old')"
            ),
            (
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
                "op.execute('ALTER TABLE orders DROP COLUMN closed')\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\"ALTER TABLE orders ADD COLUMN closed boolean GENERATED ALWAYS AS ((state = 'c'::status)) STORED\")\n"
                "op.execute(\"COMMENT ON COLUMN orders.closed IS 'it''s over'\")\n"
                "op.execute('CREATE INDEX orders_closed ON orders USING btree (closed)')\n"
                "op.execute('DROP TYPE status_old')"
            ),
        ),
    ),
    "a value comes, and a generated column reads the others": (
        generated("a", "c"),
        generated("a", "b", "c"),
        Written(
            ("op.execute(\"ALTER TYPE status ADD VALUE 'b' AFTER 'a'\")"),
            (
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
                "op.execute('ALTER TABLE orders DROP COLUMN closed')\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\"ALTER TABLE orders ADD COLUMN closed boolean GENERATED ALWAYS AS ((state = 'c'::status)) STORED\")\n"
                "op.execute(\"COMMENT ON COLUMN orders.closed IS 'it''s over'\")\n"
                "op.execute('CREATE INDEX orders_closed ON public.orders USING btree (closed)')\n"
                "op.execute('DROP TYPE status_old')"
            ),
        ),
    ),
    "a value is renamed, and a constraint asks for another": (
        with_items(column("a", "b"), check("state = 'b'")),
        with_items(column("a", "c"), check("state = 'a'")),
        Written(
            (
                "op.execute(\"ALTER TYPE status RENAME VALUE 'b' TO 'c'\")\n"
                "op.drop_constraint(op.f('orders_state'), 'orders', type_='check')\n"
                "op.create_check_constraint('orders_state', 'orders', sa.text(\"state = 'a'\"))"
            ),
            (
                "op.drop_constraint('orders_state', 'orders', type_='check')\n"
                "op.create_check_constraint(op.f('orders_state'), 'orders', sa.text(\"state = 'c'::status\"))\n"
                "op.execute(\"ALTER TYPE status RENAME VALUE 'c' TO 'b'\")"
            ),
        ),
    ),
    "a value goes, and functions take and return the others": (
        also(orders("a", "b", "c"), NEXT),
        also(orders("a", "c"), NEXT),
        Written(
            (
                "op.execute('DROP FUNCTION next(status,status[])')\n"
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$ SELECT $1 $function$'\n"
                ")\n"
                "op.execute('DROP TYPE status_old')"
            ),
            (
                "op.execute('DROP FUNCTION next(status,status[])')\n"
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$ SELECT $1 $function$'\n"
                ")\n"
                "op.execute('DROP TYPE status_old')"
            ),
        ),
    ),
    "a value goes, and a function that takes the others does something else": (
        also(orders("a", "b", "c"), NEXT),
        also(orders("a", "c"), NEXT.replace("SELECT $1", "SELECT 'c'::status")),
        Written(
            (
                "op.execute('DROP FUNCTION next(status,status[])')\n"
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    \"AS $function$ SELECT 'c'::status $function$\"\n"
                ")\n"
                "op.execute('DROP TYPE status_old')\n"
                "op.execute(\"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}') RETURNS status LANGUAGE sql AS $$ SELECT 'c'::status $$\")"
            ),
            (
                "op.execute('DROP FUNCTION next(status,status[])')\n"
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    \"AS $function$ SELECT 'c'::status $function$\"\n"
                ")\n"
                "op.execute('DROP TYPE status_old')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$ SELECT $1 $function$'\n"
                ")"
            ),
        ),
    ),
    "a value goes, and so does a function": (
        also(orders("a", "b", "c"), NEXT, KEPT),
        also(orders("a", "c"), KEPT),
        Written(
            (
                "op.execute('DROP FUNCTION next(status, status[])')\n"
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute('DROP TYPE status_old')"
            ),
            (
                "op.execute('ALTER TYPE status RENAME TO status_old')\n"
                "op.execute(\"CREATE TYPE status AS ENUM ('a', 'b', 'c')\")\n"
                "op.execute('ALTER TABLE orders ALTER COLUMN state TYPE status USING state::text::status')\n"
                "op.execute('DROP TYPE status_old')\n"
                "op.execute(\n"
                "    \"CREATE OR REPLACE FUNCTION next(s status, d status[] DEFAULT '{a}'::status[])\\n\"\n"
                "    ' RETURNS status\\n'\n"
                "    ' LANGUAGE sql\\n'\n"
                "    'AS $function$ SELECT $1 $function$'\n"
                ")"
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
    "values": (orders("a", "b"), ()),
    "values with quotes and percent signs": (
        odd("it's", "a%b", "x:y", ":z", '"', "A\\b", "\\:c"),
        (),
    ),
    "an array": (with_items(array("a", "b", server_default="{a}")), ()),
    "a type of the project": (decorated, ()),
    "a MetaData of its own": (bound, ()),
    "one that nobody declares": (with_items(), ("CREATE TYPE free AS ENUM ('a')",)),
    "one that nobody declares, used by a view": (
        with_items(),
        ("CREATE TYPE free AS ENUM ('a')", "CREATE VIEW v AS SELECT 'a'::free"),
    ),
    "two names for one set of values": (
        with_items(column("a"), column("a", name="k", type_name="Kind")),
        (),
    ),
    "one used by two tables": (both(table("one", "a"), table("two", "a")), ()),
    "one that is not native": (
        with_items(lambda: Column("s", sa.Enum("a", "b", native_enum=False, name="status"))),
        (),
    ),
    "a comment that only the database has": (orders("a"), ("COMMENT ON TYPE status IS 'x'",)),
    "one with a default, a check and an index": (
        with_items(
            column("a", "b", server_default="b"), check("state <> 'a'"), partial("state = 'b'")
        ),
        (),
    ),
    "one made anew": (
        orders("a", "b"),
        ("ALTER TYPE status RENAME TO x", "ALTER TYPE x RENAME TO status"),
    ),
    "a value added and the order kept by hand": (orders("a", "b", "c"), ()),
    "a reserved word for a name": (orders("a", name="user"), ()),
    "sixty-three bytes": (orders("a", name=LONG), ()),
    "one of another owner's column": (
        orders("a"),
        (
            "CREATE TABLE other (s status)",
            "ALTER TABLE other ADD CHECK (s = 'a')",
            "DROP TABLE other",
        ),
    ),
    "the column of a partitioned table": (
        lambda metadata: Table(
            "t", metadata, column("a")(), postgresql_partition_by="LIST (state)"
        ),
        (),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
