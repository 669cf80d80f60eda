"""Fixtures: databases on real servers, and real Alembic projects on those databases.

A fixture looks for its server when a test first asks for it, so a test on SQLite needs none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from sqlalchemy import URL, make_url

from tests import poolers, servers
from tests.own_loggers import own_loggers
from tests.own_modules import own_modules
from tests.project import Project

# One example may be slow where other tests keep the machine busy; that is no failure.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


def without_server(missing: servers.ServerMissing) -> NoReturn:
    """Skip with the reason; under CI=true fail, because there nobody reads what was skipped."""
    if os.environ.get("CI", "").lower() == "true":
        raise pytest.fail.Exception(f"CI=true, and {missing}", pytrace=False) from None
    raise pytest.skip.Exception(str(missing)) from None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The URL of a PostgreSQL in which databases may be created."""
    try:
        with servers.postgresql() as url:
            yield url
    except servers.ServerMissing as missing:
        without_server(missing)


@pytest.fixture(scope="session")
def mariadb_server() -> URL:
    """The URL of a MariaDB in which databases may be created."""
    try:
        return servers.mariadb()
    except servers.ServerMissing as missing:
        without_server(missing)


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    with servers.postgresql_database(postgresql_server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def mariadb_url(mariadb_server: URL) -> Iterator[str]:
    """An empty MariaDB database, dropped after the test."""
    with servers.mariadb_database(mariadb_server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def pooler(postgresql_url: str) -> Iterator[poolers.Pooler]:
    """Starts a PgBouncer in front of `postgresql_url`, and says its URL."""
    try:
        poolers.program()
    except servers.ServerMissing as missing:
        without_server(missing)
    with ExitStack() as running:
        url = make_url(postgresql_url)
        yield lambda mode, **more: running.enter_context(poolers.pgbouncer(url, mode, **more))


@pytest.fixture(autouse=True)
def each_test_its_own_modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test loads of a project in this process, the next test does not find."""
    with own_modules(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture(autouse=True)
def each_test_its_own_loggers() -> Iterator[None]:
    """What the env.py of a test silences in this process, the next test hears."""
    with own_loggers():
        yield


@pytest.fixture
def project_path(tmp_path: Path) -> Path:
    """Where the `project` fixtures live; the rest of `tmp_path` is outside of the project."""
    path = tmp_path / "project"
    path.mkdir()
    return path


@pytest.fixture
def sqlite_url(project_path: Path) -> str:
    """A database file that does not exist yet, in the project, where a user would put it."""
    return f"sqlite:///{(project_path / 'app.db').as_posix()}"


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the three databases in turn, asking only for the server of that turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def project(database_url: str, project_path: Path) -> Iterator[Project]:
    """A project on each of the three databases in turn."""
    with Project.create(project_path, database_url) as project:
        yield project


@pytest.fixture
def sqlite_project(sqlite_url: str, project_path: Path) -> Iterator[Project]:
    """A project on SQLite."""
    with Project.create(project_path, sqlite_url) as project:
        yield project


@pytest.fixture
def postgresql_project(postgresql_url: str, project_path: Path) -> Iterator[Project]:
    """A project on PostgreSQL."""
    with Project.create(project_path, postgresql_url) as project:
        yield project


@pytest.fixture
def mariadb_project(mariadb_url: str, project_path: Path) -> Iterator[Project]:
    """A project on MariaDB."""
    with Project.create(project_path, mariadb_url) as project:
        yield project
