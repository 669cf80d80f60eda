"""A revision that commits by itself: recorded, undone where that is possible, and said as it is."""

from __future__ import annotations

import re

import pytest

from tests.commands.upgrading import columns, history, journal, plain
from tests.project import Project, Result

COMMITS = {"by the connection": "op.get_bind().commit()", "by a statement": 'op.execute("COMMIT")'}
FAILS = 'op.execute("INSERT INTO nowhere VALUES (1)")'
KILLED = """
import os, pathlib, signal
if not pathlib.Path("once").exists():
    pathlib.Path("once").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def add(name: str) -> str:
    return f'op.add_column("users", sa.Column("{name}", sa.Integer()))\n'


def rebuild(name: str) -> str:
    """A batch that makes the table anew, from what it reads of it."""
    column = f'    batch.add_column(sa.Column("{name}", sa.Integer()))\n'
    return f'with op.batch_alter_table("users", recreate="always") as batch:\n{column}'


def errors(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if line.startswith("error: ")]


def test_what_follows_its_commit_is_committed_too_and_the_revision_is_recorded(
    project: Project,
) -> None:
    """Plain Alembic leaves the columns, and forgets the revision."""
    history(project, f"{add('age')}op.get_bind().commit()\n{add('size')}", add("weight"))

    result = project.alembic("safe-upgrade")

    assert result.returncode == 0, result.output
    assert columns(project, "users") == ["id", "name", "age", "size", "weight"]
    assert project.heads_in_database() == ("0003",)
    assert journal(project, "revision", "status") == [
        ("0001", "applied"),
        ("0002", "applied"),
        ("0003", "applied"),
    ]


@pytest.mark.parametrize("commit", COMMITS.values(), ids=COMMITS)
def test_sqlite_is_as_it_was_before_it_when_it_fails_after_its_commit(
    sqlite_project: Project, commit: str
) -> None:
    project = sqlite_project
    history(project, f"{rebuild('age')}{commit}\n{rebuild('size')}{FAILS}")

    results = [project.alembic("safe-upgrade") for _ in range(2)]

    assert [result.returncode for result in results] == [3, 1], results[-1].output
    for result in results:
        assert errors(result) == [
            "error: migration-failed (migrations/versions/0002_step_2.py:24): Revision 0002 step "
            "2 failed: no such table: nowhere [SQL: INSERT INTO nowhere VALUES (1)]"
        ]
        assert "Put back  the database as it was before 0002\n" in result.stdout
    assert (columns(project, "users"), project.heads_in_database()) == (["id", "name"], ("0001",))


def test_a_server_keeps_what_it_committed_and_the_first_run_says_so(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, f"{add('age')}op.get_bind().commit()\n{add('size')}{FAILS}")
    assert project.alembic("safe-upgrade", "0001").returncode == 0

    result = project.alembic("safe-upgrade")

    assert result.returncode == 3, result.output
    assert errors(result)[1:] == [
        "error: partly-applied (migrations/versions/0002_step_2.py): A part of revision 0002 step "
        "2 stays in the database, and is not recorded."
    ]
    assert "    done: ALTER TABLE users ADD COLUMN age INTEGER\n    next: " in result.stdout
    assert columns(project, "users") == ["id", "name", "age"]


def test_a_batch_that_reads_what_a_killed_run_made_is_said_to_be_partly_applied(
    sqlite_project: Project,
) -> None:
    """What it raises then is no failure of the migration, and not to be mended in its file."""
    project = sqlite_project
    history(project, f"{rebuild('age')}op.get_bind().commit()\n{rebuild('size')}{KILLED.strip()}")
    assert project.alembic("safe-upgrade").returncode == -9

    result = project.alembic("safe-upgrade")

    assert result.returncode == 1, result.output
    said = re.sub(r"\('\w+', '\w+'\)", "(NAMES)", plain(result.stdout))
    assert [line for line in said.splitlines() if line.startswith("error: ")] == [
        "error: partly-applied (migrations/versions/0002_step_2.py): A part of revision 0002 step "
        "2 is in the database, and it can't go on from there: its code fails on what it has done "
        "already: CircularDependencyError: Circular dependency detected. (NAMES)."
    ]
    assert "    next: alembic safe-upgrade --restart  # when these are undone by hand" in said
