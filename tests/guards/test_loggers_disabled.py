"""A program that runs Alembic inside of itself is told of its loggers, and others are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard.runtime.in_process import calls_of_alembic, disabling_call
from tests.project import Project

APP = """
    from alembic import command
    from alembic.config import Config


    def migrate():
        command.upgrade(Config("alembic.ini"), "head")
"""


def test_both_places_are_named_and_nothing_is_refused(sqlite_project: Project) -> None:
    sqlite_project.write("app.py", APP)
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-doctor")
    assert result.returncode == 0
    env = sqlite_project.read("migrations/env.py").splitlines()
    line = env.index("    fileConfig(config.config_file_name)") + 1
    assert result.stdout.partition("note: loggers-disabled")[2] == (
        f" (migrations/env.py:{line}): app.py:6 runs command.upgrade() in process, and "
        f"migrations/env.py:{line} disables the loggers of the program.\n"
        "    After it, every logger that the ini file does not name is silent.\n"
        "    next: in migrations/env.py: "
        "fileConfig(config.config_file_name, disable_existing_loggers=False)\n"
        "    next: alembic_guard.safe_upgrade(config)  # or this instead\n"
    )
    assert sqlite_project.snapshot() == before


def test_an_env_py_that_disables_nothing_is_left_alone(sqlite_project: Project) -> None:
    sqlite_project.write("app.py", APP)
    kept = "fileConfig(config.config_file_name, disable_existing_loggers=False)"
    env = sqlite_project.read("migrations/env.py")
    sqlite_project.write(
        "migrations/env.py", env.replace("fileConfig(config.config_file_name)", kept)
    )
    result = sqlite_project.alembic("guard-doctor")
    assert (result.returncode, "loggers-disabled" in result.stdout) == (0, False)


@pytest.mark.parametrize(
    ("code", "disables"),
    [
        ("fileConfig(name)", True),
        ("logging.config.fileConfig(name, disable_existing_loggers=True)", True),
        ("fileConfig(name, disable_existing_loggers=chosen)", True),
        ("fileConfig(name, disable_existing_loggers=False)", False),
        ("fileConfig(name, None, False)", False),
        ("pass", False),
    ],
)
def test_only_a_literal_false_keeps_the_loggers(tmp_path: Path, code: str, disables: bool) -> None:
    (tmp_path / "env.py").write_text(f"\n{code}\n", "utf-8")
    found = disabling_call(str(tmp_path / "env.py"))
    assert (found.line if found else None) == (2 if disables else None)


def test_a_project_that_only_its_tests_run_in_process_is_left_alone(
    sqlite_project: Project,
) -> None:
    sqlite_project.write("tests/conftest.py", APP)
    result = sqlite_project.alembic("guard-doctor")
    assert (result.returncode, "loggers-disabled" in result.stdout) == (0, False)


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("import alembic.command\nalembic.command.upgrade(c, 'head')", "alembic.command.upgrade"),
        ("import alembic.command as a\na.downgrade(c, 'base')", "a.downgrade"),
        ("from alembic.command import upgrade\nupgrade(c, 'head')", "upgrade"),
        ("from alembic.command import upgrade as up\nup(c, 'head')", "up"),
        ("from alembic import command\ncommand.history(c)", ""),
        ("from other import command  # alembic\ncommand.upgrade(c)", ""),
        ("from alembic_guard import safe_upgrade\nsafe_upgrade(c)", ""),
        ("def broken(: # alembic", ""),
    ],
)
def test_a_call_is_known_whatever_it_goes_by(tmp_path: Path, code: str, called: str) -> None:
    (tmp_path / "app.py").write_text(code, "utf-8")
    assert [line.text for line in calls_of_alembic(tmp_path / "app.py")] == [called] * bool(called)
