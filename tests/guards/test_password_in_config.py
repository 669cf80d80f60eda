"""A password in a config file is found with its line, and is never repeated."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from alembic_guard import guards
from alembic_guard.finding import Severity
from alembic_guard.runtime.configuration_text import ConfigurationText, passwords_in
from tests.project import Project


def severities(tmp_path: Path, line: str, name: str = "alembic.ini") -> list[Severity]:
    header = "[tool.alembic]" if name.endswith(".toml") else "[alembic]"
    (tmp_path / name).write_text(f"{header}\n{line}\n", "utf-8")
    subject = ConfigurationText(tuple(passwords_in(tmp_path / name)))
    return [finding.severity for finding in guards.judge(subject)]


def test_a_password_is_a_warning_with_its_line_and_the_line_to_paste(
    sqlite_project: Project,
) -> None:
    ini = (
        sqlite_project.read("alembic.ini") + "\n[other]\nreports.url = mysql://app:s3cr%%40t@db/r\n"
    )
    sqlite_project.write("alembic.ini", ini)
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-doctor", "--format", "json")
    assert result.returncode == 0
    (finding,) = json.loads(result.stdout)["findings"]
    line = ini.splitlines().index("reports.url = mysql://app:s3cr%%40t@db/r") + 1
    assert finding == {
        "name": "password-in-config",
        "severity": "warning",
        "message": "alembic.ini holds the password of mysql://app:***@db/r "
        "(reports.url in [other]).",
        "why": "Whoever may read the repository can read it, and its history keeps it.",
        "next": [
            'in migrations/env.py: import os; config.set_main_option("reports.url", '
            'os.environ["DATABASE_URL"].replace("%", "%%"))',
            "in alembic.ini: take reports.url out, and change the password",
        ],
        "revision": None,
        "path": "alembic.ini",
        "line": line,
        "allowed": None,
        "docs": "https://alembic-guardrails.readthedocs.io/en/stable/guards/password-in-config/",
    }
    assert "s3cr" not in result.output
    assert sqlite_project.snapshot() == before


@pytest.mark.parametrize(
    "line",
    [
        "sqlalchemy.url = driver://user:pass@localhost/dbname",
        "sqlalchemy.url = postgresql://app@db/app",
        "sqlalchemy.url = postgresql://app:%(password)s@db/app",
        "sqlalchemy.url = postgresql://app:${PASSWORD}@db/app",
        "sqlalchemy.url = postgresql://app:<password>@db/app",
        "sqlalchemy.url = postgresql://app:***@db/app",
        "sqlalchemy.url = sqlite:///app.db",
        "# sqlalchemy.url = postgresql://app:hunter2@db/app",
        "; sqlalchemy.url = postgresql://app:hunter2@db/app",
    ],
)
def test_a_placeholder_and_a_comment_are_left_alone(tmp_path: Path, line: str) -> None:
    assert severities(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("sqlalchemy.url = postgresql://app:hunter2@db/app", Severity.WARNING),
        ("sqlalchemy.url = postgresql://app:hunter2@localhost/app", Severity.WARNING),
        ("sqlalchemy.url = postgresql://app:app@db/app", Severity.WARNING),
        ("sqlalchemy.url =\n    postgresql://app:hunter2@db/app", Severity.WARNING),
        ("sqlalchemy.url = postgresql://app:p@ss@db/app", Severity.WARNING),
        ("sqlalchemy.url = postgresql://postgres:postgres@localhost/app", Severity.NOTE),
        ("sqlalchemy.url = mysql://root:secret@127.0.0.1:3306/app", Severity.NOTE),
    ],
)
def test_a_password_that_opens_only_ones_own_machine_is_a_note(
    tmp_path: Path, line: str, severity: Severity
) -> None:
    assert severities(tmp_path, line) == [severity]


def test_a_pyproject_is_read_in_the_tables_of_alembic(tmp_path: Path) -> None:
    line = '"sqlalchemy.url" = "postgresql://app:hunter2@db/app"'
    assert severities(tmp_path, line, "pyproject.toml") == [Severity.WARNING]
    assert severities(tmp_path, f"[tool.other]\n{line}", "pyproject.toml") == []


def test_a_file_that_git_leaves_out_is_nobodys_business(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini") + "\n[other]\nurl = mysql://app:hunter2@db/r\n"
    sqlite_project.write("alembic.ini", ini)
    subprocess.run(["git", "init", "-q"], cwd=sqlite_project.path, check=True)
    assert "password-in-config" in sqlite_project.alembic("guard-doctor").stdout
    sqlite_project.write(".gitignore", "alembic.ini\n")
    assert "password-in-config" not in sqlite_project.alembic("guard-doctor").stdout


def test_a_password_does_not_show_in_the_value_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[a]\nurl = mysql://app:hunter2@db/r\n", "utf-8")
    (found,) = passwords_in(tmp_path / "alembic.ini")
    assert (found.password, "hunter2" in repr(found)) == ("hunter2", False)
