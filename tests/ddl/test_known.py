"""What is known after a statement, held against the server that ran it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from alembic_guard.ddl.actions import (
    AddColumn,
    DropConstraint,
    DropTable,
    ModifyColumn,
    Rebuild,
    RenameTable,
    SetNotNull,
)
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.known import Known
from alembic_guard.ddl.reading import read_sql
from alembic_guard.runtime.tables import known_tables
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import SqlType
from tests import servers

INTEGER = SqlType("integer")

TABLES = """
CREATE SCHEMA app;
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, age int, CHECK (age > 0));
CREATE TABLE orders (
    id int PRIMARY KEY, user_id int REFERENCES users, n int, total numeric(10, 2), note text
);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
CREATE INDEX orders_n ON orders (n, total);
CREATE UNIQUE INDEX orders_note ON orders (note);
CREATE TABLE app.things (a int);
CREATE TABLE p (id int NOT NULL, user_id int REFERENCES users, n int) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 (id int NOT NULL, user_id int, n int);
CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;
"""
KEYS = ("users", "orders", "app.things", "p", "p1", "p2", "adults")

STATEMENTS = """
ALTER TABLE orders ADD COLUMN a int NOT NULL DEFAULT 1
ALTER TABLE orders ADD COLUMN IF NOT EXISTS n text
ALTER TABLE orders ADD COLUMN a int UNIQUE CHECK (a > 0) REFERENCES users
ALTER TABLE orders ADD COLUMN a bigserial
ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS IDENTITY, DROP COLUMN note
ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS (n + 1) STORED
ALTER TABLE orders DROP COLUMN n
ALTER TABLE orders DROP COLUMN user_id
ALTER TABLE orders DROP COLUMN total
ALTER TABLE users DROP COLUMN id CASCADE; DROP VIEW IF EXISTS adults
ALTER TABLE orders RENAME COLUMN n TO amount
ALTER TABLE users RENAME COLUMN id TO number
ALTER TABLE orders ALTER COLUMN n TYPE bigint
ALTER TABLE orders ALTER COLUMN n SET NOT NULL, ALTER COLUMN n SET DEFAULT 5
ALTER TABLE orders ALTER COLUMN n SET NOT NULL; ALTER TABLE orders ALTER COLUMN n DROP NOT NULL
ALTER TABLE orders ALTER COLUMN n SET DEFAULT 5; ALTER TABLE orders ALTER n DROP DEFAULT
ALTER TABLE orders ALTER id ADD GENERATED ALWAYS AS IDENTITY
ALTER TABLE p2 ALTER id ADD GENERATED ALWAYS AS IDENTITY; ALTER TABLE p2 ALTER id DROP IDENTITY
ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (n) REFERENCES users NOT VALID
ALTER TABLE orders VALIDATE CONSTRAINT positive
ALTER TABLE orders DROP CONSTRAINT positive
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey
ALTER TABLE users DROP CONSTRAINT users_email_key
ALTER TABLE orders ADD CONSTRAINT noted UNIQUE USING INDEX orders_note
ALTER TABLE orders ADD UNIQUE (n, total), ADD CHECK (n < id), ADD UNIQUE (n, total)
ALTER TABLE app.things ADD PRIMARY KEY (a)
ALTER TABLE orders RENAME CONSTRAINT positive TO plus
ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO orders_key
ALTER INDEX orders_n RENAME TO n_and_total
CREATE INDEX ON orders (n, lower(note)) INCLUDE (total) WHERE n > 1
CREATE INDEX IF NOT EXISTS orders_n ON orders (note)
DROP INDEX orders_n
DROP INDEX app.things_a; CREATE TABLE other (a int)
ALTER TABLE users RENAME TO people
ALTER TABLE users SET SCHEMA app
ALTER TABLE app.things SET SCHEMA public
ALTER VIEW adults RENAME TO grown_up
DROP VIEW adults
DROP TABLE orders
DROP TABLE users CASCADE
DROP TABLE p
DROP TABLE p1
DROP SCHEMA app CASCADE
CREATE TABLE o (id smallserial PRIMARY KEY, user_id int REFERENCES users (id), UNIQUE (user_id))
CREATE TABLE IF NOT EXISTS orders (a int)
CREATE TABLE a_name_that_is_rather_too_long_for_its_keys (another_name_that_is_too_long int UNIQUE)
CREATE TABLE q (LIKE users)
CREATE TABLE q (b int) INHERITS (users)
CREATE TABLE q (a int, b text) PARTITION BY HASH (a)
CREATE INDEX ON p (n); CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3)
ALTER TABLE p DETACH PARTITION p1
ALTER TABLE p ADD COLUMN a int CONSTRAINT ck CHECK (a > 0); ALTER TABLE p RENAME n TO m
ALTER TABLE p ADD CONSTRAINT pk PRIMARY KEY (id)
ALTER TABLE p ALTER n TYPE bigint; ALTER TABLE p ALTER n SET NOT NULL; ALTER TABLE p DROP user_id
CREATE INDEX p_n ON ONLY p (n)
TRUNCATE orders
""".strip().splitlines()


@pytest.fixture(scope="module")
def shop(postgresql_server: URL) -> Iterator[Connection]:
    """A session of a PostgreSQL database with the tables; each test rolls back what it does."""
    with servers.postgresql_database(postgresql_server) as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(TABLES)
            connection.exec_driver_sql("CREATE INDEX things_a ON app.things (a)")
            connection.commit()
            yield connection


def without_size(table: Table | None) -> Table | None:
    """A table without what is not followed: its size, which columns a view reads, and by which it
    is partitioned.
    """
    if table is None:
        return None
    return replace(table, rows=None, bytes=None, used_by_views=frozenset(), partition_key=None)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_known_after_a_statement_is_what_the_server_has(
    shop: Connection, statement: str
) -> None:
    known = Known(known_tables(shop, KEYS))

    with shop.begin() as transaction:
        shop.exec_driver_sql(statement)
        for action in read_sql(statement, "postgresql"):
            known.apply(action)
        server = known_tables(shop, {*KEYS, *known.tables})
        transaction.rollback()

    expected = {key: without_size(table) for key, table in server.items()}
    assert expected == {key: without_size(table) for key, table in known.tables.items()}


def known_after(sql: str, *, kind: str = "postgresql") -> dict[str, Table]:
    """What is known of a database of which nothing was known, after some statements."""
    known = Known(kind=kind)
    for action in read_sql(sql, kind):
        known.apply(action)
    return known.tables


def test_a_table_that_is_not_known_stays_unknown_but_for_what_is_added() -> None:
    expected = {
        "a": Table("a", columns={"x": Column("x", INTEGER)}),
        "b": Table("b", indexes={"b_x_idx": Index("b_x_idx", ("x",), method="btree")}),
        "c": Table(
            "c",
            constraints={"ck": Constraint("check", "ck", ("x",), expression="x IS NOT NULL")},
        ),
    }

    assert expected == known_after(
        "ALTER TABLE a ADD COLUMN x int; CREATE INDEX ON b (x);"
        "ALTER TABLE c ADD CONSTRAINT ck CHECK (x IS NOT NULL) NOT VALID;"
        "ALTER TABLE c VALIDATE CONSTRAINT ck; ALTER TABLE d ALTER x SET NOT NULL; DROP TABLE e;"
        "ALTER TABLE f RENAME TO g; ALTER TABLE h DROP COLUMN x"
    )


def test_a_column_that_is_not_known_is_known_for_what_is_done_to_it() -> None:
    known = Known({"t": Table("t")})
    known.apply(SetNotNull("t", "a"))

    assert {"a": Column("a", None, False)} == known.tables["t"].columns


def test_what_a_query_creates_is_not_complete() -> None:
    assert {"t": Table("t")} == known_after("CREATE TABLE t AS SELECT 1")


def test_an_index_is_found_by_its_name_and_schema() -> None:
    known = Known(known_after("CREATE INDEX ix ON app.t (a); CREATE INDEX iy ON u (a)"))

    assert known.index("app.ix") == ("app.t", Index("ix", ("a",), method="btree"))
    assert known.index("iy") == ("u", Index("iy", ("a",), method="btree"))
    assert known.index("ix") is None


def test_a_constraint_is_found_by_its_table_and_name() -> None:
    known = Known(known_after("CREATE TABLE t (a int UNIQUE)"))

    assert known.constraint("t", "t_a_key") == Constraint("unique", "t_a_key", ("a",))
    assert known.constraint("t", "other") is None
    assert known.constraint("other", "t_a_key") is None


def test_mariadb_takes_a_dropped_column_out_of_its_indexes() -> None:
    tables = known_after(
        "CREATE TABLE t (a int, b int, KEY ab (a, b), KEY b (b)); ALTER TABLE t DROP COLUMN b",
        kind="mariadb",
    )

    assert {"ab": Index("ab", ("a",))} == tables["t"].indexes


def test_mariadb_drops_a_key_with_its_index() -> None:
    tables = known_after(
        "CREATE TABLE t (a int, UNIQUE KEY ua (a)); ALTER TABLE t DROP INDEX ua", kind="mariadb"
    )

    assert {"t": Table("t", columns={"a": Column("a", INTEGER)}, complete=True)} == tables


def test_the_only_primary_key_is_dropped_by_whatever_name() -> None:
    key = Constraint("primary key", "PRIMARY", ("a",))
    known = Known({"t": Table("t", constraints={"PRIMARY": key})}, "mariadb")
    known.apply(DropConstraint("t", "pk_t", "primary key"))

    assert {"t": Table("t")} == known.tables


def test_a_column_that_is_defined_anew_keeps_the_type_that_nobody_says() -> None:
    known = Known({"t": Table("t", columns={"a": Column("a", INTEGER)})}, "mariadb")
    known.apply(ModifyColumn("t", "a", Column("b", None, False)))

    assert {"b": Column("b", INTEGER, False)} == known.tables["t"].columns


def test_the_changes_of_a_rebuild_and_of_a_block_are_known() -> None:
    known = Known()
    known.apply(Rebuild("t", (AddColumn("t", Column("a", INTEGER)),)))
    known.apply(Opaque("DO", actions=(RenameTable("t", "u"),)))

    assert {"u": Table("u", columns={"a": Column("a", INTEGER)})} == known.tables


def test_the_tables_that_were_given_are_not_changed() -> None:
    given = {"t": Table("t")}
    Known(given).apply(DropTable("t"))

    assert {"t": Table("t")} == given


def test_thousands_of_tables_are_followed_without_a_walk_through_all_of_them() -> None:
    class Counted(dict[str, Table]):
        walks = 0

        def __iter__(self) -> Iterator[str]:
            Counted.walks += 1
            return super().__iter__()

        def items(self) -> Any:
            Counted.walks += 1
            return super().items()

    known = Known()
    known.tables = Counted()
    for sql in (
        "CREATE TABLE a (id int PRIMARY KEY)",
        "CREATE TABLE b (id int REFERENCES a)",
        "CREATE INDEX ix ON b (id)",
        "ALTER TABLE a RENAME COLUMN id TO key",
        "ALTER TABLE a RENAME TO c",
        "DROP INDEX ix",
        "DROP TABLE c CASCADE",
    ):
        for action in read_sql(sql, "postgresql"):
            known.apply(action)
    assert (Counted.walks, [*known.tables]) == (0, ["b"])
