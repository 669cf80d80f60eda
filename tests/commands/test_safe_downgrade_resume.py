"""A downgrade that committed a part of a revision is gone on with, as an upgrade is."""

from __future__ import annotations

import re

import pytest

from tests.commands.upgrading import columns
from tests.project import Project, Result

USERS = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))'
ADD = 'op.add_column("users", sa.Column("{}", sa.Integer()))\n'
DROP = 'op.drop_column("users", "{}")\n'
INDEX = 'op.create_index("by_id", "users", ["id"], postgresql_concurrently=True)'
KILLED = """import os, pathlib, signal
if not pathlib.Path("once").exists():
    pathlib.Path("once").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""
FAILS = 'if not __import__("pathlib").Path("once").exists():\n    raise RuntimeError("no")\n'
FIRST = {
    "postgresql": f"with op.get_context().autocommit_block():\n    {INDEX}\n",
    "mariadb": DROP.format("age"),
    "sqlite": 'op.execute("PRAGMA foreign_keys = OFF")\n' + DROP.format("age"),
}


def applied(project: Project, downgrade: str, **settings: str) -> dict[str, str]:
    """Two revisions, of which the second has this downgrade; the environment of the commands."""
    env = {f"ALEMBIC_GUARD_{name.upper()}": value for name, value in settings.items()}
    project.add_revision("0001", None, USERS, 'op.drop_table("users")')
    project.add_revision("0002", "0001", ADD.format("age") + ADD.format("size"), downgrade)
    assert project.alembic("safe-upgrade", env=env).returncode == 0
    return env


def said(result: Result) -> list[str]:
    lines = [re.sub(r"\d+ ms", "N ms", line) for line in result.stdout.splitlines()]
    return [re.sub(r"\d+ statements? w\w+", "N were", line) for line in lines if "0002" in line]


@pytest.mark.parametrize("database", FIRST)
def test_it_goes_on_after_a_kill(request: pytest.FixtureRequest, database: str) -> None:
    project: Project = request.getfixturevalue(f"{database}_project")
    applied(project, FIRST[database] + KILLED + DROP.format("size"))

    results = [project.alembic("safe-downgrade", "0001") for _ in range(2)]

    assert [result.returncode for result in results] == [-9, 0], results[-1].output
    told = [line for line in said(results[1]) if line.startswith(("Resuming", "Reverted"))]
    assert [line.partition(";")[0] for line in told] == [
        "Resuming  0002: N were done before the crash",
        "Reverted  0002 revision 0002 (N ms)",
    ]
    left = ["id", "age"] if database == "postgresql" else ["id"]
    assert (columns(project, "users"), project.heads_in_database()) == (left, ("0001",))


def test_a_failure_says_how_to_go_on_downwards(mariadb_project: Project) -> None:
    project = mariadb_project
    applied(project, DROP.format("age") + FAILS + DROP.format("size"))

    result = project.alembic("safe-downgrade", "0001")

    assert result.returncode == 3, result.output
    assert (
        "    done: ALTER TABLE users DROP COLUMN age\n"
        "    next: alembic safe-downgrade 0001  # goes on with the next statement, if the file "
        "stays as it is\n"
        "    next: alembic safe-downgrade 0001 --restart  # when these are undone by hand: it "
        "begins anew\n"
        "    next: alembic stamp 0001  # or this, when the revision is finished by hand\n"
    ) in result.stdout


def test_without_a_journal_nothing_is_gone_on_with_and_the_failure_says_so(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    env = applied(project, DROP.format("age") + FAILS + DROP.format("size"), journal="false")

    result = project.alembic("safe-downgrade", "0001", env=env)

    assert result.returncode == 3, result.output
    assert (
        "    done: ALTER TABLE users DROP COLUMN age\n"
        "    next: undo these by hand, then: alembic safe-downgrade 0001\n"
        "    next: alembic stamp 0001  # or this, when the revision is finished by hand\n"
    ) in result.stdout
