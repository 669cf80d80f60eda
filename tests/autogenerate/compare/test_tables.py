"""Tables: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, Table

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


def users(name: str = "users", schema: str | None = None, **options: Any) -> State:
    """A table with an id, and what else is said of it."""

    def state(metadata: MetaData) -> None:
        Table(name, metadata, Column("id", Integer, nullable=False), schema=schema, **options)

    return state


def both(*states: State) -> State:
    """Several states in one."""

    def state(metadata: MetaData) -> None:
        for each in states:
            each(metadata)

    return state


def sql(*statements: str) -> State:
    """What is declared by an event."""

    def state(metadata: MetaData) -> None:
        for each in statements:
            ddl = sa.DDL(each.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "after_create", ddl)

    return state


def app(metadata: MetaData) -> None:
    """A schema of its own."""
    ddl = sa.DDL("CREATE SCHEMA IF NOT EXISTS app")  # type: ignore[no-untyped-call]
    sa.event.listen(metadata, "before_create", ddl)


def nothing(metadata: MetaData) -> None:
    """No table at all."""


def inheriting(*parents: str, name: str = "child") -> State:
    """A parent, and a table that may inherit it."""

    def state(metadata: MetaData) -> None:
        Table("parent", metadata, Column("id", Integer, nullable=False))
        Table("Other", metadata, Column("x", Integer))
        options: dict[str, Any] = {"postgresql_inherits": parents} if parents else {}
        columns = [Column("id", Integer, nullable=False), Column("x", Integer)]
        Table(name, metadata, *columns, **options)

    return state


def parent(name: str, *columns: str) -> State:
    """A table that is inherited."""

    def state(metadata: MetaData) -> None:
        Table(name, metadata, *[Column(each, Integer) for each in columns])

    return state


def heir(name: str, *parents: str) -> State:
    """A table that has what it inherits, and a column that is its own."""

    def state(metadata: MetaData) -> None:
        Table(name, metadata, Column("own", Integer, index=True), postgresql_inherits=parents)

    return state


UNLOGGED: dict[str, Any] = {"prefixes": ["UNLOGGED"]}
DAYS: State = users("days", postgresql_partition_by="RANGE (id)")
ONE = "CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (100)"
TWO = "CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (100) TO (200)"
ODD = 'CREATE TABLE "Odd % day" PARTITION OF days FOR VALUES FROM (100) TO (200)'


def named_ix(name: str) -> State:
    """A table with an index of one name."""

    def state(metadata: MetaData) -> None:
        Table(name, metadata, Column("id", Integer), sa.Index("ix", "id"))

    return state


def several(metadata: MetaData) -> None:
    """Tables of which some rest on others, by a foreign key and as an heir."""
    Table("zone", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
    for name in ("d", "c", "b"):
        Table(name, metadata, Column("id", Integer, nullable=False))
    Table("a", metadata, Column("zone_id", sa.ForeignKey("zone.id"), index=True))
    heir: dict[str, Any] = {"postgresql_inherits": "d"}
    Table("e", metadata, Column("n", Integer, nullable=False), **heir)


def plain(name: str) -> str:
    """What makes a table of an id again."""
    column = "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False)"
    return f"op.create_table('{name}',\n{column}\n)\n"


CHANGES: dict[str, Any] = {
    "several go, what rests on others first": (
        both(users(), several),
        users(),
        Written(
            "op.drop_index(op.f('ix_a_zone_id'), table_name='a')\n"
            "op.drop_table('a')\n"
            "op.drop_table('b')\n"
            "op.drop_table('c')\n"
            "op.drop_table('e')\n"
            "op.drop_table('d')\n"
            "op.drop_table('zone')",
            "op.create_table('zone',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "sa.PrimaryKeyConstraint('id', name=op.f('zone_pkey'))\n"
            ")\n" + plain("d") + "op.create_table('e',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "sa.Column('n', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "postgresql_inherits=('d',)\n"
            ")\n" + plain("c") + plain("b") + "op.create_table('a',\n"
            "sa.Column('zone_id', sa.INTEGER(), autoincrement=False, nullable=True),\n"
            "sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('a_zone_id_fkey'))\n"
            ")\n"
            "op.create_index(op.f('ix_a_zone_id'), 'a', ['zone_id'], unique=False)",
        ),
    ),
    "it becomes unlogged": (
        users(),
        users(**UNLOGGED),
        Written(
            "op.execute('ALTER TABLE users SET UNLOGGED')",
            "op.execute('ALTER TABLE users SET LOGGED')",
        ),
    ),
    "it becomes logged": (
        users(**UNLOGGED),
        users(),
        Written(
            "op.execute('ALTER TABLE users SET LOGGED')",
            "op.execute('ALTER TABLE users SET UNLOGGED')",
        ),
    ),
    "one with an odd name becomes unlogged": (
        users('Odd "%s"'),
        users('Odd "%s"', **UNLOGGED),
        Written(
            'op.execute(\'ALTER TABLE "Odd ""%s""" SET UNLOGGED\')',
            'op.execute(\'ALTER TABLE "Odd ""%s""" SET LOGGED\')',
        ),
    ),
    "one of another schema becomes unlogged": (
        both(app, users(schema="app"), users()),
        both(app, users(schema="app", **UNLOGGED), users()),
        Written(
            "op.execute('ALTER TABLE app.users SET UNLOGGED')",
            "op.execute('ALTER TABLE app.users SET LOGGED')",
        ),
        {"include_schemas": True},
    ),
    "an unlogged one comes": (
        nothing,
        users(**UNLOGGED),
        Written(
            "op.create_table('users',\n"
            "sa.Column('id', sa.Integer(), nullable=False),\n"
            "prefixes=['UNLOGGED']\n"
            ")",
            "op.drop_table('users')",
        ),
    ),
    "an unlogged one goes": (
        both(users(), users("cache", **UNLOGGED)),
        users(),
        Written(
            "op.drop_table('cache')",
            "op.create_table('cache',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "prefixes=['UNLOGGED']\n"
            ")",
        ),
    ),
    "a storage parameter comes": (
        users(),
        users(postgresql_with={"fillfactor": 70}),
        Written(
            "op.execute('ALTER TABLE users SET (fillfactor=70)')",
            "op.execute('ALTER TABLE users RESET (fillfactor)')",
        ),
    ),
    "a storage parameter changes": (
        users(postgresql_with={"fillfactor": 70}),
        users(postgresql_with={"fillfactor": 80}),
        Written(
            "op.execute('ALTER TABLE users SET (fillfactor=80)')",
            "op.execute('ALTER TABLE users SET (fillfactor=70)')",
        ),
    ),
    "one storage parameter comes, and one changes": (
        users(postgresql_with={"fillfactor": 70}),
        users(
            postgresql_with={
                "fillfactor": 80,
                "autovacuum_enabled": False,
                "toast_tuple_target": 4000,
            }
        ),
        Written(
            "op.execute('ALTER TABLE users SET (fillfactor=80, autovacuum_enabled=false, "
            "toast_tuple_target=4000)')",
            "op.execute('ALTER TABLE users SET (fillfactor=70)')\n"
            "op.execute('ALTER TABLE users RESET (autovacuum_enabled, toast_tuple_target)')",
        ),
    ),
    "one with storage parameters goes": (
        both(users(), users("cache", postgresql_with={"fillfactor": 70})),
        users(),
        Written(
            "op.drop_table('cache')",
            "op.create_table('cache',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "postgresql_with={'fillfactor': '70'}\n"
            ")",
        ),
    ),
    "it inherits": (
        inheriting(),
        inheriting("parent"),
        Written(
            "op.execute('ALTER TABLE child INHERIT parent')",
            "op.execute('ALTER TABLE child NO INHERIT parent')",
        ),
    ),
    "it inherits two": (
        inheriting(),
        inheriting("parent", "Other"),
        Written(
            "op.execute('ALTER TABLE child INHERIT parent')\n"
            "op.execute('ALTER TABLE child INHERIT \"Other\"')",
            "op.execute('ALTER TABLE child NO INHERIT \"Other\"')\n"
            "op.execute('ALTER TABLE child NO INHERIT parent')",
        ),
    ),
    "it inherits another": (
        inheriting("parent"),
        inheriting("Other"),
        Written(
            "op.execute('ALTER TABLE child NO INHERIT parent')\n"
            "op.execute('ALTER TABLE child INHERIT \"Other\"')",
            "op.execute('ALTER TABLE child NO INHERIT \"Other\"')\n"
            "op.execute('ALTER TABLE child INHERIT parent')",
        ),
    ),
    "it inherits no more": (
        inheriting("parent"),
        inheriting(),
        Written(
            "op.execute('ALTER TABLE child NO INHERIT parent')",
            "op.execute('ALTER TABLE child INHERIT parent')",
        ),
    ),
    "one takes the names of the indexes of another": (
        both(users(), named_ix("t")),
        both(users(), named_ix("u")),
        Written(
            "op.drop_index(op.f('ix'), table_name='t')\n"
            "op.drop_table('t')\n"
            "op.create_table('u',\n"
            "sa.Column('id', sa.Integer(), nullable=True)\n"
            ")\n"
            "op.create_index('ix', 'u', ['id'], unique=False)",
            "op.drop_index('ix', table_name='u')\n"
            "op.drop_table('u')\n"
            "op.create_table('t',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=True)\n"
            ")\n"
            "op.create_index(op.f('ix'), 't', ['id'], unique=False)",
        ),
    ),
    "a partitioned one comes": (
        nothing,
        DAYS,
        Written(
            "op.create_table('days',\n"
            "sa.Column('id', sa.Integer(), nullable=False),\n"
            "postgresql_partition_by='RANGE (id)'\n"
            ")",
            "op.drop_table('days')",
        ),
    ),
    "a partitioned one comes with its partitions": (
        nothing,
        both(DAYS, sql(ONE, TWO)),
        Written(
            "op.create_table('days',\n"
            "sa.Column('id', sa.Integer(), nullable=False),\n"
            "postgresql_partition_by='RANGE (id)'\n"
            ")\n"
            "op.execute('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (100)')\n"
            "op.execute('CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (100) TO (200)')",
            "op.execute('DROP TABLE days_2')\n"
            "op.execute('DROP TABLE days_1')\n"
            "op.drop_table('days')",
        ),
    ),
    "a partition comes": (
        both(DAYS, sql(ONE)),
        both(DAYS, sql(ONE, TWO)),
        Written(
            "op.execute('CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (100) TO (200)')",
            "op.execute('DROP TABLE days_2')",
        ),
    ),
    "a partition with an odd name comes": (
        both(DAYS, sql(ONE)),
        both(DAYS, sql(ONE, ODD)),
        Written(
            'op.execute(\'CREATE TABLE "Odd % day" PARTITION OF days FOR VALUES FROM (100) TO '
            "(200)')",
            "op.execute('DROP TABLE \"Odd % day\"')",
        ),
    ),
    "the default partition comes": (
        DAYS,
        both(DAYS, sql("CREATE TABLE rest PARTITION OF days DEFAULT")),
        Written(
            "op.execute('CREATE TABLE rest PARTITION OF days DEFAULT')",
            "op.execute('DROP TABLE rest')",
        ),
    ),
    "a table that is declared becomes a partition": (
        both(DAYS, users("days_1")),
        both(
            DAYS,
            users("days_1"),
            sql(
                ONE.replace(
                    "CREATE TABLE days_1 PARTITION OF days",
                    "ALTER TABLE days ATTACH PARTITION days_1",
                )
            ),
        ),
        Written(
            "op.execute('ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM (0) TO (100)')",
            "op.execute('ALTER TABLE days DETACH PARTITION days_1')",
        ),
    ),
    "a table that is declared comes as a partition": (
        DAYS,
        both(
            DAYS,
            users("days_1"),
            sql(
                ONE.replace(
                    "CREATE TABLE days_1 PARTITION OF days",
                    "ALTER TABLE days ATTACH PARTITION days_1",
                )
            ),
        ),
        Written(
            "op.create_table('days_1',\n"
            "sa.Column('id', sa.Integer(), nullable=False)\n"
            ")\n"
            "op.execute('ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM (0) TO (100)')",
            "op.execute('ALTER TABLE days DETACH PARTITION days_1')\nop.drop_table('days_1')",
        ),
    ),
    "a partition has other bounds": (
        both(DAYS, sql(ONE)),
        both(DAYS, sql(ONE.replace("100", "150"))),
        Written(
            "op.execute('ALTER TABLE days DETACH PARTITION days_1')\n"
            "op.execute('ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM (0) TO (150)')",
            "op.execute('ALTER TABLE days DETACH PARTITION days_1')\n"
            "op.execute('ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM (0) TO (100)')",
        ),
    ),
    "a partitioned one goes with its partitions": (
        both(users(), DAYS, sql(ONE, TWO)),
        users(),
        Written(
            "op.execute('DROP TABLE days_1')\n"
            "op.execute('DROP TABLE days_2')\n"
            "op.drop_table('days')",
            "op.create_table('days',\n"
            "sa.Column('id', sa.INTEGER(), autoincrement=False, nullable=False),\n"
            "postgresql_partition_by='RANGE (id)'\n"
            ")\n"
            "op.execute('CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (100) TO (200)')\n"
            "op.execute('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (100)')",
        ),
    ),
    "a partition of a partition comes": (
        DAYS,
        both(
            DAYS,
            sql(
                f"{ONE} PARTITION BY LIST (id)",
                "CREATE TABLE days_1_1 PARTITION OF days_1 FOR VALUES IN (1)",
            ),
        ),
        Written(
            "op.execute('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (100) "
            "PARTITION BY LIST (id)')\n"
            "op.execute('CREATE TABLE days_1_1 PARTITION OF days_1 FOR VALUES IN (1)')",
            "op.execute('DROP TABLE days_1_1')\nop.execute('DROP TABLE days_1')",
        ),
    ),
    "a column of the parent comes, and another goes": (
        both(parent("b", "x", "y"), heir("z", "b")),
        both(parent("b", "x", "z"), heir("z", "b")),
        Written(
            (
                "op.add_column('b', sa.Column('z', sa.Integer(), nullable=True))\n"
                "op.drop_column('b', 'y')"
            ),
            (
                "op.add_column('b', sa.Column('y', sa.INTEGER(), autoincrement=False, "
                "nullable=True))\n"
                "op.drop_column('b', 'z')"
            ),
        ),
    ),
    "another parent comes, with a column of its own": (
        both(parent("b", "x"), heir("z", "b")),
        both(parent("b", "x"), parent("c", "y"), heir("z", "b", "c")),
        Written(
            (
                "op.create_table('c',\n"
                "sa.Column('y', sa.Integer(), nullable=True)\n"
                ")\n"
                "op.execute('ALTER TABLE z ADD COLUMN y integer')\n"
                "op.execute('ALTER TABLE z INHERIT c')"
            ),
            (
                "op.execute('ALTER TABLE z NO INHERIT c')\n"
                "op.drop_column('z', 'y')\n"
                "op.drop_table('c')"
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
    "a plain one": (users(), ()),
    "an unlogged one": (users(**UNLOGGED), ()),
    "storage parameters": (
        users(postgresql_with={"fillfactor": 70, "autovacuum_enabled": False}),
        (),
    ),
    "storage parameters that only the database has": (
        users(),
        ("ALTER TABLE users SET (fillfactor = 50)",),
    ),
    "a parameter of the TOAST table that only the database has": (
        users(),
        (
            "ALTER TABLE users ADD x text",
            "ALTER TABLE users DROP x",
            "ALTER TABLE users SET (autovacuum_enabled = off)",
        ),
    ),
    "more storage parameters than the models say": (
        users(postgresql_with={"fillfactor": 70}),
        ("ALTER TABLE users SET (autovacuum_enabled = off)",),
    ),
    "a replica identity, an owner and a cluster": (
        users(),
        ("ALTER TABLE users REPLICA IDENTITY FULL",),
    ),
    "inheritance": (inheriting("parent"), ()),
    "inheritance from two": (inheriting("parent", "Other"), ()),
    "a partitioned one": (DAYS, ()),
    "partitions that are declared": (both(DAYS, sql(ONE, TWO)), ()),
    "partitions that nobody declares": (DAYS, (ONE, TWO)),
    "partitions with indexes, constraints and columns of their own order": (
        DAYS,
        (
            "CREATE TABLE days_3 (id integer NOT NULL, CHECK (id > 1), PRIMARY KEY (id))",
            "CREATE INDEX ON days_3 (id)",
            "ALTER TABLE days ATTACH PARTITION days_3 FOR VALUES FROM (0) TO (100)",
        ),
    ),
    "partitions of partitions": (
        DAYS,
        (
            f"{ONE} PARTITION BY LIST (id)",
            "CREATE TABLE days_1_1 PARTITION OF days_1 FOR VALUES IN (1)",
        ),
    ),
    "partitions in a schema of their own": (
        DAYS,
        ("CREATE SCHEMA parts", ONE.replace("days_1", "parts.days_1")),
    ),
    "a partition with an odd name": (
        DAYS,
        ('CREATE TABLE "Odd %% day" PARTITION OF days DEFAULT',),
    ),
    "by an expression": (users("days", postgresql_partition_by="RANGE ((id + 1))"), ()),
    "by hash": (
        users("days", postgresql_partition_by="HASH (id)"),
        ("CREATE TABLE h PARTITION OF days FOR VALUES WITH (MODULUS 2, REMAINDER 0)",),
    ),
    "by list, upper case": (users("Days", postgresql_partition_by='LIST ("id")'), ()),
    "a table of a schema that is not looked at": (both(app, users(), users(schema="app")), ()),
    "the default schema by its name": (users(schema="public"), ()),
    "a table of an extension": (
        users(),
        (
            "CREATE EXTENSION citext",
            "CREATE TABLE member (x integer)",
            "CREATE INDEX ON member (x)",
            "ALTER EXTENSION citext ADD TABLE member",
        ),
    ),
    "a foreign table": (
        users(),
        (
            "DROP TABLE users",
            "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
            "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
            "CREATE FOREIGN TABLE users (id integer NOT NULL) SERVER s",
        ),
    ),
    "a foreign table that nobody declares": (
        users(),
        (
            "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
            "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
            "CREATE FOREIGN TABLE f (id integer) SERVER s",
        ),
    ),
    "a foreign partition": (
        DAYS,
        (
            "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
            "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
            "CREATE FOREIGN TABLE f PARTITION OF days DEFAULT SERVER s",
        ),
    ),
    "a table that a view stands for": (
        users(),
        ("DROP TABLE users", "CREATE VIEW users AS SELECT 1 AS id"),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")


def test_an_heir_comes_behind_its_parents_whatever_it_is_called(
    empty: Callable[[], Engine],
) -> None:
    engine = empty()
    make(engine, users())
    metadata = metadata_of(both(users(), heir("a", "b", "c"), parent("b", "x"), parent("c", "y")))
    with engine.begin() as connection:
        migration = written(connection, metadata)
    with engine.connect() as connection:
        run(connection, migration.upgrade, metadata)
    with engine.begin() as connection:
        assert written(connection, metadata) == Written("", "")
    with engine.connect() as connection:
        run(connection, migration.downgrade, metadata)
    with engine.begin() as connection:
        assert written(connection, metadata_of(users())) == Written("", "")
