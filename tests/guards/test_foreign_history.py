"""A database whose version table another project writes to."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import refused, settled
from tests.commands.upgrading import history, masked_url
from tests.project import Project
from tests.repositories import quiet, repository

OF_ANOTHER = (
    "CREATE TABLE invoices (id INTEGER)",
    "CREATE TABLE alembic_version (version_num VARCHAR(32))",
    "INSERT INTO alembic_version VALUES ('aaa')",
)


def another(project: Project, *more: str) -> None:
    """Leave the database as another project's migrations leave it."""
    with project.connect() as connection:
        for statement in (*OF_ANOTHER, *more):
            connection.execute(text(statement))


def test_a_database_of_another_project(project: Project) -> None:
    history(project)
    another(project)
    result = project.alembic("safe-upgrade")
    assert (result.returncode, result.stdout) == (
        1,
        f"error: foreign-history: {masked_url(project)} belongs to another project: "
        "alembic_version is at aaa, of which no file here knows.\n"
        "    It has none of the models' tables; it has invoices.\n"
        "    next: point the URL at this project's own database\n"
        "    next: or, to share this one, in env.py: "
        'context.configure(…, version_table="alembic_version_PROJECT")\n',
    )
    assert project.tables() == ["alembic_version", "invoices"]
    assert project.heads_in_database() == ("aaa",)


def test_git_was_asked_too(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet(monkeypatch)
    history(sqlite_project)
    repository(sqlite_project.path)
    another(sqlite_project, "INSERT INTO alembic_version VALUES ('bbb')")
    assert refused(sqlite_project).startswith(
        f"error: foreign-history: {sqlite_project.url} belongs to another project: "
        "alembic_version is at aaa, bbb, of which no file or commit here knows.\n"
    )


def test_a_table_of_the_models_makes_it_ones_own(sqlite_project: Project) -> None:
    settled(sqlite_project)
    with sqlite_project.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'aaa'"))
        connection.execute(text(OF_ANOTHER[0]))
    assert refused(sqlite_project).startswith("error: missing-revision: ")


def test_a_revision_that_is_known_makes_it_ones_own(sqlite_project: Project) -> None:
    history(sqlite_project)
    another(sqlite_project, "INSERT INTO alembic_version VALUES ('0001')")
    result = sqlite_project.alembic("safe-upgrade", "heads")
    assert result.stdout.startswith("error: missing-revision: ")
