"""`alembic guard-check`: the gate for CI says only what is wrong, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import text

from alembic_guard import Refused, check
from tests.commands.upgrading import as_modelled, history
from tests.project import Project

ADD = 'op.add_column("users", sa.Column("{0}", sa.Integer()))'


def two_heads(project: Project) -> Project:
    """0002 and 0003 on top of 0001."""
    history(project)
    project.add_revision("0002", "0001", ADD.format("age"), message="age")
    project.add_revision("0003", "0001", ADD.format("size"), message="size")
    return project


def test_a_healthy_project_is_one_line(project: Project) -> None:
    history(project)
    as_modelled(project)
    project.alembic("safe-upgrade")
    before = project.snapshot()
    result = project.alembic("guard-check")
    assert (result.returncode, result.stdout) == (
        0,
        "Checked 1 revision and 1 database: no guard refuses.\n",
    )
    assert project.snapshot() == before


def test_a_database_that_is_behind_is_no_harm(sqlite_project: Project) -> None:
    history(sqlite_project, ADD.format("age"))
    result = sqlite_project.alembic("guard-check")
    assert (result.returncode, result.stdout) == (
        0,
        "Checked 2 revisions and 1 database: no guard refuses.\n",
    )
    assert not (sqlite_project.path / "app.db").exists()


def test_two_heads_are_refused(sqlite_project: Project) -> None:
    result = two_heads(sqlite_project).alembic("guard-check")
    assert (result.returncode, result.stdout) == (
        1,
        "error: several-heads (migrations/versions/0003_size.py): The history has 2 heads that "
        "nobody joined: 0002, 0003.\n"
        "    0002 age (migrations/versions/0002_age.py)\n"
        "    0003 size (migrations/versions/0003_size.py)\n"
        "    next: alembic merge -m 'merge 0002 and 0003' 0002 0003\n",
    )


def test_what_is_allowed_is_reported_and_does_not_refuse(sqlite_project: Project) -> None:
    result = two_heads(sqlite_project).alembic("guard-check", "--allow", "several-heads")
    assert result.returncode == 0
    assert result.stdout.startswith("Checked 3 revisions and 1 database: no guard refuses.\n")
    assert "allowed: several-heads" in result.stdout


def test_without_a_database_env_py_is_not_run(sqlite_project: Project) -> None:
    history(sqlite_project)
    sqlite_project.write("migrations/env.py", "raise RuntimeError('not here')\n")
    assert sqlite_project.alembic("guard-check").returncode == 1
    result = sqlite_project.alembic("guard-check", "--no-database")
    assert (result.returncode, result.stdout) == (
        0,
        "Checked 1 revision and 0 databases: no guard refuses.\n",
    )


def test_a_database_at_head_that_is_not_what_the_models_say_is_refused(project: Project) -> None:
    history(project, ADD.format("age"))
    as_modelled(project)
    project.alembic("safe-upgrade")
    result = project.alembic("guard-check")
    assert (result.returncode, result.stdout) == (
        1,
        f"error: drift: {project.configured_url} is at its head, and is not what the models say.\n"
        "    A migration that is made now:\n"
        "      drops column users.age\n"
        '    next: alembic guard-revision -m "…"\n',
    )
    without = project.alembic("guard-check", "--no-drift")
    assert (without.returncode, without.stdout) == (
        0,
        "Checked 2 revisions and 1 database: no guard refuses.\n",
    )


def test_an_expression_that_somebody_changed_in_the_database_is_drift(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project)
    as_modelled(project)
    project.alembic("safe-upgrade")
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '')"))
    result = project.alembic("guard-check")
    assert result.returncode == 1
    assert "      drops check named of users\n" in result.stdout


def test_json_says_what_was_checked(sqlite_project: Project) -> None:
    history(sqlite_project)
    as_modelled(sqlite_project)
    sqlite_project.alembic("safe-upgrade")
    report = json.loads(sqlite_project.alembic("guard-check", "--format", "json").stdout)
    url = sqlite_project.configured_url
    assert (report["exit_status"], report["findings"], report["data"]) == (
        0,
        [],
        {
            "revisions": 1,
            "heads": ["0001"],
            "databases": [{"database": url, "current": ["0001"]}],
            "against": None,
            "note": "",
        },
    )


def test_a_program_gets_the_same(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(two_heads(sqlite_project).path)
    with pytest.raises(Refused) as refused:
        check(Config("alembic.ini"), database=False)
    assert [finding.name for finding in refused.value.findings] == ["several-heads"]
    assert refused.value.data["heads"] == ["0002", "0003"]
    checked = check(Config("alembic.ini"), database=False, allow=["several-heads"])
    assert (checked.revisions, checked.heads) == (3, ("0002", "0003"))


@pytest.mark.parametrize("name", ["github", "sarif", "markdown"])
def test_every_format_says_it(sqlite_project: Project, name: str) -> None:
    result = two_heads(sqlite_project).alembic("guard-check", "--format", name)
    assert result.returncode == 1
    assert "several-heads" in result.stdout
    assert "migrations/versions/0003_size.py" in result.stdout


def test_output_goes_to_a_file(sqlite_project: Project, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    result = two_heads(sqlite_project).alembic(
        "guard-check", "--format", "json", "--output", str(file)
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert json.loads(file.read_text("utf-8"))["findings"][0]["name"] == "several-heads"


def test_a_refusal_that_comes_out_of_env_py_is_no_green(sqlite_project: Project) -> None:
    refusing = (
        "from alembic_guard import Refused\nraise Refused.one('empty-metadata', 'Not here.')\n"
    )
    sqlite_project.write("migrations/env.py", refusing)
    result = sqlite_project.alembic("guard-check")
    assert (result.returncode, result.stdout) == (1, "error: empty-metadata: Not here.\n")


def test_nothing_is_logged_beside_the_report(sqlite_project: Project) -> None:
    history(sqlite_project)
    assert sqlite_project.alembic("guard-check").stderr == ""
    assert sqlite_project.alembic("guard-doctor").stderr == ""
