"""The driver that the URL names is not installed."""

from __future__ import annotations

import pytest

from tests.commands.revising import edit, refused
from tests.project import Project


@pytest.mark.parametrize(
    ("scheme", "module", "package"),
    [
        ("postgresql+psycopg2", "psycopg2", "psycopg2-binary"),
        ("mysql+mysqldb", "MySQLdb", "mysqlclient"),
        ("oracle+oracledb", "oracledb", "oracledb"),
    ],
)
def test_the_driver_is_not_installed(
    sqlite_project: Project, scheme: str, module: str, package: str
) -> None:
    edit(sqlite_project, "alembic.ini", "= sqlite://", f"= {scheme}://user:secret-word@host")
    assert refused(sqlite_project) == (
        f"error: missing-driver (migrations/env.py:62): The database driver {module} is not "
        "installed.\n"
        "    migrations/env.py connects with a URL that needs it.\n"
        f"    next: pip install '{package}'\n"
    )
