"""The driver that the URL names is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy

from tests.guards.failing import failing, with_url
from tests.interpreter import running
from tests.project import Project

WHERE = "alembic.ini:89"


@pytest.mark.parametrize(
    ("scheme", "module", "package", "instead"),
    [
        ("postgresql+psycopg2", "psycopg2", "psycopg2-binary", "postgresql+psycopg"),
        ("mysql+mysqldb", "MySQLdb", "mysqlclient", "mysql+pymysql"),
        ("mariadb+mysqlconnector", "mysql", "mysql-connector-python", "mariadb+pymysql"),
        ("oracle+oracledb", "oracledb", "oracledb", None),
    ],
)
def test_the_driver_is_not_installed(
    sqlite_project: Project, scheme: str, module: str, package: str, instead: str | None
) -> None:
    url = f"{scheme}://user:secret-word@host/database"
    other = f"    next: in {WHERE}: sqlalchemy.url = {instead}://user:***@host/database"
    assert failing(with_url(sqlite_project, url)) == (
        f"error: missing-driver ({WHERE}): The database driver {module} is not installed.\n"
        f"    The URL is {scheme}://user:***@host/database, from {WHERE}.\n"
        f"    next: pip install '{package}'\n"
        + (f"{other}  # its driver is installed\n" if instead else "")
    )


def test_a_url_without_a_driver_says_which_one_that_means(sqlite_project: Project) -> None:
    assert failing(with_url(sqlite_project, "mysql://user:secret-word@host/database")) == (
        f"error: missing-driver ({WHERE}): The database driver MySQLdb is not installed.\n"
        f"    The URL is mysql://user:***@host/database, from {WHERE}.\n"
        f"    SQLAlchemy {sqlalchemy.__version__} takes mysql:// to mean MySQLdb.\n"
        "    next: pip install 'mysqlclient'\n"
        f"    next: in {WHERE}: sqlalchemy.url = mysql+pymysql://user:***@host/database"
        "  # its driver is installed\n"
    )


def test_a_driver_that_is_installed_and_lacks_its_library(
    sqlite_project: Project, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "psycopg2.py").write_text("raise ImportError('libpq.so.5: cannot open it')\n")
    url = "postgresql+psycopg2://user:secret-word@host/database"
    said = failing(with_url(sqlite_project, url), env={"PYTHONPATH": str(broken)})
    assert said.splitlines()[0] == (
        f"error: missing-driver ({WHERE}): The database driver psycopg2 is installed and cannot "
        "be loaded: libpq.so.5: cannot open it."
    )


def test_asyncio_without_greenlet_is_one_finding_and_no_warning(
    sqlite_url: str, project_path: Path, tmp_path: Path
) -> None:
    project = Project.create(project_path, sqlite_url, "async")
    hidden = "import sys\nsys.modules['greenlet'] = None\n"
    environ = running(tmp_path / "site", hidden)
    before = project.snapshot()
    result = project.alembic("safe-upgrade", env=environ)
    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "error: unsupported-versions: SQLAlchemy's asyncio needs greenlet, "
        "which is not installed.\n"
        "    SQLAlchemy 2.1 no longer installs it by itself.\n"
        "    next: pip install 'sqlalchemy[asyncio]'\n",
        "",
    )
    assert project.snapshot() == before
