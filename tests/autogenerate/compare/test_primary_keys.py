"""Primary keys: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, UniqueConstraint

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
)


def key(*columns: str, name: str | None = None, **options: Any) -> Item:
    return lambda: sa.PrimaryKeyConstraint(*columns, name=name, **options)


def pairs(*items: Item, **options: Any) -> State:
    """A table of three columns that cannot be null."""
    columns = (column(each, nullable=False, autoincrement=False) for each in "abc")
    return table("pairs", *columns, *items, **options)


def points(target: str) -> State:
    """A table that points to a column of another."""
    return table("points", column("a"), lambda: sa.ForeignKeyConstraint(["a"], [target], name="fk"))


CHANGES = {
    "one is added": Change(
        pairs(),
        pairs(key("a")),
        Written(
            ("op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])"),
            ("op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')"),
        ),
    ),
    "one with a name is added": Change(
        pairs(),
        pairs(key("a", name="pk")),
        Written(
            ("op.create_primary_key('pk', 'pairs', ['a'])"),
            ("op.drop_constraint('pk', 'pairs', type_='primary')"),
        ),
    ),
    "one is dropped": Change(
        pairs(key("a", "b")),
        pairs(),
        Written(
            ("op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')"),
            ("op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a', 'b'])"),
        ),
    ),
    "a column is added": Change(
        pairs(key("a")),
        pairs(key("a", "b")),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a', 'b'])"
            ),
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])"
            ),
        ),
    ),
    "a column goes": Change(
        pairs(key("a", "b", name="pk")),
        pairs(key("a", name="pk")),
        Written(
            (
                "op.drop_constraint(op.f('pk'), 'pairs', type_='primary')\n"
                "op.create_primary_key('pk', 'pairs', ['a'])"
            ),
            (
                "op.drop_constraint('pk', 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pk'), 'pairs', ['a', 'b'])"
            ),
        ),
    ),
    "the order of its columns changes": Change(
        pairs(key("a", "b")),
        pairs(key("b", "a")),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['b', 'a'])"
            ),
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a', 'b'])"
            ),
        ),
    ),
    "it is renamed": Change(
        pairs(key("a", name="old")),
        pairs(key("a", name="pk")),
        Written(
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT \"old\" TO pk')"),
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT pk TO \"old\"')"),
        ),
    ),
    "a convention names it": Change(
        pairs(key("a")),
        convention(pairs(key("a")), pk="pk_%(table_name)s"),
        Written(
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT pairs_pkey TO pk_pairs')"),
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT pk_pairs TO pairs_pkey')"),
        ),
    ),
    "what it was called is the name of something else": Change(
        pairs(key("a", name="old")),
        pairs(key("a"), lambda: UniqueConstraint("b", name="old")),
        Written(
            (
                "op.drop_constraint(op.f('old'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])\n"
                "op.create_unique_constraint('old', 'pairs', ['b'])"
            ),
            (
                "op.drop_constraint('old', 'pairs', type_='unique')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('old'), 'pairs', ['a'])"
            ),
        ),
    ),
    "it is renamed, and changes": Change(
        pairs(key("a", name="old")),
        pairs(key("b", name="pk")),
        Written(
            (
                "op.drop_constraint(op.f('old'), 'pairs', type_='primary')\n"
                "op.create_primary_key('pk', 'pairs', ['b'])"
            ),
            (
                "op.drop_constraint('pk', 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('old'), 'pairs', ['a'])"
            ),
        ),
    ),
    "it changes, and its name is the database's": Change(
        pairs(key("a", name="old")),
        pairs(key("b")),
        Written(
            (
                "op.drop_constraint(op.f('old'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('old'), 'pairs', ['b'])"
            ),
            (
                "op.drop_constraint(op.f('old'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('old'), 'pairs', ['a'])"
            ),
        ),
        options={"exact": False},
    ),
    "it includes a column": Change(
        pairs(key("a")),
        pairs(key("a", postgresql_include=["b"])),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.execute('ALTER TABLE pairs ADD CONSTRAINT pairs_pkey PRIMARY KEY (a) "
                "INCLUDE (b)')"
            ),
            (
                "op.execute('ALTER TABLE pairs DROP CONSTRAINT pairs_pkey')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])"
            ),
        ),
    ),
    "it includes no column any more": Change(
        pairs(key("a", postgresql_include=["b"])),
        pairs(key("a")),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])"
            ),
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.execute('ALTER TABLE pairs ADD CONSTRAINT pairs_pkey PRIMARY KEY (a) "
                "INCLUDE (b)')"
            ),
        ),
    ),
    "it becomes deferrable": Change(
        pairs(key("a")),
        pairs(key("a", deferrable=True, initially="DEFERRED")),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.execute('ALTER TABLE pairs ADD CONSTRAINT pairs_pkey PRIMARY KEY (a) "
                "DEFERRABLE INITIALLY DEFERRED')"
            ),
            (
                "op.execute('ALTER TABLE pairs DROP CONSTRAINT pairs_pkey')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])"
            ),
        ),
    ),
    "names with quotes, dots and percents": Change(
        table('p "y" 2.%', column('c "d" 7.%', nullable=False, autoincrement=False)),
        table(
            'p "y" 2.%',
            column('c "d" 7.%', nullable=False, autoincrement=False),
            key('c "d" 7.%', name='k "k" %.'),
        ),
        Written(
            ("op.create_primary_key('k \"k\" %.', 'p \"y\" 2.%', ['c \"d\" 7.%'])"),
            ("op.drop_constraint('k \"k\" %.', 'p \"y\" 2.%', type_='primary')"),
        ),
    ),
    "in another schema": Change(
        in_schema("app", pairs(key("a"), schema="app")),
        in_schema("app", pairs(key("b"), schema="app")),
        Written(
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', schema='app', "
                "type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['b'], schema='app')"
            ),
            (
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', schema='app', "
                "type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'], schema='app')"
            ),
        ),
        options={"include_schemas": True},
    ),
    "it gets a comment": Change(
        pairs(key("a", name="pk")),
        pairs(key("a", name="pk", comment="why")),
        Written(
            ("op.execute(\"COMMENT ON CONSTRAINT pk ON pairs IS 'why'\")"),
            ("op.execute('COMMENT ON CONSTRAINT pk ON pairs IS NULL')"),
        ),
    ),
    "a new column is in it": Change(
        table("t", column("a", primary_key=True, autoincrement=False)),
        table(
            "t",
            column("a", primary_key=True, autoincrement=False),
            column("b", primary_key=True, autoincrement=False),
        ),
        Written(
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.add_column('t', sa.Column('b', sa.Integer(), autoincrement=False, "
                "nullable=False))\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['a', 'b'])"
            ),
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.drop_column('t', 'b')\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['a'])"
            ),
        ),
    ),
    "a column goes that was in it": Change(
        table(
            "t",
            column("a", primary_key=True, autoincrement=False),
            column("b", primary_key=True, autoincrement=False),
        ),
        table("t", column("a", primary_key=True, autoincrement=False)),
        Written(
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.drop_column('t', 'b')\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['a'])"
            ),
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.add_column('t', sa.Column('b', sa.INTEGER(), autoincrement=False, "
                "nullable=False))\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['a', 'b'])"
            ),
        ),
    ),
    "a foreign key rests on it, and it is renamed": Change(
        both(pairs(key("a")), points("pairs.a")),
        both(pairs(key("a", name="pk")), points("pairs.a")),
        Written(
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT pairs_pkey TO pk')"),
            ("op.execute('ALTER TABLE pairs RENAME CONSTRAINT pk TO pairs_pkey')"),
        ),
    ),
    "a foreign key rests on it, and it includes a column": Change(
        both(pairs(key("a")), points("pairs.a")),
        both(pairs(key("a", postgresql_include=["b"])), points("pairs.a")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'points', type_='foreignkey')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.execute('ALTER TABLE pairs ADD CONSTRAINT pairs_pkey PRIMARY KEY (a) "
                "INCLUDE (b)')\n"
                "op.create_foreign_key('fk', 'points', 'pairs', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint('fk', 'points', type_='foreignkey')\n"
                "op.execute('ALTER TABLE pairs DROP CONSTRAINT pairs_pkey')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 'points', 'pairs', ['a'], ['a'])"
            ),
        ),
    ),
    "a foreign key rests on it, and goes to another": Change(
        both(pairs(key("a")), points("pairs.a")),
        both(pairs(key("b")), points("pairs.b")),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'points', type_='foreignkey')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['b'])\n"
                "op.create_foreign_key('fk', 'points', 'pairs', ['a'], ['b'])"
            ),
            (
                "op.drop_constraint('fk', 'points', type_='foreignkey')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 'points', 'pairs', ['a'], ['a'])"
            ),
        ),
    ),
    "it becomes a unique constraint on which a foreign key rests": Change(
        both(pairs(key("a")), points("pairs.a")),
        both(
            pairs(key("b"), lambda: sa.UniqueConstraint("a", name="uq")),
            points("pairs.a"),
        ),
        Written(
            (
                "op.drop_constraint(op.f('fk'), 'points', type_='foreignkey')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['b'])\n"
                "op.create_unique_constraint('uq', 'pairs', ['a'])\n"
                "op.create_foreign_key('fk', 'points', 'pairs', ['a'], ['a'])"
            ),
            (
                "op.drop_constraint('fk', 'points', type_='foreignkey')\n"
                "op.drop_constraint('uq', 'pairs', type_='unique')\n"
                "op.drop_constraint(op.f('pairs_pkey'), 'pairs', type_='primary')\n"
                "op.create_primary_key(op.f('pairs_pkey'), 'pairs', ['a'])\n"
                "op.create_foreign_key(op.f('fk'), 'points', 'pairs', ['a'], ['a'])"
            ),
        ),
    ),
    "its table comes": Change(
        table("other", column("a")),
        both(
            table("other", column("a")),
            pairs(key("a", name="pk", postgresql_include=["b"], deferrable=True)),
        ),
        Written(
            (
                "op.create_table('pairs',\n"
                "sa.Column('a', sa.Integer(), autoincrement=False, nullable=False),\n"
                "sa.Column('b', sa.Integer(), autoincrement=False, nullable=False),\n"
                "sa.Column('c', sa.Integer(), autoincrement=False, nullable=False),\n"
                "sa.PrimaryKeyConstraint('a', name='pk')\n"
                ")\n"
                "op.execute('ALTER TABLE pairs DROP CONSTRAINT pk, ADD CONSTRAINT pk "
                "PRIMARY KEY (a) INCLUDE (b) DEFERRABLE')"
            ),
            ("op.drop_table('pairs')"),
        ),
    ),
    "its table goes": Change(
        both(
            table("other", column("a")),
            pairs(key("a", name="pk", postgresql_include=["b"], deferrable=True)),
        ),
        table("other", column("a")),
        Written(
            ("op.drop_table('pairs')"),
            (
                "op.create_table('pairs',\n"
                "sa.Column('a', sa.INTEGER(), autoincrement=False, nullable=False),\n"
                "sa.Column('b', sa.INTEGER(), autoincrement=False, nullable=False),\n"
                "sa.Column('c', sa.INTEGER(), autoincrement=False, nullable=False),\n"
                "sa.PrimaryKeyConstraint('a', name=op.f('pk'))\n"
                ")\n"
                "op.execute('ALTER TABLE pairs DROP CONSTRAINT pk, ADD CONSTRAINT pk "
                "PRIMARY KEY (a) INCLUDE (b) DEFERRABLE')"
            ),
        ),
    ),
    "somebody has typed it": Change(
        pairs(),
        both(pairs(), ddl("ALTER TABLE pairs ADD CONSTRAINT typed PRIMARY KEY (b)")),
        Written(
            ("op.execute('ALTER TABLE pairs ADD CONSTRAINT typed PRIMARY KEY (b)')"),
            ("op.execute('ALTER TABLE pairs DROP CONSTRAINT typed')"),
        ),
    ),
}

SAME = {
    "of a column": Same(table("t", column("a", primary_key=True))),
    "of two columns": Same(pairs(key("b", "a"))),
    "named": Same(pairs(key("a", name="pk"))),
    "unnamed in the models, named in the database": Same(
        pairs(key("a")), ("ALTER TABLE pairs RENAME CONSTRAINT pairs_pkey TO anything",)
    ),
    "its table was renamed": Same(
        table("t", column("a", primary_key=True)),
        (
            "ALTER TABLE t RENAME TO other",
            "ALTER TABLE other RENAME TO t",
            "ALTER INDEX t_pkey RENAME TO other_pkey",
        ),
    ),
    "a convention": Same(convention(pairs(key("a")), pk="pk_%(table_name)s")),
    "a convention whose name is cut": Same(
        convention(pairs(key("a")), pk="pk_" + "x" * 70 + "_%(table_name)s")
    ),
    "with columns included": Same(pairs(key("a", postgresql_include=["b"]))),
    "deferrable": Same(pairs(key("a", deferrable=True, initially="DEFERRED"))),
    "unique too": Same(table("t", column("a", primary_key=True, unique=True))),
    "unique too, by name": Same(
        table("t", column("a", primary_key=True), lambda: sa.UniqueConstraint("a", name="uq"))
    ),
    "indexed too": Same(table("t", column("a", primary_key=True, index=True))),
    "an identity": Same(table("t", column("a", sa.BigInteger, sa.Identity, primary_key=True))),
    "none": Same(pairs()),
    "in another schema": Same(in_schema("app", both(pairs(key("a"), schema="app"), pairs()))),
    "the default schema, said": Same(pairs(key("a"), schema="public")),
    "long names that PostgreSQL cuts": Same(table("t" * 63, column("c" * 63, primary_key=True))),
    "names with quotes, dots and percents": Same(
        table('p "y" 2.%', column('c "d" 7.%', primary_key=True))
    ),
    "a partitioned table": Same(
        table("p", column("a", primary_key=True), postgresql_partition_by="LIST (a)"),
        ("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",),
        options={"include_name": lambda name, type_, _: name != "p1"},
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
