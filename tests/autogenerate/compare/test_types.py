"""Types of columns: changes, on tables with rows, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Engine,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects import postgresql as pg

from tests.autogenerate.changes import (
    State,
    Written,
    make,
    metadata_of,
    migrated,
    run,
    unchanged,
    written,
)
from tests.autogenerate.compare.column_states import KEY, also, column, table, v


def rows(*values: str) -> tuple[str, ...]:
    """Rows with these values."""
    return tuple(f"INSERT INTO t (v) VALUES ('{value}')" for value in values)


class Money(sa.types.TypeDecorator[object]):
    """A type of the project's own."""

    impl = Numeric(12, 2)
    cache_ok = True


def inherited(type_: type[Integer]) -> State:
    """A table and one that inherits from it."""
    both = (
        table(KEY, v(type_)),
        table(KEY, v(type_), v(Integer, name="w"), name="c", postgresql_inherits="t"),
    )

    def state(metadata: MetaData) -> None:
        for each in both:
            each(metadata)

    return state


LISTED = sa.Enum("a", "b", "c", name="kind", native_enum=False, create_constraint=True)


class Decorated(sa.TypeDecorator[str]):
    """A type of a project."""

    impl = LISTED
    cache_ok = True


CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "a bound comes": (
        column(String),
        column(String(50)),
        rows("abc"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(),\n"
                "           type_=sa.String(length=50),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.String(length=50),\n"
                "           type_=sa.VARCHAR(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a bound is wider": (
        column(String(10)),
        column(String(50)),
        rows("abc"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=10),\n"
                "           type_=sa.String(length=50),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.String(length=50),\n"
                "           type_=sa.VARCHAR(length=10),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "varchar becomes text": (
        column(String(10)),
        column(Text),
        rows("abc"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=10),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=10),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "char becomes varchar": (
        column(sa.CHAR(3)),
        column(String(3)),
        rows("abc"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.CHAR(length=3),\n"
                "           type_=sa.String(length=3),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.String(length=3),\n"
                "           type_=sa.CHAR(length=3),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a precision comes": (
        column(Numeric),
        column(Numeric(10, 2)),
        rows("1.50"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.NUMERIC(),\n"
                "           type_=sa.Numeric(precision=10, scale=2),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Numeric(precision=10, scale=2),\n"
                "           type_=sa.NUMERIC(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a scale": (
        column(Numeric(10, 2)),
        column(Numeric(10, 4)),
        rows("1.50"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.NUMERIC(precision=10, scale=2),\n"
                "           type_=sa.Numeric(precision=10, scale=4),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Numeric(precision=10, scale=4),\n"
                "           type_=sa.NUMERIC(precision=10, scale=2),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "the precision of a timestamp": (
        column(pg.TIMESTAMP),
        column(pg.TIMESTAMP(precision=3)),
        rows("2020-01-01"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIMESTAMP(),\n"
                "           type_=postgresql.TIMESTAMP(precision=3),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIMESTAMP(precision=3),\n"
                "           type_=postgresql.TIMESTAMP(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "the time zone of a timestamp": (
        column(pg.TIMESTAMP),
        column(sa.TIMESTAMP(timezone=True)),
        rows("2020-01-01"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIMESTAMP(),\n"
                "           type_=sa.TIMESTAMP(timezone=True),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TIMESTAMP(timezone=True),\n"
                "           type_=postgresql.TIMESTAMP(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "the precision of a time": (
        column(sa.Time),
        column(pg.TIME(precision=3)),
        rows("10:00"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIME(),\n"
                "           type_=postgresql.TIME(precision=3),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIME(precision=3),\n"
                "           type_=postgresql.TIME(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "the fields of an interval": (
        column(pg.INTERVAL),
        column(pg.INTERVAL(fields="DAY TO SECOND")),
        rows("1 day"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(),\n"
                "           type_=postgresql.INTERVAL(fields='DAY TO SECOND'),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(fields='DAY TO SECOND'),\n"
                "           type_=postgresql.INTERVAL(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "the precision of an interval": (
        column(pg.INTERVAL),
        column(pg.INTERVAL(precision=3)),
        rows("1 day"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(),\n"
                "           type_=postgresql.INTERVAL(precision=3),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(precision=3),\n"
                "           type_=postgresql.INTERVAL(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "bits that vary": (
        column(pg.BIT(3)),
        column(pg.BIT(5, varying=True)),
        rows("101"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.BIT(length=3),\n"
                "           type_=postgresql.BIT(length=5, varying=True),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.BIT(length=5, varying=True),\n"
                "           type_=postgresql.BIT(length=3),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a collation comes": (
        column(Text),
        column(Text(collation="C")),
        rows("x"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Text(collation='C'),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(collation='C'),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a collation goes": (
        column(String(9, collation="C")),
        column(String(9)),
        rows("x"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=9, collation='C'),\n"
                "           type_=sa.String(length=9),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.String(length=9),\n"
                "           type_=sa.VARCHAR(length=9, collation='C'),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "integer becomes bigint": (
        column(Integer),
        column(BigInteger),
        rows("1"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "real becomes double": (
        column(sa.REAL),
        column(sa.Double),
        rows("1.5"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.REAL(),\n"
                "           type_=sa.Double(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Double(),\n"
                "           type_=sa.REAL(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "double becomes numeric": (
        column(sa.Double),
        column(Numeric(10, 2)),
        rows("1.5"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DOUBLE_PRECISION(precision=53),\n"
                "           type_=sa.Numeric(precision=10, scale=2),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Numeric(precision=10, scale=2),\n"
                "           type_=sa.DOUBLE_PRECISION(precision=53),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "json becomes jsonb": (
        column(sa.JSON),
        column(pg.JSONB),
        rows('{"a": 1}'),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSON(astext_type=sa.Text()),\n"
                "           type_=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           type_=postgresql.JSON(astext_type=sa.Text()),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes integer": (
        column(Text),
        column(Integer),
        rows("5"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes uuid": (
        column(String(36)),
        column(pg.UUID),
        rows("6f1b2a5e-3c56-4d2c-8a11-4f6d1c7e0a11"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=36),\n"
                "           type_=sa.UUID(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::uuid')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.UUID(),\n"
                "           type_=sa.VARCHAR(length=36),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes jsonb": (
        column(Text),
        column(pg.JSONB),
        rows('{"a": 1}'),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::jsonb')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes boolean": (
        column(Text),
        column(Boolean),
        rows("true"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Boolean(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::boolean')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Boolean(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes a date": (
        column(Text),
        column(sa.Date),
        rows("2020-01-01"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Date(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::date')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Date(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes an address": (
        column(Text),
        column(pg.INET),
        rows("127.0.0.1"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=postgresql.INET(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::inet')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INET(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes bytes": (
        column(Text),
        column(sa.LargeBinary),
        rows("abc"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.LargeBinary(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::bytea')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.LargeBinary(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "text becomes an array": (
        column(Text),
        column(pg.ARRAY(Text)),
        (*rows("a b"), "INSERT INTO t DEFAULT VALUES"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=postgresql.ARRAY(sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='CASE WHEN v IS NOT NULL THEN ARRAY[v] END')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.Text()),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using=\"CASE array_dims(v) WHEN '[1:1]' THEN v[1] "
                'ELSE v::text END")'
            ),
        ),
    ),
    "integer becomes an array": (
        column(Integer),
        column(pg.ARRAY(Integer)),
        (*rows("7"), "INSERT INTO t DEFAULT VALUES"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=postgresql.ARRAY(sa.Integer()),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='CASE WHEN v IS NOT NULL THEN ARRAY[v] END')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.Integer()),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using=\"CASE array_dims(v) WHEN '[1:1]' THEN v[1] "
                'ELSE v::text::integer END")'
            ),
        ),
    ),
    "an array of another type": (
        column(pg.ARRAY(Integer)),
        column(pg.ARRAY(BigInteger)),
        rows("{7}"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.INTEGER()),\n"
                "           type_=postgresql.ARRAY(sa.BigInteger()),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.BigInteger()),\n"
                "           type_=postgresql.ARRAY(sa.INTEGER()),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "an array with another scale": (
        column(pg.ARRAY(Numeric(5, 1))),
        column(pg.ARRAY(Numeric(8, 3))),
        rows("{1.5}"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.NUMERIC(precision=5, scale=1)),\n"
                "           type_=postgresql.ARRAY(sa.Numeric(precision=8, scale=3)),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.Numeric(precision=8, scale=3)),\n"
                "           type_=postgresql.ARRAY(sa.NUMERIC(precision=5, scale=1)),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "integer becomes boolean": (
        column(Integer),
        column(Boolean),
        rows("1", "0"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.Boolean(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::boolean')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Boolean(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')"
            ),
        ),
    ),
    "bigint becomes boolean": (
        column(BigInteger),
        column(Boolean),
        rows("1", "0"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BIGINT(),\n"
                "           type_=sa.Boolean(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer::boolean')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Boolean(),\n"
                "           type_=sa.BIGINT(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer::bigint')"
            ),
        ),
    ),
    "integer becomes jsonb": (
        column(Integer),
        column(pg.JSONB),
        rows("7"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='to_jsonb(v)')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')"
            ),
        ),
    ),
    "a date becomes jsonb": (
        column(sa.Date),
        column(pg.JSONB),
        rows("2020-01-01"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DATE(),\n"
                "           type_=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='to_jsonb(v)')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           type_=sa.DATE(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using=\"(v #>> '{}')::date\")"
            ),
        ),
    ),
    "integer becomes a date, which no row can": (
        column(Integer),
        column(sa.Date),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.Date(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::text::date')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Date(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::text::integer')"
            ),
        ),
    ),
    "text becomes an enum": (
        column(Text, server_default="a"),
        column(pg.ENUM("a", "b", name="m"), server_default="a"),
        rows("b"),
        Written(
            (
                "op.execute(\"CREATE TYPE m AS ENUM ('a', 'b')\")\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::m')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           server_default='a')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a'::text\"))\n"
                "op.execute('DROP TYPE m')"
            ),
        ),
    ),
    "an enum becomes another": (
        column(pg.ENUM("a", "b", name="m")),
        column(pg.ENUM("a", "b", "c", name="n")),
        rows("b"),
        Written(
            (
                "op.execute(\"CREATE TYPE n AS ENUM ('a', 'b', 'c')\")\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           type_=postgresql.ENUM('a', 'b', 'c', name='n'),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::text::n')\n"
                "op.execute('DROP TYPE m')"
            ),
            (
                "op.execute(\"CREATE TYPE m AS ENUM ('a', 'b')\")\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', 'c', name='n'),\n"
                "           type_=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::text::m')\n"
                "op.execute('DROP TYPE n')"
            ),
        ),
    ),
    "a domain becomes its base": (
        column(pg.DOMAIN("d", Integer)),
        also(column(Integer), "CREATE DOMAIN d AS integer"),
        rows("5"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.DOMAIN('d', sa.INTEGER(), "
                "create_type=False),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=postgresql.DOMAIN('d', sa.INTEGER(), create_type=False),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a default that cannot follow": (
        column(Text, server_default="5"),
        column(Integer, server_default=text("5")),
        rows("5"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('5'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'5'::text\"))"
            ),
        ),
    ),
    "a default that can": (
        column(String(10), server_default="x"),
        column(Text, server_default="x"),
        rows("y"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=10),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True,\n"
                "           server_default='x')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=10),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'x'::character varying\"))"
            ),
        ),
    ),
    "type, default, NOT NULL and comment": (
        column(String(5), server_default="a", comment="x"),
        column(Integer, server_default="1", nullable=False, comment="y"),
        rows("7"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=5),\n"
                "           existing_comment='x',\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=5),\n"
                "           type_=sa.Integer(),\n"
                "           nullable=False,\n"
                "           comment='y',\n"
                "           existing_comment='x',\n"
                "           postgresql_using='v::integer')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           existing_comment='x',\n"
                "           existing_nullable=True,\n"
                "           server_default='1')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           existing_comment='x',\n"
                "           existing_nullable=True,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.VARCHAR(length=5),\n"
                "           nullable=True,\n"
                "           comment='x',\n"
                "           existing_comment='y')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=5),\n"
                "           existing_comment='x',\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a'::character varying\"))"
            ),
        ),
    ),
    "two columns": (
        table(KEY, v(Text, name="a"), v(Integer)),
        table(KEY, v(Integer, name="a"), v(BigInteger)),
        ("INSERT INTO t (a, v) VALUES ('5', 6)",),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='a::integer')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a serial": (
        table(KEY, v(Text)),
        table(v(BigInteger, name="id", primary_key=True), v(Text)),
        rows("x"),
        Written(
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=False)\n"
                "op.execute('ALTER SEQUENCE t_id_seq AS bigint')"
            ),
            (
                "op.execute('ALTER SEQUENCE t_id_seq AS integer')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=False)"
            ),
        ),
    ),
    "a serial becomes a uuid": (
        table(KEY),
        table(v(pg.UUID, name="id", primary_key=True, server_default=text("gen_random_uuid()"))),
        (),
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.UUID(),\n"
                "           existing_nullable=False,\n"
                "           postgresql_using='id::text::uuid')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.UUID(),\n"
                "           existing_nullable=False,\n"
                "           server_default=sa.text('gen_random_uuid()'))"
            ),
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.UUID(),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.UUID(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           postgresql_using='id::text::integer')\n"
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")"
            ),
        ),
    ),
    "a key and what refers to it": (
        table(
            v(Integer, name="id", primary_key=True, autoincrement=False),
            v(Integer, lambda: sa.ForeignKey("t.id")),
        ),
        table(v(Text, name="id", primary_key=True), v(Text, lambda: sa.ForeignKey("t.id"))),
        ("INSERT INTO t VALUES (1, NULL), (2, 1)",),
        Written(
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_fkey')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=False)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_v_fkey FOREIGN KEY (v) "
                "REFERENCES t(id)')"
            ),
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_fkey')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           postgresql_using='id::integer')\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_v_fkey FOREIGN KEY (v) "
                "REFERENCES t(id)')"
            ),
        ),
    ),
    "an index on it": (
        table(KEY, v(String(10)), lambda: sa.Index("t_v", text("lower(v)"))),
        table(KEY, v(Text), lambda: sa.Index("t_v", text("lower(v)"))),
        rows("x"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=10),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=10),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a CHECK on it": (
        table(KEY, v(Text), lambda: sa.CheckConstraint("v > '0'", name="c")),
        table(KEY, v(Integer), lambda: sa.CheckConstraint("v > 0", name="c")),
        rows("5"),
        Written(
            (
                "op.drop_constraint(op.f('c'), 't', type_='check')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='v::integer')\n"
                "op.create_check_constraint('c', 't', sa.text('v > 0'))"
            ),
            (
                "op.drop_constraint('c', 't', type_='check')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)\n"
                "op.create_check_constraint(op.f('c'), 't', sa.text(\"v > '0'::text\"))"
            ),
        ),
    ),
    "a column that is inherited": (
        inherited(Integer),
        inherited(BigInteger),
        ("INSERT INTO c VALUES (1, 5)",),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a name that needs quotes": (
        column(Text, name='V "x'),
        column(Integer, name='V "x'),
        (),
        Written(
            (
                "op.alter_column('t', 'V \"x',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                '           postgresql_using=\'"V ""x"::integer\')'
            ),
            (
                "op.alter_column('t', 'V \"x',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a percent sign in the name": (
        column(Text, name="v%n"),
        column(Integer, name="v%n"),
        (),
        Written(
            ('op.execute(\'ALTER TABLE t ALTER COLUMN "v%n" TYPE integer USING "v%n"::integer\')'),
            "op.execute('ALTER TABLE t ALTER COLUMN \"v%n\" TYPE text')",
        ),
    ),
    "a reserved word": (
        table(KEY, v(Text, name="user"), name="order"),
        table(KEY, v(Integer, name="user"), name="order"),
        (),
        Written(
            (
                "op.alter_column('order', 'user',\n"
                "           existing_type=sa.TEXT(),\n"
                "           type_=sa.Integer(),\n"
                "           existing_nullable=True,\n"
                "           postgresql_using='\"user\"::integer')"
            ),
            (
                "op.alter_column('order', 'user',\n"
                "           existing_type=sa.Integer(),\n"
                "           type_=sa.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "an enum becomes a text with a CHECK": (
        column(sa.Enum("a", "b", name="kind"), nullable=False, server_default="a"),
        column(LISTED, nullable=False, server_default="a"),
        rows("a"),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='kind'),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='kind'),\n"
                "           type_=sa.Enum('a', 'b', 'c', name='kind', native_enum=False),\n"
                "           existing_nullable=False)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Enum('a', 'b', 'c', name='kind', native_enum=False),\n"
                "           existing_nullable=False,\n"
                "           server_default='a')\n"
                "op.create_check_constraint('kind', 't', sa.text(\"v IN ('a', 'b', 'c')\"))\n"
                "op.execute('DROP TYPE kind')"
            ),
            (
                "op.execute(\"CREATE TYPE kind AS ENUM ('a', 'b')\")\n"
                "op.drop_constraint('kind', 't', type_='check')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Enum('a', 'b', 'c', name='kind', native_enum=False),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Enum('a', 'b', 'c', name='kind', native_enum=False),\n"
                "           type_=postgresql.ENUM('a', 'b', name='kind'),\n"
                "           existing_nullable=False,\n"
                "           postgresql_using='v::kind')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='kind'),\n"
                "           existing_nullable=False,\n"
                "           server_default=sa.text(\"'a'::kind\"))"
            ),
        ),
    ),
    "an enum becomes a text with a CHECK, by a type of the project": (
        column(sa.Enum("a", "b", name="kind")),
        column(Decorated()),
        rows("a"),
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v TYPE character varying(1)')\n"
                "op.create_check_constraint('kind', 't', sa.text(\"v IN ('a', 'b', 'c')\"))\n"
                "op.execute('DROP TYPE kind')"
            ),
            (
                "op.execute(\"CREATE TYPE kind AS ENUM ('a', 'b')\")\n"
                "op.drop_constraint('kind', 't', type_='check')\n"
                "op.execute('ALTER TABLE t ALTER COLUMN v TYPE kind USING v::kind')"
            ),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "varchar": (column(String), ()),
    "varchar(50)": (column(String(50)), ()),
    "unicode": (column(sa.Unicode(20)), ()),
    "char": (column(sa.CHAR), ()),
    "char(3)": (column(sa.CHAR(3)), ()),
    "float": (column(sa.Float), ()),
    "float(24)": (column(sa.Float(24)), ()),
    "float(53)": (column(sa.Float(53)), ()),
    "double": (column(sa.Double), ()),
    "real": (column(sa.REAL), ()),
    "numeric": (column(Numeric), ()),
    "numeric(10)": (column(Numeric(10)), ()),
    "decimal(8, 3)": (column(sa.DECIMAL(8, 3)), ()),
    "smallint": (column(SmallInteger), ()),
    "boolean with a CHECK": (column(Boolean(create_constraint=True, name="b")), ()),
    "time": (column(sa.Time), ()),
    "time with time zone": (column(sa.Time(timezone=True)), ()),
    "timestamp(3)": (column(pg.TIMESTAMP(precision=3)), ()),
    "interval": (column(sa.Interval), ()),
    "interval year to month": (column(pg.INTERVAL(fields="YEAR TO MONTH")), ()),
    "interval day to second(3)": (column(pg.INTERVAL(fields="DAY TO SECOND", precision=3)), ()),
    "bit(4)": (column(pg.BIT(4)), ()),
    "bit varying": (column(pg.BIT(varying=True)), ()),
    "uuid": (column(sa.Uuid), ()),
    "uuid as text": (column(sa.Uuid(native_uuid=False)), ()),
    "json": (column(sa.JSON(none_as_null=True)), ()),
    "bytes": (column(sa.LargeBinary(100)), ()),
    "cidr": (column(pg.CIDR), ()),
    "oid": (column(pg.OID), ()),
    "tsvector": (column(pg.TSVECTOR), ()),
    "a range": (column(pg.TSTZRANGE), ()),
    "an array of two dimensions": (column(pg.ARRAY(Integer, dimensions=2)), ()),
    "an array of varchar": (column(sa.ARRAY(String(5))), ()),
    "an array of an enum": (column(pg.ARRAY(pg.ENUM("a", "b", name="m"))), ()),
    "an enum": (column(sa.Enum("a", "b", name="m")), ()),
    "an enum that is text": (column(sa.Enum("a", "bb", name="m", native_enum=False)), ()),
    "an enum of another schema": (
        table(KEY, v(sa.Enum("a", "b", name="m", schema="app")), schema="app"),
        (),
    ),
    "a domain": (column(pg.DOMAIN("d", Integer)), ()),
    "a domain that is NOT NULL": (column(pg.DOMAIN("d", Integer, not_null=True)), ()),
    "a collation": (column(String(9, collation="POSIX")), ()),
    "the default collation": (column(Text(collation="default")), ()),
    "a type of the project": (column(Money), ()),
    "a pickle": (column(sa.PickleType), ()),
    "a variant": (column(Text().with_variant(pg.JSONB(), "postgresql")), ()),
    "another order of columns": (
        table(v(Text, name="a"), KEY, v(Text)),
        ("DROP TABLE t; CREATE TABLE t (v text, id serial PRIMARY KEY, a text)",),
    ),
    "a column that was dropped": (column(Text), ("ALTER TABLE t ADD x int; ALTER TABLE t DROP x",)),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, rows, expected = CHANGES[case]
    assert migrated(empty, before, after, sql_before=rows) == expected


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


VALUES = {
    "text and an array": (Text, pg.ARRAY(Text), ("a b", None)),
    "integer and jsonb": (Integer, pg.JSONB, (7, None)),
    "text and integer": (Text, Integer, ("5", None)),
    "bigint and boolean": (BigInteger, Boolean, (1, 0, None)),
    "a date and jsonb": (Text, pg.JSONB, ('{"a": 1}', None)),
}


@pytest.mark.parametrize("case", VALUES)
def test_values_come_through_both_directions(case: str, empty: Callable[[], Engine]) -> None:
    one, other, values = VALUES[case]
    engine = empty()
    make(engine, column(one))
    with engine.begin() as connection:
        for value in values:
            connection.execute(text("INSERT INTO t (v) VALUES (:value)"), {"value": value})
        migration = written(connection, metadata_of(column(other)))
    with engine.connect() as connection:
        run(connection, migration.upgrade)
        run(connection, migration.downgrade)
        assert tuple(connection.scalars(text("SELECT v FROM t ORDER BY id"))) == values


def test_an_array_of_two_values_stops_the_migration_to_one(empty: Callable[[], Engine]) -> None:
    engine = empty()
    make(engine, column(pg.ARRAY(Integer)), rows("{1,2}"))
    with engine.begin() as connection:
        migration = written(connection, metadata_of(column(Integer)))
    with engine.connect() as connection, pytest.raises(sa.exc.DataError) as stopped:
        run(connection, migration.upgrade)
    assert str(stopped.value.orig) == 'invalid input syntax for type integer: "{1,2}"'


def test_env_py_can_have_no_types_compared(empty: Callable[[], Engine]) -> None:
    engine = empty()
    make(engine, column(Text))
    with engine.begin() as connection:
        metadata = metadata_of(column(Integer))
        assert written(connection, metadata, compare_type=False) == Written("", "")


@pytest.mark.parametrize("says", [True, False, None])
def test_a_function_of_env_py_has_the_last_word(
    says: bool | None, empty: Callable[[], Engine]
) -> None:
    asked: list[tuple[str, str]] = []

    def compare_type(
        _context: object,
        _live: object,
        model: sa.Column[object],
        live_type: object,
        model_type: object,
    ) -> bool | None:
        asked.append((repr(live_type), repr(model_type)))
        return says if model.name == "v" else None

    engine = empty()
    make(engine, column(Text))
    with engine.begin() as connection:
        same = written(connection, metadata_of(column(Text)), compare_type=compare_type)
        other = written(connection, metadata_of(column(Integer)), compare_type=compare_type)
    seen = {"same": "type_=" in same.upgrade, "other": "type_=" in other.upgrade}
    assert asked == [
        ("INTEGER()", "Integer()"),
        ("TEXT()", "Text()"),
        ("INTEGER()", "Integer()"),
        ("TEXT()", "Integer()"),
    ]
    assert seen == {"same": says is True, "other": says is not False}


@pytest.mark.parametrize("include_schemas", [True, False])
@pytest.mark.parametrize("schema", ["app", "public"])
def test_a_schema_that_is_named_makes_no_difference(
    schema: str, include_schemas: bool, empty: Callable[[], Engine]
) -> None:
    before, after = column(Text, schema=schema), column(Integer, schema=schema)
    spelled = {"app": ",\n           schema='app'", "public": ""}[schema]
    text_, integer = "existing_type=sa.TEXT()", "existing_type=sa.Integer()"
    head, tail = "op.alter_column('t', 'v',\n           ", ",\n           existing_nullable=True"
    using = ",\n           postgresql_using='v::integer'"
    if include_schemas:
        assert migrated(empty, before, after, include_schemas=True) == Written(
            f"{head}{text_},\n           type_=sa.Integer(){tail}{spelled}{using})",
            f"{head}{integer},\n           type_=sa.TEXT(){tail}{spelled})",
        )
    else:
        found = migrated(empty, before, after, include_schemas=False)
        assert using in found.upgrade
    assert unchanged(empty, before, include_schemas=include_schemas) == Written("", "")
