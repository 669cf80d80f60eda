"""Columns that come and go: changes, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, Integer, Text, text

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.column_states import KEY, also, both, column, table, v

ROW = ("INSERT INTO t DEFAULT VALUES",)

Z = table(KEY, name="z")
GENERATED = v(Text, lambda: sa.Computed("'% \\:x'", persisted=True), name="w")


class Kind(sa.TypeDecorator[str]):
    """A type of a project."""

    impl = sa.Enum("x", "y", name="kind", native_enum=False, create_constraint=True)
    cache_ok = True


LISTED = v(sa.Enum("x", "y", name="e", native_enum=False, create_constraint=True), name="listed")
DECORATED = v(Kind(), name="decorated")
FLAG = v(sa.Boolean(name="is_v", create_constraint=True))

CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "one comes": (
        table(KEY),
        column(Text, server_default="x", nullable=False, comment="c"),
        ROW,
        Written(
            (
                "op.add_column('t', sa.Column('v', sa.Text(), server_default='x', "
                "nullable=False, comment='c'))"
            ),
            "op.drop_column('t', 'v')",
        ),
    ),
    "one goes": (
        column(Text, server_default="x", nullable=False, comment="c"),
        table(KEY),
        ROW,
        Written(
            "op.drop_column('t', 'v')",
            (
                "op.add_column('t', sa.Column('v', sa.TEXT(), "
                "server_default=sa.text(\"'x'::text\"), autoincrement=False, nullable=False, "
                "comment='c'))"
            ),
        ),
    ),
    "one comes with a CHECK": (
        table(KEY),
        column(Integer, lambda: sa.CheckConstraint("v > 0")),
        ROW,
        Written(
            (
                "op.add_column('t', sa.Column('v', sa.Integer(), nullable=True))\n"
                "op.create_check_constraint(op.f('t_v_check'), 't', sa.text('v > 0'))"
            ),
            ("op.drop_constraint(op.f('t_v_check'), 't', type_='check')\nop.drop_column('t', 'v')"),
        ),
    ),
    "one goes with a CHECK": (
        column(Integer, lambda: sa.CheckConstraint("v > 0")),
        table(KEY),
        ROW,
        Written(
            ("op.drop_constraint(op.f('t_v_check'), 't', type_='check')\nop.drop_column('t', 'v')"),
            (
                "op.add_column('t', sa.Column('v', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.create_check_constraint(op.f('t_v_check'), 't', sa.text('v > 0'))"
            ),
        ),
    ),
    "one comes with an identity": (
        table(KEY),
        table(KEY, v(Integer, sa.Identity)),
        ROW,
        Written(
            (
                "op.add_column('t', sa.Column('v', sa.Integer(), "
                "sa.Identity(always=False), nullable=False))"
            ),
            "op.drop_column('t', 'v')",
        ),
    ),
    "one goes with an identity": (
        table(KEY, v(Integer, sa.Identity)),
        table(KEY),
        ROW,
        Written(
            "op.drop_column('t', 'v')",
            (
                "op.add_column('t', sa.Column('v', sa.INTEGER(), sa.Identity(always=False, "
                "start=1, increment=1, minvalue=1, maxvalue=2147483647, cycle=False, "
                "cache=1), autoincrement=True, nullable=False))"
            ),
        ),
    ),
    "one comes with odd letters": (
        table(KEY),
        column(Text, server_default="100% :x"),
        ROW,
        Written(
            (
                "op.add_column('t', sa.Column('v', sa.Text(), server_default='100% :x', "
                "nullable=True))"
            ),
            "op.drop_column('t', 'v')",
        ),
    ),
    "one goes with odd letters": (
        column(Text, server_default="100% :x"),
        table(KEY),
        ROW,
        Written(
            "op.drop_column('t', 'v')",
            "op.execute(\"ALTER TABLE t ADD COLUMN v text DEFAULT '100% \\\\:x'::text\")",
        ),
    ),
    "one comes with apostrophes": (
        table(KEY),
        column(Text, server_default="'x'", comment="it's"),
        ROW,
        Written(
            (
                "op.execute(\"ALTER TABLE t ADD COLUMN v TEXT DEFAULT '''x'''\")\n"
                "op.execute(\"COMMENT ON COLUMN t.v IS 'it''s'\")"
            ),
            "op.drop_column('t', 'v')",
        ),
    ),
    "a serial key comes": (
        table(v(Text)),
        table(v(Text), KEY),
        ROW,
        Written(
            (
                "op.execute('ALTER TABLE t ADD COLUMN id SERIAL NOT NULL')\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['id'])"
            ),
            ("op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\nop.drop_column('t', 'id')"),
        ),
    ),
    "a serial goes": (
        also(table(KEY), "ALTER TABLE t ADD n serial"),
        table(KEY),
        ROW,
        Written(
            "op.drop_column('t', 'n')",
            "op.execute('ALTER TABLE t ADD COLUMN n serial NOT NULL')",
        ),
    ),
    "a serial with a sequence by hand goes": (
        also(
            table(KEY),
            "CREATE SEQUENCE h",
            "ALTER TABLE t ADD n bigint DEFAULT nextval('h')",
            "ALTER SEQUENCE h OWNED BY t.n",
            "COMMENT ON COLUMN t.n IS 'it''s'",
        ),
        table(KEY),
        ROW,
        Written(
            "op.drop_column('t', 'n')",
            (
                "op.execute('CREATE SEQUENCE h AS bigint')\n"
                "op.execute(\"ALTER TABLE t ADD COLUMN n bigint DEFAULT nextval('h')\")\n"
                "op.execute('ALTER SEQUENCE h OWNED BY t.n')\n"
                "op.execute(\"COMMENT ON COLUMN t.n IS 'it''s'\")"
            ),
        ),
    ),
    "one of a type without words in SQLAlchemy goes": (
        also(table(KEY), "CREATE TYPE c AS (a int)", "ALTER TABLE t ADD n c"),
        also(table(KEY), "CREATE TYPE c AS (a int)"),
        ROW,
        Written(
            "op.drop_column('t', 'n')",
            "op.execute('ALTER TABLE t ADD COLUMN n c')",
        ),
    ),
    "one comes in another schema": (
        table(KEY, schema="app"),
        column(Text, schema="app"),
        (),
        Written(
            "op.add_column('t', sa.Column('v', sa.Text(), nullable=True), schema='app')",
            "op.drop_column('t', 'v', schema='app')",
        ),
    ),
    "a table comes with odd letters": (
        Z,
        both(Z, column(Text, server_default=text("'100% \\:x'"))),
        (),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('v', sa.Text(), server_default=sa.text(\"'100% \\\\:x'\"), "
                "nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")"
            ),
            "op.drop_table('t')",
        ),
    ),
    "a table comes with a generated column": (
        Z,
        both(Z, table(KEY, v(Text, lambda: sa.Computed("'% \\:x'", persisted=True)))),
        (),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('v', sa.Text(), sa.Computed(\"'% \\\\:x'\", persisted=True), "
                "nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")"
            ),
            "op.drop_table('t')",
        ),
    ),
    "a table goes with colons in a default and in a generated column": (
        both(Z, table(KEY, v(Text, server_default=text("'\\:x'")), GENERATED)),
        Z,
        (),
        Written(
            "op.drop_table('t')",
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.INTEGER(), autoincrement=True, nullable=False),\n"
                "sa.Column('v', sa.TEXT(), server_default=sa.text(\"'\\\\:x'::text\"), "
                "autoincrement=False, nullable=True),\n"
                "sa.Column('w', sa.TEXT(), sa.Computed(\"'% \\\\:x'::text\", persisted=True), "
                "autoincrement=False, nullable=True),\n"
                "sa.PrimaryKeyConstraint('id', name=op.f('t_pkey'))\n"
                ")"
            ),
        ),
    ),
    "ones come whose types have a CHECK": (
        table(KEY),
        table(KEY, FLAG, LISTED, DECORATED),
        ROW,
        Written(
            (
                "op.add_column('t', sa.Column('v', sa.Boolean(create_constraint=True, "
                "name='is_v'), nullable=True))\n"
                "op.add_column('t', sa.Column('listed', sa.Enum('x', 'y', name='e', "
                "native_enum=False), nullable=True))\n"
                "op.execute('ALTER TABLE t ADD COLUMN decorated VARCHAR(1)')\n"
                "op.create_check_constraint('e', 't', sa.text(\"listed IN ('x', 'y')\"))\n"
                "op.create_check_constraint('kind', 't', sa.text(\"decorated IN ('x', 'y')\"))"
            ),
            (
                "op.drop_constraint('kind', 't', type_='check')\n"
                "op.drop_constraint('e', 't', type_='check')\n"
                "op.drop_column('t', 'decorated')\n"
                "op.drop_column('t', 'listed')\n"
                "op.drop_column('t', 'v')"
            ),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "another order": (
        table(v(Text, name="a"), KEY, v(Text)),
        ("DROP TABLE t; CREATE TABLE t (v text, id serial PRIMARY KEY, a text)",),
    ),
    "one that was dropped": (column(Text), ("ALTER TABLE t ADD x int; ALTER TABLE t DROP x",)),
    "odd names": (column(Text, name='O"d d.%n :x', server_default="x", comment="y"), ()),
    "names of 63 bytes": (
        table(v(Integer, name="x" * 63, primary_key=True), v(Text, name="y" * 63), name="x" * 63),
        (),
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


@pytest.mark.parametrize("include_schemas", [True, False])
def test_a_table_of_another_schema_is_not_made_a_second_time(
    include_schemas: bool, empty: Callable[[], Engine]
) -> None:
    before, after = table(KEY, schema="app"), column(Text, schema="app")
    assert migrated(empty, before, after, include_schemas=include_schemas) == Written(
        "op.add_column('t', sa.Column('v', sa.Text(), nullable=True), schema='app')",
        "op.drop_column('t', 'v', schema='app')",
    )
    assert migrated(empty, after, before, include_schemas=include_schemas).upgrade == (
        "op.drop_column('t', 'v', schema='app')"
    )
