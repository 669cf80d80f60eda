"""`alembic guard-log`: the journal as people and programs read it, and nothing is written."""

from __future__ import annotations

import getpass
import json
import re
import socket
from pathlib import Path

from sqlalchemy import text

from tests.project import Project

KEYS = [
    "id",
    "version_table",
    "revision",
    "message",
    "direction",
    "status",
    "checksum",
    "normal_form",
    "started",
    "finished",
    "milliseconds",
    "tries",
    "database_user",
    "os_user",
    "host",
    "pid",
    "versions",
    "allowed",
    "backup",
    "cancelled",
    "checks",
    "error",
]
WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
WHO = re.escape(f"{getpass.getuser()}@{socket.gethostname()}")


def upgraded(project: Project, number: int = 3) -> Project:
    """A project whose journal has that many rows."""
    for each in range(1, number + 1):
        down = f"a{each - 1}" if each > 1 else None
        project.add_revision(f"a{each}", down, "op.execute('SELECT 1')")
    assert project.alembic("safe-upgrade").returncode == 0
    return project


def shown(project: Project) -> str:
    """The URL of the project as it is shown."""
    return re.sub(r":[^:/@]*@", ":***@", project.url)


def test_the_newest_comes_first_with_who_when_and_how_long(project: Project) -> None:
    result = upgraded(project, 2).alembic("guard-log")
    assert result.returncode == 0, result.output
    assert re.fullmatch(
        re.escape(f"Journal of {shown(project)}\n")
        + rf"  {WHEN}  applied     a2 revision a2\n"
        + rf"      upgrade by {WHO}, \d+ ms\n"
        + rf"  {WHEN}  applied     a1 revision a1\n"
        + rf"      upgrade by {WHO}, \d+ ms\n",
        result.stdout,
    ), result.stdout


def test_a_failure_is_shown_with_its_error(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "raise RuntimeError('out of paper')")
    assert sqlite_project.alembic("safe-upgrade").returncode == 1
    lines = sqlite_project.alembic("guard-log").stdout.splitlines()
    assert re.fullmatch(rf"  {WHEN}  failed      a1 revision a1", lines[1])
    assert "out of paper" in lines[3]


def test_what_was_allowed_is_shown(sqlite_project: Project) -> None:
    refuses = "def precheck(connection):\n    return False"
    sqlite_project.add_revision("a1", None, "pass", extra=refuses)
    sqlite_project.alembic("safe-upgrade", "--allow", "precheck-failed")
    assert "\n      allowed: precheck-failed\n" in sqlite_project.alembic("guard-log").stdout


def test_json_has_every_column_with_times_in_utc(project: Project) -> None:
    result = upgraded(project, 1).alembic("guard-log", "--format", "json")
    report = json.loads(result.stdout)
    (database,) = report["data"].pop("databases")
    assert report == {
        "version": 1,
        "command": "guard-log",
        "exit_status": 0,
        "findings": [],
        "data": {},
    }
    assert database["database"] == shown(project)
    (row,) = database["rows"]
    assert list(row) == KEYS
    assert (row["id"], row["revision"], row["status"]) == (1, "a1", "applied")
    assert row["started"].endswith("+00:00")
    assert row["finished"] >= row["started"]


def test_without_a_journal_it_says_so_and_writes_nothing(project: Project) -> None:
    before = project.snapshot()
    result = project.alembic("guard-log")
    assert (result.returncode, result.stdout) == (
        0,
        f"Journal of {shown(project)}\n  empty: safe-upgrade has applied nothing here yet\n",
    )
    report = json.loads(project.alembic("guard-log", "--format", "json").stdout)
    assert report["data"] == {"databases": [{"database": shown(project), "rows": None}]}
    assert (project.tables(), project.snapshot()) == ([], before)


def test_twenty_rows_are_shown_unless_it_is_told_otherwise(sqlite_project: Project) -> None:
    upgraded(sqlite_project, 22)

    def revisions(*words: str) -> list[str]:
        text = sqlite_project.alembic("guard-log", "--format", "json", *words).stdout
        return [row["revision"] for row in json.loads(text)["data"]["databases"][0]["rows"]]

    every = [f"a{number}" for number in range(22, 0, -1)]
    assert revisions() == every[:20]
    assert revisions("-n", "2") == revisions("--limit", "2") == every[:2]
    assert revisions("--all") == every
    older = "  … and older rows: alembic guard-log --all"
    said = [sqlite_project.alembic("guard-log", "-n", f"{n}").stdout.splitlines() for n in (21, 22)]
    assert [older in lines for lines in said] == [True, False]


def test_every_database_of_env_py_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "project"
    path.mkdir()
    project = Project.create(path, f"sqlite:///{path}/app.db", "multidb")
    project.add_revision("a1", None, "op.execute('SELECT 1')")
    assert project.alembic("safe-upgrade").returncode == 0
    report = json.loads(project.alembic("guard-log", "--format", "json").stdout)
    assert [
        (found["database"], [row["revision"] for row in found["rows"]])
        for found in report["data"]["databases"]
    ] == [(project.url, ["a1"]), (project.second_url, ["a1"])]


def test_it_reads_the_table_that_the_settings_name(sqlite_project: Project) -> None:
    variable = {"ALEMBIC_GUARD_JOURNAL_TABLE": "deployments"}
    sqlite_project.add_revision("a1", None, "pass")
    sqlite_project.alembic("safe-upgrade", env=variable)
    assert "a1 revision a1" in sqlite_project.alembic("guard-log", env=variable).stdout
    assert "empty" in sqlite_project.alembic("guard-log").stdout


def test_a_column_that_an_older_journal_lacks_is_empty(sqlite_project: Project) -> None:
    upgraded(sqlite_project, 1)
    with sqlite_project.connect() as connection:
        connection.execute(text("ALTER TABLE alembic_guard_journal DROP COLUMN normal_form"))
    report = json.loads(sqlite_project.alembic("guard-log", "--format", "json").stdout)
    ((row,),) = [database["rows"] for database in report["data"]["databases"]]
    assert (list(row), row["normal_form"], row["status"]) == (KEYS, None, "applied")


def test_it_shows_the_journal_although_a_revision_file_is_broken(sqlite_project: Project) -> None:
    upgraded(sqlite_project, 1)
    (sqlite_project.path / "migrations" / "versions" / "b2.py").write_text("not python(")
    result = sqlite_project.alembic("guard-log")
    assert (result.returncode, "a1 revision a1" in result.stdout) == (0, True)


def test_an_env_py_that_runs_nothing_is_named(sqlite_project: Project) -> None:
    sqlite_project.write("migrations/env.py", "from alembic import context\n")
    result = sqlite_project.alembic("guard-log")
    assert result.returncode == 1
    assert result.stdout.startswith("error: connection-not-configured")
