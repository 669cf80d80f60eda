"""A project that is configured in ``pyproject.toml`` and has no ``alembic.ini`` at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.revising import edit
from tests.guards.failing import failing
from tests.project import Project

ENV_PY = """
    from alembic import context
    from sqlalchemy import create_engine

    from models import Base

    with create_engine("{url}").connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
"""


@pytest.fixture
def project(sqlite_url: str, project_path: Path) -> Project:
    """The pyproject template, its ini file deleted."""
    made = Project.create(project_path, sqlite_url, "pyproject")
    (made.path / "alembic.ini").unlink()
    made.write("migrations/env.py", ENV_PY.format(url=sqlite_url))
    return made


def test_every_command_works_without_an_ini_file(project: Project) -> None:
    for words in (["guard-revision", "-m", "users"], ["safe-upgrade"], ["guard-check"]):
        assert project.alembic(*words).returncode == 0, words
    assert "refused-by-alembic" not in project.alembic("guard-doctor").stdout
    assert project.tables() == ["alembic_guard_journal", "alembic_version", "users"]


def test_a_missing_module_is_looked_for_around_the_pyproject_that_was_named(
    project: Project,
) -> None:
    project.write("zz/a/backend/models.py", "")
    (project.path / "pyproject.toml").rename(project.path / "zz" / "pyproject.toml")
    edit(project, "zz/pyproject.toml", "%(here)s/migrations", "%(here)s/../migrations")
    edit(project, "migrations/env.py", "from models", "from backend.models")
    said = failing(project, "-c", "zz/pyproject.toml", "guard-check")
    assert said.splitlines()[-1] == (
        "    next: in zz/pyproject.toml, instead of the prepend_sys_path of [tool.alembic]: "
        'prepend_sys_path = ["%(here)s/a"]'
    )
