"""One MariaDB a module, emptied before each state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import NullPool

from tests import servers


@pytest.fixture(scope="module")
def mariadb_engine(mariadb_server: URL) -> Iterator[Engine]:
    with servers.mariadb_database(mariadb_server) as url:
        # to read the machine's certificates takes ten times as long as the rest of a connection
        engine = create_engine(url, poolclass=NullPool, connect_args={"ssl_disabled": True})
        yield engine
        engine.dispose()


@pytest.fixture
def empty(mariadb_engine: Engine) -> Callable[[], Engine]:
    """Empties the MariaDB of this module, and returns its engine."""

    def emptied() -> Engine:
        name = mariadb_engine.url.database
        with mariadb_engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE `{name}`")
            connection.exec_driver_sql(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        return mariadb_engine

    return emptied


@pytest.fixture(scope="module")
def poor_engine(mariadb_engine: Engine) -> Iterator[Engine]:
    """The same for a user with all rights on the database, and none to make another."""
    name = f"text_{mariadb_engine.url.database}"
    with mariadb_engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE OR REPLACE USER {name}@'127.0.0.1'")
        connection.exec_driver_sql(
            f"GRANT ALL ON `{mariadb_engine.url.database}`.* TO {name}@'127.0.0.1'"
        )
    url = mariadb_engine.url.set(username=name, password=None)
    engine = create_engine(url, poolclass=NullPool, connect_args={"ssl_disabled": True})
    yield engine
    engine.dispose()
    with mariadb_engine.begin() as connection:
        connection.exec_driver_sql(f"DROP USER {name}@'127.0.0.1'")


@pytest.fixture
def emptied(empty: Callable[[], Engine], poor_engine: Engine) -> Callable[[], Engine]:
    """Empties the database, and returns the engine of that user."""

    def done() -> Engine:
        empty()
        return poor_engine

    return done
