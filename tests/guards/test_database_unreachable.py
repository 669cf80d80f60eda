"""No server, no such host, no such database, no such file, no entry."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from tests.commands.revising import edit, refused
from tests.project import Project, escaped


def said(project: Project, url: str) -> str:
    """What is said of a database that cannot be reached."""
    edit(project, "alembic.ini", escaped(project.configured_url), escaped(url))
    first, *_, last = refused(project).splitlines()
    assert last == "    next: alembic current -v  # which URL env.py uses"
    place = "error: database-unreachable (migrations/env.py:68): The database cannot be reached: "
    assert first.startswith(place)
    return first.removeprefix(place)


def test_a_folder_that_is_not_there(sqlite_project: Project) -> None:
    assert said(sqlite_project, "sqlite:////no/such/app.db") == "unable to open database file."


def test_a_server_that_is_not_running(sqlite_project: Project) -> None:
    assert said(sqlite_project, "postgresql+psycopg://user:secret-word@127.0.0.1:1/database") == (
        'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused.'
    )


@pytest.mark.parametrize(
    ("database_url", "expected"),
    [
        ("postgresql", 'FATAL:  database "nowhere" does not exist.'),
        ("mariadb", "(1049, \"Unknown database 'nowhere'\")."),
    ],
    indirect=["database_url"],
)
def test_a_database_that_does_not_exist(project: Project, expected: str) -> None:
    url = make_url(project.url).set(database="nowhere")
    assert said(project, url.render_as_string(hide_password=False)).endswith(expected)


def test_a_login_that_is_refused(mariadb_project: Project) -> None:
    url = make_url(mariadb_project.url).set(username="nobody", password="secret-word")
    assert "Access denied for user 'nobody'@" in said(
        mariadb_project, url.render_as_string(hide_password=False)
    )
