"""`alembic guard-lint` on a long history of every habit: nothing breaks, nothing is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.histories import HALF_KNOWN, write
from tests.project import Project, Result

COUNT = 300
APPLIED = "r149"


@pytest.fixture(params=["sqlite", "postgresql"])
def judged(request: pytest.FixtureRequest) -> tuple[Project, list[str]]:
    """A long history, and the habit of each of its revisions."""
    project: Project = request.getfixturevalue(f"{request.param}_project")
    return project, write(project, COUNT, harmless=150)


def told(result: Result, *expected: int) -> dict[str, Any]:
    """The JSON of a command that broke nowhere."""
    assert "Traceback" not in result.output
    assert result.returncode in expected, result.output[-2000:]
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def not_recorded(found: dict[str, Any]) -> set[str]:
    """The revisions that could not be recorded to their end."""
    return {one["revision"] for one in found["findings"] if one["name"] == "not-recorded"}


def placeless(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings that do not say where they are; what a migration swallowed has a file only."""
    return [
        one
        for one in found["findings"]
        if one["path"] is None or (one["line"] is None and one["name"] != "not-recorded")
    ]


def test_every_revision_is_recorded_or_named(judged: tuple[Project, list[str]]) -> None:
    project, habits = judged
    before = project.snapshot()
    found = told(project.alembic("guard-lint", "--no-database", "--format", "json"), 1)
    assert sorted(found["data"]["revisions"]) == [f"r{number:03}" for number in range(COUNT)]
    unknown = {f"r{number:03}" for number, habit in enumerate(habits) if habit in HALF_KNOWN}
    assert unknown - not_recorded(found) == set()
    assert placeless(found) == []
    assert project.snapshot() == before


def test_only_what_is_pending_is_judged_and_nothing_is_changed(
    judged: tuple[Project, list[str]],
) -> None:
    project, _ = judged
    assert project.alembic("upgrade", APPLIED).returncode == 0
    with project.connect() as connection:
        connection.execute(text("INSERT INTO t0 (id, name) VALUES (1, 'one')"))
    before, tables = project.snapshot(), project.tables()
    found = told(project.alembic("guard-lint", "--format", "json"), 0, 1)
    assert sorted(found["data"]["revisions"]) == [f"r{number:03}" for number in range(150, COUNT)]
    assert placeless(found) == []
    assert (project.snapshot(), project.tables()) == (before, tables)
    assert project.heads_in_database() == (APPLIED,)
    with project.connect() as connection:
        assert connection.execute(text("SELECT id, name FROM t0")).all() == [(1, "one")]


def test_downgrades_are_judged_without_a_traceback(judged: tuple[Project, list[str]]) -> None:
    project, _ = judged
    words = ("guard-lint", "--downgrade", "--no-database", "--format", "json")
    found = told(project.alembic(*words), 0, 1)
    raising = {f"r{number:03}" for number in range(2, COUNT, 3)}
    assert (len(found["data"]["revisions"]), not_recorded(found)) == (COUNT, raising)


def test_sarif_names_the_same_findings(judged: tuple[Project, list[str]]) -> None:
    project, _ = judged
    found = told(project.alembic("guard-lint", "--no-database", "--format", "json"), 1)
    sarif = told(project.alembic("guard-lint", "--no-database", "--format", "sarif"), 1)
    results = [one["ruleId"] for one in sarif["runs"][0]["results"]]
    assert results == [one["name"] for one in found["findings"]]


def test_parameters_are_read_without_a_database(project: Project) -> None:
    body = """
        op.execute(sa.text("UPDATE t SET a = 'b%' WHERE id = :id").bindparams(id=1))
        op.get_bind().execute(sa.text("DELETE FROM t WHERE id = :id"), {"id": 1})
    """
    project.add_revision("0001", None, body)
    found = told(project.alembic("guard-lint", "--no-database", "--format", "json"), 0, 1)
    names = {one["name"] for one in found["findings"]}
    assert names & {"unreadable-sql", "not-recorded"} == set()
