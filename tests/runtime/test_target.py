"""What the database that a migration is for says of itself, and what is assumed of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.target import assumed_target, functions_of, target_of
from alembic_guard.schema import Functions, Target


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection


def asked(connection: sa.Connection) -> Target:
    """The answer, which leaves no transaction open."""
    database = Database(connection)
    target = target_of(database, connection)
    assert not connection.in_transaction()
    return target


def test_postgresql_has_the_settings_of_its_database(postgresql_url: str) -> None:
    with connected(postgresql_url) as connection:
        name = make_url(postgresql_url).database
        for setting in ("lock_timeout = '1500ms'", "timezone = 'Europe/Berlin'"):
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting}")
        connection.commit()
    with connected(postgresql_url) as connection:
        assert asked(connection) == Target(
            kind="postgresql",
            version=Database(connection).version,
            live=True,
            timezone="europe/berlin",
            lock_timeout=1.5,
        )


def test_mariadb_has_its_mode_its_timeout_and_its_charset(mariadb_url: str) -> None:
    with connected(mariadb_url) as connection:
        connection.exec_driver_sql("SET SESSION lock_wait_timeout = 30")
        connection.exec_driver_sql("SET SESSION sql_mode = 'STRICT_ALL_TABLES'")
        connection.commit()
        expected = Target(
            kind="mariadb",
            version=Database(connection).version,
            live=True,
            lock_timeout=30.0,
            strict=True,
            charset="utf8mb4",
            transactional_ddl=False,
        )
        assert asked(connection) == expected
        connection.exec_driver_sql("SET SESSION sql_mode = 'ANSI_QUOTES'")
        connection.commit()
        assert asked(connection).strict is False


def test_sqlite_has_its_version(sqlite_url: str) -> None:
    with connected(sqlite_url) as connection:
        version = Database(connection).version
        assert asked(connection) == Target(kind="sqlite", version=version, live=True)


def test_a_transaction_of_the_caller_stays_open(database_url: str) -> None:
    with connected(database_url) as connection:
        connection.exec_driver_sql("SELECT 1")
        target_of(Database(connection), connection)
        functions_of(connection, ["now"])
        assert connection.in_transaction()


def test_a_function_is_as_volatile_as_the_worst_of_its_name(postgresql_url: str) -> None:
    with connected(postgresql_url) as connection:
        for argument, volatility in (("int", "IMMUTABLE"), ("text", "VOLATILE")):
            connection.exec_driver_sql(
                f"CREATE FUNCTION f({argument}) RETURNS int {volatility} LANGUAGE sql AS 'SELECT 1'"
            )
        connection.commit()
        found = functions_of(connection, ["f", "now", "random", "lower", "nowhere"])
        assert not connection.in_transaction()
    assert found == Functions(
        {"f": "volatile", "now": "stable", "random": "volatile", "lower": "immutable"}
    )


@pytest.mark.parametrize("database", ["mariadb", "sqlite"])
def test_only_postgresql_tells_of_functions(database: str, request: pytest.FixtureRequest) -> None:
    with connected(request.getfixturevalue(f"{database}_url")) as connection:
        assert functions_of(connection, ["now"]) == Functions()


@pytest.mark.parametrize(
    ("kind", "version", "transactional"),
    [
        ("postgresql", (12,), True),
        ("mariadb", (10, 6), False),
        ("mysql", (8, 0), False),
        ("sqlite", (3, 35), True),
        ("mssql", (), True),
        ("oracle", (), False),
    ],
)
def test_nobody_is_asked_of_the_oldest_version_that_is_supported(
    kind: str, version: tuple[int, ...], transactional: bool
) -> None:
    assert assumed_target(kind) == Target(
        kind=kind, version=version, transactional_ddl=transactional
    )


def test_a_version_that_is_given_is_assumed() -> None:
    assert assumed_target("postgresql", (17, 2)) == Target(kind="postgresql", version=(17, 2))
