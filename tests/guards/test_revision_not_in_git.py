"""With `require_committed`, what is pending has to be in git."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard import guards
from alembic_guard.finding import Finding
from alembic_guard.runtime.git import uncommitted_revisions
from tests.repositories import commit, git, quiet, repository, state

WHY = (
    "require_committed = true: once it is applied, a checkout without it cannot go on from this "
    "database."
)


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a repository, which is where the user is; it holds one committed file."""
    quiet(monkeypatch)
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "0001.py").write_text("revision = '0001'\n")
    repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    return folder


def judged(folder: Path, required: bool = True) -> list[Finding]:
    """What is said of every file of the folder, having seen that git was left alone."""
    there = (folder.parent / ".git").is_dir()
    before = state(folder.parent) if there else {}
    subject = uncommitted_revisions(sorted(folder.iterdir()), required)
    assert (state(folder.parent) if there else {}) == before
    return guards.judge(subject)


def refusal(said: str, force: str = "") -> list[tuple[str, str, str, tuple[str, ...]]]:
    path = "versions/0002.py"
    next = (f"git add {force}{path}", f"git commit -m MESSAGE -- {path}")
    return [("revision-not-in-git", f"{path} is pending, and {said}.", WHY, next)]


def said(folder: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(one.name, one.message, one.why, one.next) for one in judged(folder)]


def test_a_committed_file_is_fine(versions: Path) -> None:
    assert judged(versions) == []


def test_a_file_that_git_does_not_know(versions: Path) -> None:
    (versions / "0002.py").write_text("revision = '0002'\n")
    assert said(versions) == refusal("git does not know it")
    (finding,) = judged(versions)
    for command in finding.next:
        git(versions.parent, *command.split()[1:])
    assert judged(versions) == []


def test_a_file_that_git_ignores(versions: Path) -> None:
    (versions / ".gitignore").write_text("0002.py\n")
    commit(versions.parent, "ignore it")
    (versions / "0002.py").write_text("revision = '0002'\n")
    assert said(versions) == refusal("git ignores it", "--force ")


def test_a_file_in_a_folder_that_git_ignores(tmp_path: Path, versions: Path) -> None:
    (tmp_path / ".gitignore").write_text("/new\n")
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "0002.py").write_text("revision = '0002'\n")
    assert [finding.message for finding in judged(folder)] == [
        "new/0002.py is pending, and git ignores it."
    ]


def test_a_file_that_is_only_added(versions: Path) -> None:
    (versions / "0002.py").write_text("revision = '0002'\n")
    git(versions.parent, "add", "versions")
    assert said(versions) == refusal("it is added to git but not committed")


def test_a_file_that_was_changed(versions: Path) -> None:
    path = versions / "0002.py"
    path.write_text("revision = '0002'\n")
    commit(versions.parent, "add it")
    path.write_text("revision = '0002'  # changed\n")
    assert said(versions) == refusal("git has another text of it")


def test_it_is_silent_unless_it_is_asked_for(versions: Path) -> None:
    (versions / "0002.py").write_text("revision = '0002'\n")
    assert judged(versions, required=False) == []


def test_it_is_silent_where_there_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0002.py").write_text("revision = '0002'\n")
    assert judged(tmp_path / "versions") == []


def test_it_is_silent_where_there_is_no_git(
    versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (versions / "0002.py").write_text("revision = '0002'\n")
    monkeypatch.setenv("PATH", "/nowhere")
    assert judged(versions) == []


def test_a_submodule_answers_for_its_own_files(versions: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "0001.py").write_text("revision = '0001'\n")
    repository(shared)
    (shared / "0002.py").write_text("revision = '0002'\n")
    assert [finding.message for finding in judged(shared)] == [
        "shared/0002.py is pending, and git does not know it."
    ]
