"""A URL that cannot be read; it may hold a password, and is not repeated."""

from __future__ import annotations

import pytest

from tests.commands.revising import refused
from tests.project import Project


def with_url(project: Project, url: str) -> Project:
    lines = project.read("alembic.ini").splitlines()
    changed = [f"sqlalchemy.url = {url}" if "sqlalchemy.url" in line else line for line in lines]
    project.write("alembic.ini", "\n".join(changed))
    return project


@pytest.mark.parametrize(
    ("url", "reason", "remedy"),
    [
        (
            "",
            "it is no URL",
            "in alembic.ini: sqlalchemy.url = postgresql+psycopg://user@host/database",
        ),
        (
            "secret-word",
            "it is no URL",
            "in alembic.ini: sqlalchemy.url = postgresql+psycopg://user@host/database",
        ),
        (
            "driver://user:pass@localhost/dbname",
            "it is still the template's placeholder",
            "in alembic.ini: sqlalchemy.url = sqlite:///app.db",
        ),
        (
            "postgres://user:secret-word@host/database",
            "there is no dialect 'postgres'",
            "write postgresql+psycopg:// instead",
        ),
        (
            "nonsense://user:secret-word@host/database",
            "there is no dialect 'nonsense'",
            "pip install the dialect's package",
        ),
    ],
)
def test_the_url_cannot_be_read(
    sqlite_project: Project, url: str, reason: str, remedy: str
) -> None:
    assert refused(with_url(sqlite_project, url)) == (
        "error: bad-database-url (migrations/env.py:62): "
        f"The database URL that migrations/env.py uses can't be read: {reason}.\n"
        "    SQLAlchemy takes dialect+driver://user@host/database.\n"
        f"    next: {remedy}\n"
    )


def test_a_percent_sign_that_is_not_doubled(sqlite_project: Project) -> None:
    project = with_url(sqlite_project, "postgresql+psycopg://user:secret%40word@host/database")
    assert refused(project) == (
        "error: bad-database-url (migrations/env.py:63): The database URL that migrations/env.py "
        "uses can't be read: it holds a '%' that is not doubled.\n"
        "    SQLAlchemy takes dialect+driver://user@host/database.\n"
        "    next: in alembic.ini, write every % as %%\n"
    )
