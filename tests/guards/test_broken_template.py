"""A template that is not there or no template; what is seen when it is rendered is tested there."""

from __future__ import annotations

import json
from pathlib import Path

import alembic
import pytest

from tests.commands.revising import edit, settled
from tests.guards.histories import stopped
from tests.project import Project
from tests.repositories import git, repository

PATH = "migrations/script.py.mako"
OWN = Path(alembic.__file__).parent / "templates" / "generic" / "script.py.mako"


@pytest.fixture
def project(sqlite_project: Project) -> Project:
    return settled(sqlite_project)


def test_one_that_git_has_is_restored(project: Project) -> None:
    repository(project.path)
    (project.path / PATH).unlink()
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: broken-template ({PATH}): {PATH} is not there.\n"
        "    Every new migration is made from it.\n"
        f"    next: git checkout HEAD -- {PATH}\n"
    )
    git(project.path, "checkout", "HEAD", "--", PATH)
    assert project.alembic("guard-check", "--no-database").returncode == 0


def test_one_that_nobody_has_comes_from_alembic(project: Project) -> None:
    (project.path / PATH).unlink()
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: broken-template ({PATH}): {PATH} is not there.\n"
        "    Every new migration is made from it.\n"
        f"    next: cp {OWN} {PATH}  # Alembic's own\n"
    )


def test_one_that_was_broken_since_it_was_committed(project: Project) -> None:
    repository(project.path)
    edit(project, PATH, "Revises:", "</%def>")
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: broken-template ({PATH}:4): {PATH} cannot be rendered: "
        "SyntaxException: Closing tag without opening tag: </%def>.\n"
        "    Every new migration is made from it.\n"
        f"    next: git diff HEAD -- {PATH}  # what was changed\n"
        f"    next: git checkout HEAD -- {PATH}  # takes the change back\n"
    )


def test_the_doctor_sees_it_in_the_configuration(project: Project) -> None:
    (project.path / PATH).unlink()
    result = project.alembic("guard-doctor", "--format", "json")
    assert result.returncode == 1
    checks = {check["name"]: check for check in json.loads(result.stdout)["data"]["checks"]}
    assert checks["configuration"]["outcome"] == "error"
    assert checks["configuration"]["facts"].endswith(", broken-template")
