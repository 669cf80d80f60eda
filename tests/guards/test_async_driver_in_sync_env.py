"""An asynchronous driver in a synchronous env.py, and the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guards.failing import failing, in_env_py, with_real_url, with_url
from tests.project import Project

WHERE = "alembic.ini:89"


@pytest.mark.parametrize(
    ("url", "driver", "right"),
    [
        (
            "postgresql+asyncpg://user:secret-word@127.0.0.1/database",
            "asyncpg",
            "postgresql+psycopg://user:***@127.0.0.1/database",
        ),
        (
            "mysql+aiomysql://user:secret-word@127.0.0.1/database",
            "aiomysql",
            "mysql+pymysql://user:***@127.0.0.1/database",
        ),
        ("sqlite+aiosqlite:///app.db", "aiosqlite", "sqlite:///app.db"),
    ],
)
def test_an_asynchronous_driver_in_a_synchronous_env_py(
    sqlite_project: Project, url: str, driver: str, right: str
) -> None:
    shown = url.replace("secret-word", "***")
    assert failing(with_url(sqlite_project, url)) == (
        f"error: async-driver-in-sync-env ({WHERE}): migrations/env.py is synchronous, and its "
        f"URL names the asynchronous driver {driver}.\n"
        f"    The URL is {shown}, from {WHERE}.\n"
        f"    next: in {WHERE}: sqlalchemy.url = {right}\n"
        "    next: cd $(mktemp -d) && alembic init -t async new  "
        "# or take the run_migrations_online() of its new/env.py\n"
    )


def test_the_url_that_is_proposed_works(sqlite_project: Project) -> None:
    url = sqlite_project.url.replace("sqlite:", "sqlite+aiosqlite:")
    proposed = failing(with_real_url(sqlite_project, url)).splitlines()[2].partition(" = ")[2]
    assert with_url(sqlite_project, proposed).alembic("safe-upgrade").returncode == 0


@pytest.mark.parametrize(
    ("url", "driver", "package"),
    [
        ("sqlite:///app.db", "pysqlite", "aiosqlite"),
        ("mysql+pymysql://user:secret-word@127.0.0.1/database", "pymysql", "aiomysql"),
    ],
)
def test_a_synchronous_driver_in_an_asynchronous_env_py(
    sqlite_url: str, project_path: Path, url: str, driver: str, package: str
) -> None:
    project = Project.create(project_path, sqlite_url, "async")
    shown = url.replace("secret-word", "***")
    right = shown.replace("+pymysql", "").replace("://", f"+{package}://")
    assert failing(with_url(project, url)) == (
        f"error: async-driver-in-sync-env ({WHERE}): migrations/env.py is asynchronous, and its "
        f"URL names the synchronous driver {driver}.\n"
        f"    The URL is {shown}, from {WHERE}.\n"
        f"    next: pip install {package}\n"
        f"    next: in {WHERE}: sqlalchemy.url = {right}\n"
        "    next: cd $(mktemp -d) && alembic init -t generic new  "
        "# or take the run_migrations_online() of its new/env.py\n"
    )


def test_an_asynchronous_engine_that_is_connected_without_await(sqlite_project: Project) -> None:
    lines = [
        "from sqlalchemy.ext.asyncio import create_async_engine",
        'engine = create_async_engine("sqlite+aiosqlite:///app.db")',
        "with engine.connect() as connection:",
        "    pass",
    ]
    assert failing(in_env_py(sqlite_project, *lines)) == (
        "error: async-driver-in-sync-env (migrations/env.py:23): "
        "migrations/env.py connects without await with an AsyncEngine.\n"
        "    next: cd $(mktemp -d) && alembic init -t async new  "
        "# or take the run_migrations_online() of its new/env.py\n"
    )
