"""`alembic guard-doctor`: every step with its facts, and nothing is changed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.commands.upgrading import change_env, history
from tests.project import Project, Result

TEMPLATES = ["generic", "async", "pyproject", "pyproject_async"]
VERSIONS = r"^(\w+ +(?:driver|server|versions)) .*?(, app.db does not exist yet)?$"


def steps(result: Result) -> str:
    """What the doctor printed, without versions."""
    return re.sub(VERSIONS, r"\1\2", result.stdout, flags=re.MULTILINE)


def shown_url(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def healthy(project: Project) -> Project:
    history(project)
    assert project.alembic("safe-upgrade").returncode == 0
    return project


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_healthy_project_of_every_template_is_a_short_list_of_facts(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        healthy(project)
        before = project.snapshot()
        result = project.alembic("guard-doctor")
        config = "alembic.ini" + (", pyproject.toml" if "pyproject" in template else "")
        assert (result.returncode, steps(result)) == (
            0,
            f"ok       configuration   {config}, script location migrations\n"
            "ok       revision files  1 revision, 1 head: 0001\n"
            "ok       env.py          migrations/env.py\n"
            f"ok       URL             {shown_url(project.configured_url)}\n"
            "ok       driver\n"
            "ok       server\n"
            "ok       metadata        1 table in the models, 1 in the database\n"
            "ok       history         at 0001, nothing pending\n"
            "ok       versions\n"
            "Nothing is wrong here.\n",
        )
        assert project.snapshot() == before


def test_each_database_of_multidb_is_looked_at(database_url: str, project_path: Path) -> None:
    with Project.create(project_path, database_url, "multidb") as project:
        healthy(project)
        result = project.alembic("guard-doctor")
        a_database = (
            "ok       driver\n"
            "ok       server\n"
            "ok       metadata        1 table in the models, 1 in the database\n"
            "ok       history         at 0001, nothing pending\n"
        )
        assert (result.returncode, steps(result)) == (
            0,
            "ok       configuration   alembic.ini, script location migrations\n"
            "ok       revision files  1 revision, 1 head: 0001\n"
            "ok       env.py          migrations/env.py\n"
            f"ok       URL             {shown_url(project.url)}\n{a_database}"
            f"ok       URL             {shown_url(project.second_url)}\n{a_database}"
            "ok       versions\n"
            "Nothing is wrong here.\n",
        )


def test_nothing_is_made_where_nothing_is(project: Project) -> None:
    history(project)
    before = project.snapshot()
    result = project.alembic("guard-doctor")
    file = ", app.db does not exist yet" if project.url.startswith("sqlite") else ""
    assert result.returncode == 0, result.output
    assert steps(result).splitlines()[5:8] == [
        f"ok       server{file}",
        "ok       metadata        1 table in the models, 0 in the database",
        "ok       history         no revision recorded, 1 revision behind",
    ]
    assert (project.snapshot(), (project.path / "app.db").exists()) == (before, False)
    assert project.tables() == []


def test_what_cannot_be_reached_is_skipped_and_the_rest_is_looked_at(
    sqlite_project: Project,
) -> None:
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", ini.replace("sqlite:///", "sqlite:////no/such/folder/"))
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-doctor")
    assert "error    server          database-unreachable\n" in result.stdout
    lines = steps(result).partition("error: ")[0]
    assert (result.returncode, lines) == (
        1,
        "ok       configuration   alembic.ini, script location migrations\n"
        "ok       revision files  no revisions yet\n"
        "ok       env.py          migrations/env.py\n"
        f"ok       URL             sqlite:////no/such/folder/{sqlite_project.path}/app.db\n"
        "ok       driver\n"
        "error    server\n"
        "skipped  metadata        not reached: server first\n"
        "skipped  history         not reached: server first\n"
        "ok       versions\n",
    )
    assert "error: database-unreachable" in result.stdout
    assert sqlite_project.snapshot() == before


def test_without_a_configuration_the_versions_are_still_said(tmp_path: Path) -> None:
    result = Project(tmp_path, "sqlite://").alembic("guard-doctor")
    assert result.returncode == 1
    assert re.findall(r"^(\w+) +(configuration|versions)", result.stdout, re.MULTILINE) == [
        ("error", "configuration"),
        ("ok", "versions"),
    ]
    assert "error: no-config" in result.stdout


def test_a_broken_history_does_not_hide_the_database(sqlite_project: Project) -> None:
    healthy(sqlite_project)
    sqlite_project.write("migrations/versions/0002_broken.py", "revision = '0002'\ndef :\n")
    result = sqlite_project.alembic("guard-doctor")
    outcomes = re.findall(r"^(ok|error|skipped) +(.*?)(?: {2,}|$)", result.stdout, re.MULTILINE)
    assert (result.returncode, outcomes) == (
        1,
        [
            ("ok", "configuration"),
            ("error", "revision files"),
            ("ok", "env.py"),
            ("ok", "URL"),
            ("ok", "driver"),
            ("ok", "server"),
            ("skipped", "metadata"),
            ("skipped", "history"),
            ("ok", "versions"),
        ],
    )
    assert "error: broken-revision-file" in result.stdout


def test_json_holds_every_check(sqlite_project: Project) -> None:
    healthy(sqlite_project)
    report = json.loads(sqlite_project.alembic("guard-doctor", "--format", "json").stdout)
    checks = report["data"]["checks"]
    assert (report["exit_status"], report["findings"]) == (0, [])
    assert [check["name"] for check in checks if check["outcome"] == "ok"] == [
        "configuration",
        "revision files",
        "env.py",
        "URL",
        "driver",
        "server",
        "metadata",
        "history",
        "versions",
    ]


def test_what_is_allowed_does_not_refuse(sqlite_project: Project) -> None:
    healthy(sqlite_project)
    sqlite_project.write(
        "orders.py",
        """
        from sqlalchemy.orm import Mapped, mapped_column
        from models import Base

        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
        """,
    )
    refused = sqlite_project.alembic("guard-doctor")
    allowed = sqlite_project.alembic("guard-doctor", "--allow", "models-not-imported")
    assert (refused.returncode, allowed.returncode) == (1, 0)
    assert "error    metadata" in refused.stdout
    assert "ok       metadata" in allowed.stdout


@pytest.mark.parametrize("template", ["generic", "async"])
def test_a_transaction_that_env_py_never_commits_is_found(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        healthy(project)
        select = "connection.execute(__import__('sqlalchemy').text('SELECT 1'))"
        configure = (
            "context.configure(connection="
            if template == "async"
            else "context.configure(\n            connection="
        )
        indent = "    " if template == "async" else "        "
        change_env(project, configure, f"{select}\n{indent}{configure}")
        result = project.alembic("guard-doctor")
        assert result.returncode == 1
        assert result.stdout.endswith(
            "error: autobegun-connection (migrations/env.py): env.py ran a statement on the "
            "connection before context.configure(), and never committed it.\n"
            "    Alembic then leaves committing to env.py, and closing the connection rolls every "
            "migration back, with status 0.\n"
            "    next: in env.py, before context.configure(): connection.commit()\n"
            "    next: or: with engine.begin() as connection: …\n"
        )


def test_an_env_py_that_commits_its_own_transaction_is_healthy(project: Project) -> None:
    change_env(project, "connectable.connect()", "connectable.begin()")
    result = healthy(project).alembic("guard-doctor")
    assert result.returncode == 0, result.output
