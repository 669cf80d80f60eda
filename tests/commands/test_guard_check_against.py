"""`alembic guard-check --against REF`: judges what a merge would leave, without merging."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.commands.upgrading import history
from tests.project import Project, Result, alembic_command, environment
from tests.repositories import commit, git, quiet, repository, state

AGE = 'op.add_column("users", sa.Column("age", sa.Integer()))'
SIZE = 'op.add_column("users", sa.Column("size", sa.Integer()))'
MINE, THEIRS = "migrations/versions/0002_mine.py", "migrations/versions/0003_theirs.py"


@pytest.fixture
def project(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """0001 is on main, in a repository."""
    quiet(monkeypatch)
    history(sqlite_project)
    repository(sqlite_project.path)
    return sqlite_project


def stale(project: Project, mine: str = AGE, theirs: str = SIZE) -> Project:
    """On a branch with 0002 on 0001, while main has got 0003 on 0001."""
    git(project.path, "switch", "-q", "-c", "mine")
    project.add_revision("0002", "0001", mine, message="mine")
    commit(project.path, "mine")
    git(project.path, "switch", "-q", "main")
    project.add_revision("0003", "0001", theirs, message="theirs")
    commit(project.path, "theirs")
    git(project.path, "switch", "-q", "mine")
    return project


def check(project: Project, *words: str, folder: str = ".") -> Result:
    """Run the check, having seen that it changes nothing on disk, in git or in the database."""
    before = project.snapshot(), state(project.path), (project.path / "app.db").exists()
    done = subprocess.run(
        [*alembic_command(), *words],
        cwd=project.path / folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (project.snapshot(), state(project.path), (project.path / "app.db").exists()) == before
    assert "Traceback" not in done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_stale_branch_is_fine_alone_and_has_two_heads_with_main(project: Project) -> None:
    stale(project)

    alone = check(project, "guard-check")
    joined = check(project, "guard-check", "--against", "main")

    assert (alone.returncode, alone.stdout) == (
        0,
        "Checked 2 revisions and 1 database: no guard refuses.\n",
    )
    assert (joined.returncode, joined.stdout) == (
        1,
        f"error: several-heads ({THEIRS}): The history has 2 heads that nobody joined: 0002, "
        "0003.\n"
        f"    0002 mine ({MINE})\n"
        f"    0003 theirs ({THEIRS})\n"
        "    next: git merge main\n"
        "    next: alembic merge -m 'merge 0002 and 0003' 0002 0003\n",
    )


def test_what_to_type_joins_the_heads(project: Project) -> None:
    stale(project)
    words = ("guard-check", "--no-database", "--against", "main")
    report = json.loads(check(project, *words, "--format", "json").stdout)
    (finding,) = report["findings"]

    for command in finding["next"]:
        program, *rest = shlex.split(command)
        if program == "git":
            git(project.path, *rest)
        else:
            assert project.alembic(*rest).returncode == 0

    assert check(project, *words).returncode == 0


def test_both_sides_changing_the_same_column_is_said_too(project: Project) -> None:
    stale(project, AGE, AGE)

    result = check(project, "guard-check", "--against", "main")

    assert result.returncode == 1
    assert result.stdout.partition("0002 0003\n")[2] == (
        f"error: conflicting-branches ({THEIRS}): The branches of 0002 and 0003 change the same "
        "column users.age.\n"
        f"    {MINE} adds column users.age\n"
        f"    {THEIRS} adds column users.age\n"
        "    Applied after each other, the second fails or undoes the first.\n"
        f'    next: down_revision = "0002"  # {THEIRS}:13: after 0002, and then without what 0002 '
        "did\n"
    )


def test_a_branch_that_stands_on_what_main_has_is_fine(project: Project) -> None:
    stale(project)
    git(project.path, "rebase", "-q", "main")
    file = project.path / MINE
    file.write_text(file.read_text("utf-8").replace("= '0001'", "= '0003'"), "utf-8")

    result = check(project, "guard-check", "--against", "main")

    assert (result.returncode, result.stdout) == (
        0,
        "Checked 3 revisions, joined with main, and 1 database: no guard refuses.\n",
    )


def test_a_head_that_main_has_joined_already_is_fine(project: Project) -> None:
    stale(project)
    git(project.path, "switch", "-q", "main")
    git(project.path, "merge", "-q", "-m", "merge", "mine")
    project.add_revision("0004", ("0002", "0003"), "pass", message="join")
    commit(project.path, "join")
    git(project.path, "switch", "-q", "mine")

    result = check(project, "guard-check", "--against", "main")

    assert (result.returncode, result.stdout) == (
        0,
        "Checked 4 revisions, joined with main, and 1 database: no guard refuses.\n",
    )


def test_a_branch_that_does_not_exist_is_wrong_usage(project: Project) -> None:
    result = check(project, "guard-check", "--against", "mian", "--no-database")

    assert (result.returncode, result.stdout) == (
        2,
        "error: wrong-usage: git knows no 'mian' here; did you mean 'main'?\n"
        "    next: git branch --all  # what there is\n",
    )


def test_it_works_from_a_folder_below(project: Project) -> None:
    stale(project)

    result = check(
        project, "-c", "../alembic.ini", "guard-check", "--against", "main", folder="migrations"
    )

    assert (result.returncode, result.stdout.splitlines()[0]) == (
        1,
        "error: several-heads (versions/0003_theirs.py): The history has 2 heads that nobody "
        "joined: 0002, 0003.",
    )


def test_json_says_what_it_was_joined_with(project: Project) -> None:
    stale(project)

    words = ("guard-check", "--against", "main", "--no-database", "--format", "json")
    report = json.loads(check(project, *words).stdout)

    assert [finding["name"] for finding in report["findings"]] == ["several-heads"]
    assert report["data"] == {
        "revisions": 3,
        "heads": ["0002", "0003"],
        "databases": [],
        "against": "main",
        "note": "",
    }


def test_a_shallow_clone_says_what_it_cannot_know(project: Project, tmp_path: Path) -> None:
    stale(project)
    words = ("--depth", "1", "--no-single-branch", f"file://{project.path}", "clone")
    git(tmp_path, "clone", "-q", "-b", "mine", *words)
    clone = Project(tmp_path / "clone", project.url, second_url="sqlite://")

    words = ("guard-check", "--against", "origin/main", "--no-database", "--allow", "several-heads")
    result = check(clone, *words)

    assert (result.returncode, result.stdout.splitlines()[:2]) == (
        0,
        [
            "Checked 3 revisions, joined with origin/main, and 0 databases: no guard refuses.",
            "Note: git knows no common ancestor of HEAD and origin/main, for this clone is shallow "
            "(git fetch --unshallow): a revision file that one of them deleted counts as present.",
        ],
    )
