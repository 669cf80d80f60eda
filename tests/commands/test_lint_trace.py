"""`guard-lint --trace` judges what revisions really do, and says how long they took."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.project import Project
from tests.runtime.recorded_project import contents

USERS = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


def trace(project: Project, *words: str, status: int = 0) -> tuple[dict[str, Any], list[Any]]:
    """What is known of the one database, and the findings by name and revision."""
    done = project.alembic("guard-lint", "--trace", "--format", "json", *words)
    assert done.returncode == status, done.output
    report = json.loads(done.stdout)
    (database,) = report["data"]["databases"]
    found = [(each["name"], each["revision"]) for each in report["findings"]]
    return database, [each for each in found if each[0] in ("not-recorded", "index-blocks-writes")]


def history(project: Project) -> None:
    project.add_revision("0001", None, USERS, 'op.drop_table("users")')
    project.add_revision(
        "0002",
        "0001",
        'assert sa.inspect(op.get_bind()).has_table("users")\n'
        'op.add_column("users", sa.Column("age", sa.Integer))',
        'op.drop_column("users", "age")',
    )


@pytest.mark.parametrize("template", ["generic", "async"])
def test_it_runs_what_is_pending_and_changes_nothing(
    database_url: str, project_path: Any, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        history(project)
        assert project.alembic("upgrade", "0001").returncode == 0
        before = contents(project)
        database, found = trace(project)
        assert (database["traced"], database["steps"], list(database["seconds"])) == (
            True,
            1,
            ["0002"],
        )
        assert database["seconds"]["0002"] > 0
        assert found == []
        assert contents(project) == before


def test_it_says_for_people_how_long_each_revision_took(sqlite_project: Project) -> None:
    history(sqlite_project)
    done = sqlite_project.alembic("guard-lint", "--trace")
    traced = [line for line in done.stdout.splitlines() if line.startswith("Traced")]
    assert [line.split()[:3] for line in traced] == [
        ["Traced", "0001", "in"],
        ["Traced", "0002", "in"],
    ]


def test_what_is_applied_runs_from_the_beginning_on_an_empty_database(project: Project) -> None:
    history(project)
    assert project.alembic("upgrade", "head").returncode == 0
    before = contents(project)
    database, found = trace(project, "0002")
    assert (database["judged"], database["steps"], found) == (["0002"], 2, [])
    assert contents(project) == before


def test_a_downgrade_runs_after_an_upgrade(project: Project) -> None:
    history(project)
    database, found = trace(project, "--downgrade")
    assert (list(database["seconds"]), found) == (["0002", "0001"], [])
    assert project.tables() == []


def test_without_pg_dump_the_applied_revisions_make_the_schema(
    postgresql_project: Project,
) -> None:
    history(postgresql_project)
    assert postgresql_project.alembic("upgrade", "0001").returncode == 0
    done = postgresql_project.alembic("guard-lint", "--trace", env={"PATH": ""})
    assert "the history is run from its beginning" in done.stdout
    assert "Traced    0002 in " in done.stdout
    assert "not-recorded" not in done.output


def test_what_cannot_be_traced_is_recorded_and_said(postgresql_project: Project) -> None:
    history(postgresql_project)
    postgresql_project.add_revision("0003", "0002", 'op.drop_column("users", "nowhere")')
    done = postgresql_project.alembic("guard-lint", "--trace")
    (first,) = [line for line in done.stdout.splitlines() if "not-recorded" in line]
    assert first.endswith(
        "Not all of 0003 could be traced: upgrade() raised ProgrammingError: "
        '(psycopg.errors.UndefinedColumn) column "nowhere" of relation "users" does not exist.'
    )
    assert "It and what comes after it was recorded, as without --trace." in done.stdout


def test_two_databases_are_traced_each_on_its_own(postgresql_url: str, project_path: Any) -> None:
    with Project.create(project_path, postgresql_url, "multidb") as project:
        project.add_revision("0001", None, f'assert engine_name.startswith("engine")\n{USERS}')
        done = project.alembic("guard-lint", "--trace", "--format", "json")
        databases = json.loads(done.stdout)["data"]["databases"]
        assert [(each["traced"], list(each["seconds"])) for each in databases] == [
            (True, ["0001"]),
            (True, ["0001"]),
        ]
