"""Server defaults and the sequences of serial columns: changes, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
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
    unchanged,
    written,
)
from tests.autogenerate.compare.column_states import KEY, also, column, sequences, table, v

PLAIN = v(Integer, name="id", primary_key=True, autoincrement=False)

ROW = ("INSERT INTO t (id) VALUES (1), (2)",)


def element(metadata: MetaData) -> None:
    """A default that is a sequence of SQLAlchemy."""
    drawn = sa.Sequence("s", metadata=metadata).next_value()
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("v", Integer, server_default=drawn),
    )


def own_sequence(metadata: MetaData) -> None:
    """A key with a sequence of its own, which is no serial."""
    Table("t", metadata, Column("id", Integer, sa.Sequence("my_seq"), primary_key=True))


CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "one is added": (
        column(Text),
        column(Text, server_default="x"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default='x')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "one is dropped": (
        column(Text, server_default="x"),
        column(Text),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'x'::text\"))"
            ),
        ),
    ),
    "another value": (
        column(Text, server_default="x"),
        column(Text, server_default="y"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default='y')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'x'::text\"))"
            ),
        ),
    ),
    "an apostrophe": (
        column(Text, server_default="x"),
        column(Text, server_default="it's"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                '           server_default="it\'s")'
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'x'::text\"))"
            ),
        ),
    ),
    "apostrophes around it": (
        column(Text, server_default="it's"),
        column(Text, server_default="'q'"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=\"'q'\")"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'it''s'::text\"))"
            ),
        ),
    ),
    "a percent sign": (
        column(Text, server_default="100%"),
        column(Text, server_default=text("'50%'")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'50%'\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'100%'::text\"))"
            ),
        ),
    ),
    "colons": (
        column(Text, server_default=text("'a \\:b'")),
        column(Text, server_default=text("'\\:y [[\\:alpha\\:]]'")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'\\\\:y [[\\\\:alpha\\\\:]]'\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a \\\\:b'::text\"))"
            ),
        ),
    ),
    "a backslash": (
        column(Text, server_default="a\\b"),
        column(Text, server_default="c\\d"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default='c\\\\d')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a\\\\b'::text\"))"
            ),
        ),
    ),
    "json": (
        column(sa.JSON, server_default=text("'{}'")),
        column(sa.JSON, server_default=text("'[]'")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSON(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'[]'\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSON(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'{}'::json\"))"
            ),
        ),
    ),
    "jsonb with a colon": (
        column(pg.JSONB),
        column(pg.JSONB, server_default=text("'{\"a\": 1}'::jsonb")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('\\'{\"a\": 1}\\'::jsonb'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.JSONB(astext_type=sa.Text()),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "a day that is not 24 hours": (
        column(sa.Interval, server_default=text("'1 day'")),
        column(sa.Interval, server_default=text("'24 hours'")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'24 hours'\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.INTERVAL(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'1 day'::interval\"))"
            ),
        ),
    ),
    "1.0 is not 1.00": (
        column(Numeric, server_default=text("1.0")),
        column(Numeric, server_default=text("1.00")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.NUMERIC(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('1.00'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.NUMERIC(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('1.0'))"
            ),
        ),
    ),
    "zero is not minus zero": (
        column(sa.Double, server_default=text("0")),
        column(sa.Double, server_default=text("'-0'")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DOUBLE_PRECISION(precision=53),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'-0'\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DOUBLE_PRECISION(precision=53),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('0'))"
            ),
        ),
    ),
    "now at another place": (
        column(sa.DateTime, server_default=sa.func.now()),
        column(sa.DateTime, server_default=text("(now() at time zone 'utc')")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIMESTAMP(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"(now() at time zone 'utc')\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.TIMESTAMP(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('now()'))"
            ),
        ),
    ),
    "the user is not the user's name": (
        column(Text, server_default=text("current_user")),
        column(Text, server_default="postgres"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default='postgres')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('CURRENT_USER'))"
            ),
        ),
    ),
    "random": (
        column(sa.Double, server_default=text("random()")),
        column(sa.Double, server_default=text("random() + 1")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DOUBLE_PRECISION(precision=53),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('random() + 1'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.DOUBLE_PRECISION(precision=53),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('random()'))"
            ),
        ),
    ),
    "a boolean": (
        column(Boolean, server_default=sa.true()),
        column(Boolean, server_default=sa.false()),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BOOLEAN(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('false'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.BOOLEAN(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('true'))"
            ),
        ),
    ),
    "a number": (
        column(Integer, server_default="1"),
        column(Integer, server_default=text("2")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('2'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('1'))"
            ),
        ),
    ),
    "a table": (
        column(pg.REGCLASS, server_default=text("'t'::regclass")),
        column(pg.REGCLASS, server_default=text("'pg_class'::regclass")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.REGCLASS(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'pg_class'::regclass\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.REGCLASS(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'t'::regclass\"))"
            ),
        ),
    ),
    "an array": (
        column(pg.ARRAY(Integer), server_default="{}"),
        column(pg.ARRAY(Integer), server_default="{1,2}"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.INTEGER()),\n"
                "           existing_nullable=True,\n"
                "           server_default='{1,2}')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ARRAY(sa.INTEGER()),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'{}'::integer[]\"))"
            ),
        ),
    ),
    "a function": (
        column(pg.UUID),
        column(pg.UUID, server_default=sa.func.gen_random_uuid()),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.UUID(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('gen_random_uuid()'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.UUID(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "a label of an enum": (
        column(pg.ENUM("a", "b", name="m"), server_default="a"),
        column(pg.ENUM("a", "b", name="m"), server_default="b"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           server_default='b')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.ENUM('a', 'b', name='m'),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a'::m\"))"
            ),
        ),
    ),
    "of a domain with its own": (
        column(pg.DOMAIN("d", Integer, default=text("3")), server_default=text("4")),
        column(pg.DOMAIN("d", Integer, default=text("3")), server_default=text("5")),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.DOMAIN('d', sa.INTEGER(), "
                "default='3', create_type=False),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('5'))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=postgresql.DOMAIN('d', sa.INTEGER(), "
                "default='3', create_type=False),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text('4'))"
            ),
        ),
    ),
    "a sequence": (
        sequences(column(Integer), "s"),
        sequences(column(Integer, server_default=text("nextval('s')")), "s"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"nextval('s')\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "another sequence": (
        sequences(column(Integer, server_default=text("nextval('s')")), "s", "z"),
        sequences(column(Integer, server_default=text("nextval('z')")), "s", "z"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"nextval('z')\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"nextval('s'::regclass)\"))"
            ),
        ),
    ),
    "together with NOT NULL": (
        column(Text),
        column(Text, server_default="x", nullable=False),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=False,\n"
                "           server_default='x')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "a name that needs quotes": (
        column(Text, name='V "x%'),
        column(Text, name='V "x%', server_default="x"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'V \"x%',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default='x')"
            ),
            (
                "op.alter_column('t', 'V \"x%',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "a serial comes": (
        table(PLAIN),
        table(KEY),
        ROW,
        Written(
            (
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")"
            ),
            (
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')"
            ),
        ),
    ),
    "a serial goes": (
        table(KEY),
        table(PLAIN),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')"
            ),
            (
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")"
            ),
        ),
    ),
    "a serial becomes a default": (
        table(KEY),
        table(v(Integer, name="id", primary_key=True, autoincrement=False, server_default="7")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default='7')"
            ),
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")"
            ),
        ),
    ),
    "a default becomes a serial": (
        table(v(Integer, name="id", primary_key=True, autoincrement=False, server_default="7")),
        table(KEY),
        ROW,
        Written(
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=None)\n"
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")"
            ),
            (
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           existing_nullable=False,\n"
                "           server_default=sa.text('7'))"
            ),
        ),
    ),
    "a serial in another schema": (
        table(PLAIN, schema="app"),
        table(KEY, schema="app"),
        ("INSERT INTO app.t VALUES (5)",),
        Written(
            (
                "op.execute('CREATE SEQUENCE app.t_id_seq AS integer OWNED BY app.t.id')\n"
                "op.execute(\"SELECT setval('app.t_id_seq', max(id)) FROM app.t HAVING "
                'max(id) >= 1")\n'
                'op.execute("ALTER TABLE app.t ALTER COLUMN id SET DEFAULT '
                "nextval('app.t_id_seq')\")"
            ),
            (
                "op.execute('ALTER TABLE app.t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE app.t_id_seq')"
            ),
        ),
    ),
    "a serial with names that need quotes": (
        table(v(Integer, name="Id", primary_key=True, autoincrement=False), name='T "x'),
        table(v(Integer, name="Id", primary_key=True), name='T "x'),
        (),
        Written(
            (
                'op.execute(\'CREATE SEQUENCE "T ""x_Id_seq" AS integer OWNED BY "T '
                '""x"."Id"\')\n'
                'op.execute(\'SELECT setval(\\\'"T ""x_Id_seq"\\\', max("Id")) FROM "T ""x" '
                'HAVING max("Id") >= 1\')\n'
                'op.execute(\'ALTER TABLE "T ""x" ALTER COLUMN "Id" SET DEFAULT '
                'nextval(\\\'"T ""x_Id_seq"\\\')\')'
            ),
            (
                'op.execute(\'ALTER TABLE "T ""x" ALTER COLUMN "Id" DROP DEFAULT\')\n'
                'op.execute(\'DROP SEQUENCE "T ""x_Id_seq"\')'
            ),
        ),
    ),
    "a typed statement sets one": (
        column(Text),
        also(column(Text), "ALTER TABLE t ALTER COLUMN v SET DEFAULT 'a:b'"),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=sa.text(\"'a:b'::text\"))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           existing_nullable=True,\n"
                "           server_default=None)"
            ),
        ),
    ),
    "a column comes, whose default a typed statement sets": (
        table(KEY),
        also(column(Text, nullable=False), "ALTER TABLE t ALTER COLUMN v SET DEFAULT 'a:b'"),
        ROW,
        Written(
            ("op.execute(\"ALTER TABLE t ADD COLUMN v text NOT NULL DEFAULT 'a:b'::text\")"),
            ("op.drop_column('t', 'v')"),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "a text": (column(Text, server_default="x"), ()),
    "an apostrophe": (column(Text, server_default="it's"), ()),
    "apostrophes around it": (column(Text, server_default="'x'"), ()),
    "a percent sign": (column(Text, server_default="100%"), ()),
    "a colon": (column(Text, server_default=text("'a \\:b'")), ()),
    "two lines of unicode": (column(Text, server_default="é\n☃"), ()),
    "an empty text": (column(Text, server_default=""), ()),
    "NULL": (column(Text, server_default=text("NULL")), ()),
    "NULL of a bounded type": (column(String(5), server_default=text("NULL")), ()),
    "NULL with a cast": (column(pg.JSONB, server_default=text("NULL::jsonb")), ()),
    "NULL of SQLAlchemy": (column(Text, server_default=sa.null()), ()),
    "NULL in the database": (
        column(String(5)),
        ("ALTER TABLE t ALTER v SET DEFAULT NULL::varchar",),
    ),
    "NULL over the default of a domain": (
        column(pg.DOMAIN("d", Integer, default=text("3")), server_default=text("NULL")),
        (),
    ),
    "now": (column(sa.DateTime, server_default=sa.func.now()), ()),
    "the time of the transaction": (
        column(sa.DateTime, server_default=text("CURRENT_TIMESTAMP")),
        (),
    ),
    "the time in UTC": (column(sa.DateTime, server_default=text("timezone('utc', now())")), ()),
    "random": (column(Text, server_default=text("md5(random()::text)")), ()),
    "a uuid": (column(pg.UUID, server_default=text("gen_random_uuid()")), ()),
    "the user": (column(Text, server_default=text("current_user")), ()),
    "a setting": (column(Text, server_default=text("current_setting('a.b', true)")), ()),
    "json": (column(sa.JSON, server_default=text("'{}'")), ()),
    "jsonb": (column(pg.JSONB, server_default=text("'{\"a\": [1, 2]}'::jsonb")), ()),
    "a table": (column(pg.REGCLASS, server_default=text("'t'::regclass")), ()),
    "a label of an enum": (column(sa.Enum("a", "b", name="m"), server_default=text("'a'::m")), ()),
    "a boolean in letters": (column(Boolean, server_default=text("'t'")), ()),
    "a negative number": (column(Integer, server_default=text("-1")), ()),
    "arithmetic": (column(Integer, server_default=text("1+2*3")), ()),
    "CASE": (column(Integer, server_default=text("case when true then 1 else 2 end")), ()),
    "an interval": (column(sa.Interval, server_default=text("interval '1 day'")), ()),
    "a date": (column(sa.Date, server_default=text("'2020-01-01'")), ()),
    "an array": (column(pg.ARRAY(Integer), server_default=text("ARRAY[]::integer[]")), ()),
    "a cast": (column(Text, server_default=sa.cast(sa.literal("x"), Text)), ()),
    "a function": (column(Text, server_default=sa.func.upper("x")), ()),
    "BETWEEN": (column(Boolean, server_default=text("(3 between 1 and 5)")), ()),
    "IN": (column(Boolean, server_default=text("('a' in ('a','b'))")), ()),
    "IN, read once more": (
        column(Boolean, server_default=text("('a'::varchar in ('a','b'))")),
        (
            "ALTER TABLE t ALTER v SET DEFAULT (('a'::character varying)::text = ANY "
            "(ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
        ),
    ),
    "a sequence": (element, ()),
    "what is left to the server": (
        column(Integer, server_default=sa.FetchedValue()),
        ("ALTER TABLE t ALTER v SET DEFAULT 7",),
    ),
    "serial": (table(KEY), ()),
    "bigserial": (table(v(BigInteger, name="id", primary_key=True)), ()),
    "smallserial": (table(v(SmallInteger, name="id", primary_key=True)), ()),
    "a serial whose sequence has another name": (
        table(KEY),
        ("ALTER SEQUENCE t_id_seq RENAME TO other",),
    ),
    "a serial whose sequence is bigint": (table(KEY), ("ALTER SEQUENCE t_id_seq AS bigint",)),
    "a serial made by hand": (
        table(KEY),
        (
            "DROP SEQUENCE t_id_seq CASCADE; CREATE SEQUENCE h OWNED BY t.id; "
            "ALTER TABLE t ALTER id SET DEFAULT nextval('h')",
        ),
    ),
    "a serial that moved on": (table(KEY), ("SELECT setval('t_id_seq', 500)",)),
    "a key with a sequence of its own": (own_sequence, ()),
    "a key without a sequence": (table(PLAIN), ()),
    "a number that somebody typed without quotes": (
        column(BigInteger, server_default="0"),
        ("ALTER TABLE t ALTER COLUMN v SET DEFAULT 0",),
    ),
    "a fraction that somebody typed without quotes": (
        column(sa.Float, server_default="1.5"),
        ("ALTER TABLE t ALTER COLUMN v SET DEFAULT 1.5",),
    ),
    "the moment, as the standard calls it": (
        column(sa.DateTime(timezone=True), server_default=sa.func.now()),
        ("ALTER TABLE t ALTER COLUMN v SET DEFAULT CURRENT_TIMESTAMP",),
    ),
    "a time zone by the function that it is": (
        column(sa.DateTime, server_default=text("(now() AT TIME ZONE 'utc')")),
        ("ALTER TABLE t ALTER COLUMN v SET DEFAULT timezone('utc', now())",),
    ),
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


def test_no_default_is_run(empty: Callable[[], Engine]) -> None:
    state = sequences(column(Integer, server_default=text("nextval('s')")), "s")
    other = sequences(column(Integer, server_default=text("nextval('s') + 1")), "s")
    engine = empty()
    make(engine, state)
    with engine.begin() as connection:
        written(connection, metadata_of(other), compare_server_default=True)
    with engine.begin() as connection:
        drawn = connection.execute(text("SELECT last_value, is_called FROM s")).one()
    assert tuple(drawn) == (1, False)


@pytest.mark.parametrize("says", [True, False, None])
def test_a_function_of_env_py_has_the_last_word(
    says: bool | None, empty: Callable[[], Engine]
) -> None:
    asked: list[tuple[object, object]] = []

    def compare_server_default(*words: object) -> bool | None:
        asked.append((words[3], words[5]))
        return says

    def differs(state: State) -> bool:
        with engine.begin() as connection:
            ask = compare_server_default
            found = written(connection, metadata_of(state), compare_server_default=ask)
            return "server_default=" in found.upgrade

    engine = empty()
    make(engine, column(Text, server_default="x"))
    seen = differs(column(Text, server_default="x")), differs(column(Text, server_default="y"))
    assert asked == [("'x'::text", "x"), ("'x'::text", "y")]
    assert seen == (says is True, says is not False)


def test_with_a_plugin_left_out_its_part_is_alembics_again(empty: Callable[[], Engine]) -> None:
    engine = empty()
    make(engine, column(Text, server_default="x"))
    plugins = ["alembic.autogenerate.*", "alembic_guard.*", "~alembic_guard.defaults"]
    with engine.begin() as connection:
        metadata = metadata_of(column(Text, server_default="y"))
        assert written(connection, metadata, plugins) == Written("", "")
