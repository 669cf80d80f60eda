"""A table that the database has to the last word is not made again; what is unusual is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    URL,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    create_engine,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from alembic_guard.runtime.comparing.comparison import Comparison
from alembic_guard.runtime.comparing.postgresql import making
from alembic_guard.runtime.comparing.postgresql.comparison import compared
from tests import servers

Items = Callable[[], list[SchemaItem]]


def id_and(*items: SchemaItem) -> list[SchemaItem]:
    return [Column("id", Integer, primary_key=True), *items]


def of_type(type_: Any, **options: Any) -> Items:
    return lambda: id_and(Column("c", type_, **options))


SPARED: dict[str, Items] = {
    "a serial key": id_and,
    "a bigserial key": lambda: [Column("id", sa.BigInteger, primary_key=True)],
    "a key of two columns": lambda: [
        Column("b", Integer, primary_key=True, autoincrement=False),
        Column("a", String(7), primary_key=True),
    ],
    "a key with a name": lambda: [Column("id", Integer), PrimaryKeyConstraint("id", name="pk")],
    "no key": lambda: [Column("n", Integer)],
    "numeric": of_type(sa.Numeric(12, 3)),
    "float": of_type(sa.Float),
    "text": of_type(sa.Text, nullable=False),
    "varchar with a collation": of_type(String(20, collation="C")),
    "boolean": of_type(sa.Boolean, server_default=sa.false()),
    "timestamptz": of_type(sa.DateTime(timezone=True), server_default=sa.func.now()),
    "interval": of_type(sa.Interval, server_default=sa.text("interval '1 day 2 hours'")),
    "jsonb": of_type(postgresql.JSONB, server_default=sa.text("'{}'")),
    "uuid": of_type(sa.Uuid, server_default=sa.text("gen_random_uuid()")),
    "an array": of_type(postgresql.ARRAY(Integer), server_default="{1,2}"),
    "a text default with a quote": of_type(String, server_default="it's"),
    "an identity": lambda: [
        Column("id", Integer, sa.Identity(start=5, always=True), primary_key=True)
    ],
    "a comment": lambda: id_and(Column("c", Integer, comment="it's 100% so")),
    "names that are quoted": lambda: id_and(
        Column("Select", Integer),
        Column("position", Integer),
        UniqueConstraint("Select", "position", name="Unique One"),
    ),
    "unique, named and not": lambda: id_and(
        Column("a", Integer), Column("b", Integer), UniqueConstraint("a"),
        UniqueConstraint("b", "a", name="uq", deferrable=True, initially="DEFERRED"),
    ),
    "a foreign key to itself": lambda: id_and(
        Column("p", Integer),
        ForeignKeyConstraint(["p"], ["t.id"], ondelete="SET NULL", onupdate="CASCADE"),
    ),
    "a foreign key of two columns": lambda: [
        Column("a", Integer, primary_key=True, autoincrement=False),
        Column("b", Integer, primary_key=True, autoincrement=False),
        Column("c", Integer), Column("d", Integer),
        ForeignKeyConstraint(["c", "d"], ["t.a", "t.b"], name="fk", match="FULL", deferrable=True),
    ],
    "checks, named and not": lambda: id_and(
        Column("n", Integer, CheckConstraint("n > 0")),
        Column("s", String(20)),
        CheckConstraint("s in ('a', 'b') or n between 1 and 9", name="ck"),
    ),
    "indexes": lambda: id_and(
        Column("n", Integer), Column("s", String(20)),
        Index("ix_plain", "n", "s"), Index("ix_unique", "s", unique=True),
        Index("ix_lower", sa.text("lower(s)")), Index("ix_desc", sa.desc("n")),
        Index("ix_where", "n", postgresql_where=sa.text("n > 0 AND s IS NOT NULL")),
        Index("ix_ops", "s", postgresql_ops={"s": "varchar_pattern_ops"}),
        Index("ix_hash", "s", postgresql_using="hash"),
        Index("ix_more", "n", postgresql_include=["s"]),
    ),
}  # fmt: skip

MADE: dict[str, tuple[Items, str]] = {
    "a column more": (id_and, "ALTER TABLE t ADD d integer"),
    "a column less": (of_type(Integer), "ALTER TABLE t DROP c"),
    "another type": (of_type(String(20)), "ALTER TABLE t ALTER c TYPE varchar(21)"),
    "another default": (
        of_type(Integer, server_default="1"),
        "ALTER TABLE t ALTER c SET DEFAULT 2",
    ),
    "an index more": (of_type(Integer), "CREATE INDEX ix ON t (c)"),
    "a check more": (of_type(Integer), "ALTER TABLE t ADD CHECK (c > 0)"),
    "a key that is not valid": (
        lambda: id_and(Column("p", Integer), ForeignKeyConstraint(["p"], ["t.id"], name="fk")),
        "ALTER TABLE t DROP CONSTRAINT fk, "
        "ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES t NOT VALID",
    ),
    "a comment": (of_type(Integer), "COMMENT ON COLUMN t.c IS 'x'"),
    "a comment of the table": (id_and, "COMMENT ON TABLE t IS 'x'"),
    "a storage parameter of an index": (
        lambda: id_and(Column("c", Integer), Index("ix", "c")),
        "ALTER INDEX ix SET (fillfactor = 70)",
    ),
    "a sequence of another name": (id_and, "ALTER SEQUENCE t_id_seq RENAME TO other"),
    "another increment": (id_and, "ALTER SEQUENCE t_id_seq INCREMENT 2"),
    "unlogged": (id_and, "ALTER TABLE t SET UNLOGGED"),
    "two checks alike": (
        lambda: id_and(CheckConstraint("id > 0"), CheckConstraint("id > 0")),
        "SELECT 1",
    ),
    "an enum": (of_type(sa.Enum("a", "b", name="mood")), "SELECT 1"),
    "a generated column": (
        of_type(Integer, server_default=sa.Computed("id + 1", persisted=True)),
        "SELECT 1",
    ),
}


@pytest.fixture(scope="module")
def database(postgresql_server: URL) -> Iterator[Engine]:
    with servers.postgresql_database(postgresql_server) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """In a transaction that is rolled back."""
    monkeypatch.setattr(making, "FEW", 0)
    with database.connect() as connection:
        yield connection


def both_ways(connection: Connection, metadata: MetaData) -> tuple[Comparison, Comparison]:
    return (
        compared(connection, [metadata], lambda _: True),
        compared(connection, [metadata], lambda _: True, whole=True),
    )


def made_in(comparison: Comparison) -> set[str]:
    """The tables that were made."""
    statements = comparison.compiled.statements
    return {each.table.name for each in statements if each.table is not None}


@pytest.mark.parametrize("items", SPARED.values(), ids=SPARED)
def test_what_the_database_has_to_the_last_word_is_not_made(
    connection: Connection, items: Items
) -> None:
    metadata = MetaData()
    Table("t", metadata, *items())
    metadata.create_all(connection)
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == set()
    assert made_in(whole) == {"t"}
    assert short.differences == whole.differences == {}
    assert short.model.keys() == whole.model.keys()
    assert short.names.keys() == whole.names.keys()


@pytest.mark.parametrize(("items", "sql"), MADE.values(), ids=MADE)
def test_what_differs_or_is_unusual_is_made(connection: Connection, items: Items, sql: str) -> None:
    metadata = MetaData()
    Table("t", metadata, *items())
    metadata.create_all(connection)
    connection.exec_driver_sql(sql)
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"t"}
    assert short.differences == whole.differences


def orders(metadata: MetaData) -> None:
    """Three tables, each with a key to the one before, and one beside them."""
    Table("a", metadata, Column("id", Integer, primary_key=True))
    for name, target in (("b", "a"), ("c", "b")):
        key = ForeignKeyConstraint(["p"], [f"{target}.id"])
        Table(name, metadata, Column("id", Integer, primary_key=True), Column("p", Integer), key)
    Table("d", metadata, Column("id", Integer, primary_key=True))


def test_of_the_targets_of_keys_no_more_is_made_than_they_need(connection: Connection) -> None:
    metadata = MetaData()
    orders(metadata)
    metadata.create_all(connection)
    connection.exec_driver_sql("ALTER TABLE c ADD n integer")
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"b", "c"}
    assert [each.sql for each in short.compiled.statements if "REFERENCES" in each.sql] == [
        each.sql for each in short.compiled.statements if "CREATE TABLE pg_temp.c" in each.sql
    ]
    assert short.differences == whole.differences


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT id FROM d",
        'CREATE VIEW v AS SELECT id FROM "d"',
        "GRANT USAGE ON SEQUENCE d_id_seq TO pg_monitor",
        "COMMENT ON INDEX d_pkey IS 'x'",
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM d'",
    ],
)
def test_what_a_typed_statement_may_speak_of_is_made(connection: Connection, sql: str) -> None:
    metadata = MetaData()
    orders(metadata)
    ddl: Any = sa.DDL
    sa.event.listen(metadata, "after_create", ddl(sql))
    metadata.create_all(connection)
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"d"}
    assert short.differences == whole.differences
    assert short.built.makers.keys() == whole.built.makers.keys()


def test_what_speaks_of_a_function_that_is_typed_is_made(connection: Connection) -> None:
    metadata = MetaData()
    ddl: Any = sa.DDL
    said = "CREATE FUNCTION is_odd(integer) RETURNS boolean IMMUTABLE AS 'SELECT $1 % 2 = 1' "
    sa.event.listen(metadata, "before_create", ddl(f"{said}LANGUAGE sql".replace("%", "%%")))
    Table("a", metadata, Column("id", Integer), CheckConstraint("is_odd(id)", name="ck"))
    Table("b", metadata, Column("id", Integer))
    metadata.create_all(connection)
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"a"}
    assert short.differences == whole.differences == {}
    assert short.built.model == whole.built.model


def test_all_is_made_for_a_statement_that_may_speak_of_anything(connection: Connection) -> None:
    metadata = MetaData()
    orders(metadata)
    ddl: Any = sa.DDL
    loop = "DO $$ BEGIN EXECUTE 'COMMENT ON TABLE ' || 'a' || ' IS ''x'''; END $$"
    sa.event.listen(metadata, "after_create", ddl(loop))
    metadata.create_all(connection)
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"a", "b", "c", "d"}
    assert short.differences == whole.differences == {}


def test_tables_that_would_share_a_name_are_made(connection: Connection) -> None:
    metadata = MetaData()
    for name in ("a", "b"):
        Table(name, metadata, Column("id", Integer, primary_key=True), Index("ix", "id"))
    connection.exec_driver_sql("CREATE TABLE a (id serial PRIMARY KEY)")
    connection.exec_driver_sql("CREATE INDEX ix ON a (id)")
    connection.exec_driver_sql("CREATE TABLE b (id serial PRIMARY KEY)")
    short, whole = both_ways(connection, metadata)
    assert made_in(short) == {"a", "b"}
    assert (short.differences, short.unknown) == (whole.differences, whole.unknown)


def test_few_tables_are_made_at_once(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "FEW", 5)
    metadata = MetaData()
    orders(metadata)
    metadata.create_all(connection)
    assert made_in(compared(connection, [metadata], lambda _: True)) == {"a", "b", "c", "d"}
