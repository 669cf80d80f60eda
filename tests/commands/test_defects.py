"""A defect of ours inside of env.py is a defect, and no failure of env.py or of a migration."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard.commands.defects import PLEASE_REPORT
from tests.commands.upgrading import change_env, history, journal
from tests.interpreter import running
from tests.project import Project

REPORT = f"error: defect: This is a defect of alembic_guard: TypeError.\n    {PLEASE_REPORT}\n"
RAISED = "TypeError: 'NoneType' object is not callable"
SECOND = 'op.create_table("tags", sa.Column("id", sa.Integer, primary_key=True))'


def broken(folder: Path, module: str, name: str) -> dict[str, str]:
    """A Python in which what one module of ours calls is not there."""
    return running(folder, f"import {module} as module\nmodule.{name} = None\n")


@pytest.mark.parametrize(
    ("words", "module", "name"),
    [
        (["safe-upgrade"], "alembic_guard.commands.preflight", "live_connection"),
        (["safe-upgrade", "--plan"], "alembic_guard.apply.runner", "Plan"),
        (["safe-upgrade", "--sql"], "alembic_guard.commands.by_hand_writing", "Plan"),
        (["safe-upgrade", "--rehearse"], "alembic_guard.commands.rehearsing", "Plan"),
        (["guard-doctor"], "alembic_guard.commands.preflight", "live_connection"),
    ],
    ids=["preflight", "plan", "sql", "rehearse", "doctor"],
)
def test_one_before_anything_is_applied_ends_with_70(
    sqlite_project: Project, tmp_path: Path, words: list[str], module: str, name: str
) -> None:
    history(sqlite_project)
    result = sqlite_project.alembic(*words, env=broken(tmp_path / "site", module, name))
    report = result.stderr if "--sql" in words else result.stdout
    assert (result.returncode, report[-len(REPORT) :]) == (70, REPORT)
    assert "Traceback (most recent call last):" in result.stderr
    assert RAISED in result.stderr.splitlines()


def test_one_in_a_revision_ends_with_70_where_that_is_rolled_back(
    sqlite_project: Project, tmp_path: Path
) -> None:
    history(sqlite_project)
    env = broken(tmp_path / "site", "alembic_guard.apply.migration", "as_revision")
    result = sqlite_project.alembic("safe-upgrade", env=env)
    assert (result.returncode, RAISED in result.stderr.splitlines()) == (70, True)
    assert sqlite_project.heads_in_database() == ()
    assert sqlite_project.alembic("safe-upgrade").returncode == 0


def test_one_after_a_revision_was_applied_ends_with_3_and_shows_the_traceback(
    sqlite_project: Project, tmp_path: Path
) -> None:
    history(sqlite_project, SECOND)
    env = broken(tmp_path / "site", "alembic_guard.apply.outcome", "Belief")
    result = sqlite_project.alembic("safe-upgrade", env=env)
    assert (result.returncode, RAISED in result.stderr.splitlines()) == (3, True)
    assert result.stdout.partition("error: ")[2] == (
        f"defect: This is a defect of alembic_guard: TypeError.\n    {PLEASE_REPORT}\n"
        "    Applied before, and staying: 0001 step 1, 0002 step 2.\n"
    )
    assert journal(sqlite_project, "revision", "status") == [
        *(("0001", "applied"), ("0002", "applied"))
    ]
    assert sqlite_project.heads_in_database() == ("0002",)


@pytest.mark.parametrize(
    ("hook", "said"),
    [("lambda **_: None()", "'NoneType' object is not callable"), ("lambda: 1", "<lambda>() got")],
    ids=["raises", "takes less"],
)
def test_what_a_hook_of_env_py_raises_is_theirs(
    sqlite_project: Project, hook: str, said: str
) -> None:
    history(sqlite_project)
    old = "target_metadata=target_metadata"
    change_env(sqlite_project, old, f"{old}, on_version_apply={hook}")
    result = sqlite_project.alembic("safe-upgrade")
    assert (result.returncode, "Traceback" in result.output) == (1, False)
    assert said in result.stdout.partition("error: ")[2]


@pytest.mark.parametrize("name", ["precheck", "upgrade"])
def test_a_function_of_a_migration_that_takes_other_arguments_is_theirs(
    sqlite_project: Project, name: str
) -> None:
    history(sqlite_project)
    (path,) = sqlite_project.revisions()
    text = path.read_text()
    if name == "upgrade":
        path.write_text(text.replace("def upgrade()", "def upgrade(engine_name)"))
    else:
        path.write_text(text + "\n\ndef precheck():\n    pass\n")
    result = sqlite_project.alembic("safe-upgrade")
    assert (result.returncode, "Traceback" in result.output) == (1, False)
    assert f"{name}() " in result.stdout.partition("error: ")[2]
