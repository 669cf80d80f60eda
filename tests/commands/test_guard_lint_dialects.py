"""`alembic guard-lint --no-database`: which dialect migrations are judged for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic.config import Config

from alembic_guard.commands.guard_lint import lint
from alembic_guard.errors import WrongUsage
from tests.project import PLACEHOLDER_URL, Project

WORDS = ("guard-lint", "--no-database", "--format", "json")


@pytest.fixture
def project(sqlite_project: Project) -> Project:
    """One revision that drops a table."""
    sqlite_project.add_revision("0001", None, 'op.drop_table("users")')
    return sqlite_project


def with_url(project: Project, url: str) -> Project:
    project.write("alembic.ini", project.read("alembic.ini").replace(project.url, url))
    return project


@pytest.mark.parametrize("url", [PLACEHOLDER_URL, "", "no url at all"])
def test_a_url_that_says_no_dialect_is_judged_as_postgresql(project: Project, url: str) -> None:
    result = with_url(project, url).alembic(*WORDS)
    report = json.loads(result.stdout)
    assert [each["server"] for each in report["data"]["databases"]] == ["postgresql"]
    assert [each["name"] for each in report["findings"]] == ["drop-table"]


def test_a_dialect_that_no_rule_is_about_is_said(project: Project) -> None:
    result = with_url(project, "mssql+pyodbc://host/name").alembic(*WORDS)
    report = json.loads(result.stdout)
    assert report["data"]["notes"] == [
        "No rule is about mssql: what revisions do was recorded, and not judged."
    ]


def test_a_program_is_refused_a_dialect_that_there_is_not(project: Project) -> None:
    config = Config(str(project.path / "alembic.ini"))
    with pytest.raises(WrongUsage, match=r"SQLAlchemy has no dialect 'nonsense'\."):
        lint(config, database=False, dialect="nonsense")


def test_each_database_of_multidb_has_its_own_revisions(
    sqlite_url: str, project_path: Path
) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        project.add_revision("0001", None, "pass")
        result = project.alembic("guard-lint")
    judging = [line for line in result.stdout.splitlines() if line.startswith("Judging")]
    assert (result.returncode, judging) == (0, ["Judging   0001", "Judging   0001"])
