"""Generated columns: changes, on tables with rows, and what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    run,
    unchanged,
    written,
)
from tests.autogenerate.compare.column_states import KEY, Item, table, v

A = v(Text, name="a")

B = v(Text, name="b")

N = v(Integer, name="n")

ROW = ("INSERT INTO t (a, b) VALUES ('x', 'y')",)

NUMBER = ("INSERT INTO t (n) VALUES (5)",)


def of(expression: str, type_: Any = Text, **options: Any) -> Item:
    """A generated column."""
    return v(type_, lambda: sa.Computed(expression, persisted=True), **options)


def expression(metadata: MetaData) -> None:
    """A generated column of SQLAlchemy's expressions."""
    number = Column("n", Integer)
    generated = Column("v", Integer, sa.Computed(number + 1, persisted=True))
    Table("t", metadata, Column("id", Integer, primary_key=True), number, generated)


def index() -> sa.Index:
    """An index on it."""
    return sa.Index("t_v", "v")


def stored_index() -> sa.Index:
    """The index, stored otherwise."""
    return sa.Index("t_v", "v", postgresql_with={"fillfactor": 70})


def renamed_unique() -> sa.UniqueConstraint:
    """The constraint by another name."""
    return sa.UniqueConstraint("v", name="t_v_unique")


def lower() -> sa.Index:
    """An index on an expression of it."""
    return sa.Index("t_lower", text("lower(v)"))


def unique() -> sa.UniqueConstraint:
    """A constraint with an index."""
    return sa.UniqueConstraint("v", name="t_v_key")


def check() -> sa.CheckConstraint:
    """A constraint without one."""
    return sa.CheckConstraint("v <> ''", name="t_v_check")


CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "another expression": (
        table(KEY, A, B, of("a || b")),
        table(KEY, A, B, of("b || a")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (b || a) "
                "STORED')"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')"
            ),
        ),
    ),
    "percent signs and colons": (
        table(KEY, A, B, of("a || '%'")),
        table(KEY, A, B, of("a || '%d \\:x'")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute(\"ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (a || '%d "
                "\\\\:x') STORED\")"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                'op.execute("ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || '
                "'%'::text)) STORED\")"
            ),
        ),
    ),
    "it becomes plain": (
        table(KEY, A, B, of("a || b")),
        table(KEY, A, B, v(Text)),
        ROW,
        Written(
            "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')",
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')"
            ),
        ),
    ),
    "it becomes plain, with a default": (
        table(KEY, A, B, of("a || b")),
        table(KEY, A, B, v(Text, server_default="x", nullable=False)),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=False,\n"
                "           server_default='x')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=True,\n"
                "           server_default=None)\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')"
            ),
        ),
    ),
    "it becomes plain, with an index": (
        table(KEY, A, B, of("a || b"), lower),
        table(KEY, A, B, v(Text), lower),
        ROW,
        Written(
            "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')",
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')\n"
                "op.execute('CREATE INDEX t_lower ON t USING btree (lower(v))')"
            ),
        ),
    ),
    "a plain one is generated": (
        table(KEY, A, B, v(Text)),
        table(KEY, A, B, of("a || b")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (a || b) "
                "STORED')"
            ),
            "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')",
        ),
    ),
    "a plain one of another type, with a default": (
        table(KEY, A, B, v(String(20), server_default="x", nullable=False, comment="c")),
        table(KEY, A, B, of("a || b")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (a || b) "
                "STORED')"
            ),
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')\n"
                "op.execute('ALTER TABLE t ALTER COLUMN v TYPE character varying(20)')\n"
                "op.execute(\"ALTER TABLE t ALTER COLUMN v SET DEFAULT 'x'::character "
                'varying")\n'
                "op.execute('ALTER TABLE t ALTER COLUMN v SET NOT NULL')\n"
                "op.execute(\"COMMENT ON COLUMN t.v IS 'c'\")"
            ),
        ),
    ),
    "indexes and constraints on it": (
        table(KEY, A, B, of("a || b"), index, lower, unique, check),
        table(KEY, A, B, of("b || a"), index, lower, unique, check),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_check')\n"
                "op.execute('DROP INDEX t_lower')\n"
                "op.execute('DROP INDEX t_v')\n"
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_key')\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (b || a) "
                "STORED')\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_v_key UNIQUE (v)')\n"
                "op.execute('CREATE INDEX t_lower ON t USING btree (lower(v))')\n"
                "op.execute('CREATE INDEX t_v ON t USING btree (v)')\n"
                "op.execute(\"ALTER TABLE t ADD CONSTRAINT t_v_check CHECK ((v <> ''::text))\")"
            ),
            (
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_check')\n"
                "op.execute('DROP INDEX t_v')\n"
                "op.execute('DROP INDEX t_lower')\n"
                "op.execute('ALTER TABLE t DROP CONSTRAINT t_v_key')\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')\n"
                "op.execute('ALTER TABLE t ADD CONSTRAINT t_v_key UNIQUE (v)')\n"
                "op.execute('CREATE INDEX t_v ON t USING btree (v)')\n"
                "op.execute('CREATE INDEX t_lower ON t USING btree (lower(v))')\n"
                "op.execute(\"ALTER TABLE t ADD CONSTRAINT t_v_check CHECK ((v <> ''::text))\")"
            ),
        ),
    ),
    "another type": (
        table(KEY, A, B, of("a || b", String(50))),
        table(KEY, A, B, of("a || b")),
        ROW,
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=50),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True,\n"
                "           existing_server_default=sa.Computed('(a || b)', persisted=True))"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=50),\n"
                "           existing_nullable=True,\n"
                "           existing_server_default=sa.Computed('(a || b)', persisted=True))"
            ),
        ),
    ),
    "a type that needs a cast": (
        table(KEY, A, B, of("a || b")),
        table(KEY, A, B, of("length(a)", Integer)),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v INTEGER GENERATED ALWAYS AS "
                "(length(a)) STORED')"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')"
            ),
        ),
    ),
    "comment and NOT NULL too": (
        table(KEY, A, B, of("a || b", comment="one", nullable=False)),
        table(KEY, A, B, of("b || a", comment="two")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (b || a) "
                "STORED')\n"
                "op.execute(\"COMMENT ON COLUMN t.v IS 'two'\")"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text NOT NULL GENERATED ALWAYS AS "
                "((a || b)) STORED')\n"
                "op.execute(\"COMMENT ON COLUMN t.v IS 'one'\")"
            ),
        ),
    ),
    "what it reads gets another type": (
        table(KEY, N, of("n + 1", Integer)),
        table(KEY, v(BigInteger, name="n"), of("n + 1", BigInteger)),
        NUMBER,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ADD COLUMN v BIGINT GENERATED ALWAYS AS (n + 1) "
                "STORED')"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ADD COLUMN v integer GENERATED ALWAYS AS ((n + "
                "1)) STORED')"
            ),
        ),
    ),
    "only what it reads gets another type": (
        table(KEY, v(String(9), name="n"), of("length(n)", Integer)),
        table(KEY, v(String(20), name="n"), of("length(n)", Integer)),
        NUMBER,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.VARCHAR(length=9),\n"
                "           type_=sa.String(length=20),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ADD COLUMN v INTEGER GENERATED ALWAYS AS "
                "(length(n)) STORED')"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.alter_column('t', 'n',\n"
                "           existing_type=sa.String(length=20),\n"
                "           type_=sa.VARCHAR(length=9),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ADD COLUMN v integer GENERATED ALWAYS AS "
                "(length((n)::text)) STORED')"
            ),
        ),
    ),
    "it reads what is new, and not what goes": (
        table(KEY, A, B, of("a || b")),
        table(KEY, A, v(Text, name="c"), of("a || c")),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.add_column('t', sa.Column('c', sa.Text(), nullable=True))\n"
                "op.drop_column('t', 'b')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (a || c) "
                "STORED')"
            ),
            (
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.add_column('t', sa.Column('b', sa.TEXT(), autoincrement=False, "
                "nullable=True))\n"
                "op.drop_column('t', 'c')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || "
                "b)) STORED')"
            ),
        ),
    ),
    "it becomes an identity": (
        table(KEY, N, of("n + 1", Integer)),
        table(KEY, N, v(Integer, sa.Identity)),
        NUMBER,
        Written(
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v DROP EXPRESSION')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=False,\n"
                "           existing_server_default=sa.Computed('(n + 1)', persisted=True))\n"
                "op.execute('ALTER TABLE t ALTER COLUMN v ADD GENERATED BY DEFAULT AS "
                "IDENTITY')\n"
                "op.execute(\"SELECT setval(pg_get_serial_sequence('t', 'v'), max(v)) FROM "
                't HAVING max(v) >= 1")'
            ),
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v DROP IDENTITY')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=True,\n"
                "           existing_server_default=sa.Computed('(n + 1)', persisted=True))\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v integer GENERATED ALWAYS AS ((n + "
                "1)) STORED')"
            ),
        ),
    ),
    "one comes with what it reads": (
        table(KEY),
        table(KEY, of("a || b"), A, B),
        (),
        Written(
            (
                "op.add_column('t', sa.Column('a', sa.Text(), nullable=True))\n"
                "op.add_column('t', sa.Column('b', sa.Text(), nullable=True))\n"
                "op.add_column('t', sa.Column('v', sa.Text(), sa.Computed('a || b', "
                "persisted=True), nullable=True))"
            ),
            ("op.drop_column('t', 'v')\nop.drop_column('t', 'b')\nop.drop_column('t', 'a')"),
        ),
    ),
    "one goes with what it reads": (
        table(KEY, A, B, of("a || b")),
        table(KEY),
        ROW,
        Written(
            ("op.drop_column('t', 'v')\nop.drop_column('t', 'a')\nop.drop_column('t', 'b')"),
            (
                "op.add_column('t', sa.Column('b', sa.TEXT(), autoincrement=False, "
                "nullable=True))\n"
                "op.add_column('t', sa.Column('a', sa.TEXT(), autoincrement=False, "
                "nullable=True))\n"
                "op.add_column('t', sa.Column('v', sa.TEXT(), sa.Computed('(a || b)', "
                "persisted=True), autoincrement=False, nullable=True))"
            ),
        ),
    ),
    "names that need quotes": (
        table(KEY, v(Text, name="A b"), of('"A b"', name='V "x%'), name='T "x'),
        table(KEY, v(Text, name="A b"), of('upper("A b")', name='V "x%'), name='T "x'),
        (),
        Written(
            (
                'op.execute(\'ALTER TABLE "T ""x" DROP COLUMN "V ""x%"\')\n'
                'op.execute(\'ALTER TABLE "T ""x" ADD COLUMN "V ""x%" TEXT GENERATED ALWAYS '
                'AS (upper("A b")) STORED\')'
            ),
            (
                'op.execute(\'ALTER TABLE "T ""x" DROP COLUMN "V ""x%"\')\n'
                'op.execute(\'ALTER TABLE "T ""x" ADD COLUMN "V ""x%" text GENERATED ALWAYS '
                'AS ("A b") STORED\')'
            ),
        ),
    ),
    "another schema": (
        table(KEY, A, B, of("a || b"), index, schema="app"),
        table(KEY, A, B, of("b || a"), index, schema="app"),
        (),
        Written(
            (
                "op.execute('DROP INDEX app.t_v')\n"
                "op.execute('ALTER TABLE app.t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE app.t ADD COLUMN v TEXT GENERATED ALWAYS AS (b || "
                "a) STORED')\n"
                "op.execute('CREATE INDEX t_v ON app.t USING btree (v)')"
            ),
            (
                "op.execute('DROP INDEX app.t_v')\n"
                "op.execute('ALTER TABLE app.t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE app.t ADD COLUMN v text GENERATED ALWAYS AS ((a "
                "|| b)) STORED')\n"
                "op.execute('CREATE INDEX t_v ON app.t USING btree (v)')"
            ),
        ),
    ),
    "another expression, and what is on it would have changed in place": (
        table(KEY, A, B, of("a || b"), index, unique),
        table(KEY, A, B, of("b || a"), stored_index, renamed_unique),
        ROW,
        Written(
            (
                "op.drop_index(op.f('t_v'), table_name='t')\n"
                "op.drop_constraint(op.f('t_v_key'), 't', type_='unique')\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v TEXT GENERATED ALWAYS AS (b || a) "
                "STORED')\n"
                "op.create_unique_constraint('t_v_unique', 't', ['v'])\n"
                "op.create_index('t_v', 't', ['v'], unique=False, postgresql_with={'fillfactor': "
                "70})"
            ),
            (
                "op.drop_index('t_v', table_name='t')\n"
                "op.drop_constraint('t_v_unique', 't', type_='unique')\n"
                "op.execute('ALTER TABLE t DROP COLUMN v')\n"
                "op.execute('ALTER TABLE t ADD COLUMN v text GENERATED ALWAYS AS ((a || b)) "
                "STORED')\n"
                "op.create_unique_constraint(op.f('t_v_key'), 't', ['v'])\n"
                "op.create_index(op.f('t_v'), 't', ['v'], unique=False)"
            ),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "an expression": (table(KEY, A, B, of("a || b")), ()),
    "a cast that the server adds": (table(KEY, v(String(10), name="a"), of("a || 'x'")), ()),
    "a percent sign": (table(KEY, A, of("a || '%'")), ()),
    "a colon": (table(KEY, A, of("a || ' \\:x'")), ()),
    "IN": (table(KEY, A, of("a in ('x', 'y')", Boolean)), ()),
    "CASE": (table(KEY, A, of("CASE a WHEN 'x' THEN 1 ELSE 2 END", Integer)), ()),
    "a text search": (table(KEY, A, of("to_tsvector('english', a)", pg.TSVECTOR)), ()),
    "NOT NULL": (table(KEY, A, of("coalesce(a, '')", nullable=False)), ()),
    "a scale": (table(KEY, v(Numeric(5, 2), name="a"), of("a * 2", Numeric(5, 2))), ()),
    "an expression of SQLAlchemy": (expression, ()),
    "what is left to the server": (
        table(KEY, v(Integer, server_default=sa.FetchedValue())),
        ("ALTER TABLE t DROP v, ADD v integer GENERATED ALWAYS AS (id + 1) STORED",),
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


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (table(KEY, A, B, of("b || a")), ("yx", "xy")),
        (table(KEY, A, B, v(Text)), ("xy", "xy")),
    ],
)
def test_no_value_is_lost(
    state: State, values: tuple[str, str], empty: Callable[[], Engine]
) -> None:
    engine = empty()
    make(engine, table(KEY, A, B, of("a || b")), ROW)
    with engine.begin() as connection:
        migration = written(connection, metadata_of(state))
    found = []
    for body in (migration.upgrade, migration.downgrade):
        with engine.connect() as connection:
            run(connection, body)
        with engine.connect() as connection:
            found.append(connection.scalar(text("SELECT v FROM t")))
    assert tuple(found) == values


@pytest.mark.filterwarnings("error::UserWarning")
def test_alembic_does_not_warn_of_what_it_cannot_modify(empty: Callable[[], Engine]) -> None:
    engine = empty()
    make(engine, table(KEY, A, B, of("a || b")))
    with engine.begin() as connection:
        assert written(connection, metadata_of(table(KEY, A, B, of("b || a")))).upgrade
