"""The revision files as a merge would leave them; compared with what `git merge` itself does."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard.errors import WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.runtime.git_join import Joined, joined_texts
from tests.repositories import commit, git, quiet, repository, state


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with revisions a and b on main, and a branch `other` that is as far."""
    quiet(monkeypatch)
    write(tmp_path, "a", "b")
    repository(tmp_path)
    git(tmp_path, "branch", "other")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, *revisions: str, more: str = "") -> None:
    (root / "versions").mkdir(exist_ok=True)
    for revision in revisions:
        (root / "versions" / f"{revision}.py").write_text(f"revision = {revision!r}\n{more}")


def on(root: Path, branch: str, *added: str, removed: str = "", changed: str = "") -> None:
    """Commit on a branch, and come back."""
    here = git(root, "branch", "--show-current")
    git(root, "switch", "-q", branch)
    write(root, *added)
    if removed:
        (root / "versions" / f"{removed}.py").unlink()
    if changed:
        write(root, changed, more=f"# by {branch}\n")
    commit(root, f"on {branch}")
    git(root, "switch", "-q", here)


def joined(root: Path, ref: str = "other") -> Joined:
    """What is joined, having seen that the repository was left alone."""
    before = state(root)
    found = joined_texts(ref, [root / "versions"])
    assert state(root) == before
    return found


def names(found: Joined) -> list[str]:
    return [Path(path).stem for path in found.texts]


def after_merge(root: Path) -> dict[str, str]:
    """What `git merge` really leaves."""
    git(root, "merge", "-q", "-m", "merge", "other")
    files = sorted((root / "versions").glob("*.py"))
    return {str(file.relative_to(root)): file.read_text() for file in files}


def test_what_each_side_added_is_there(root: Path) -> None:
    on(root, "other", "c")
    on(root, "main", "d")
    found = joined(root)
    assert (names(found), found.note) == (["a", "b", "c", "d"], "")
    assert found.texts == after_merge(root)


def test_what_either_side_deleted_or_changed_alone_is_so(root: Path) -> None:
    on(root, "main", "e", "f")
    git(root, "branch", "-f", "other", "main")
    on(root, "other", removed="a", changed="e")
    on(root, "main", removed="b", changed="f")
    found = joined(root)
    assert names(found) == ["e", "f"]
    assert found.texts == after_merge(root)


def test_a_file_that_was_renamed_is_there_once(root: Path) -> None:
    git(root, "switch", "-q", "other")
    git(root, "mv", "versions/b.py", "versions/b_renamed.py")
    commit(root, "rename")
    git(root, "switch", "-q", "main")
    found = joined(root)
    assert names(found) == ["a", "b_renamed"]
    assert found.texts == after_merge(root)


def test_the_working_tree_counts_where_both_changed(root: Path) -> None:
    on(root, "other", removed="a", changed="b")
    write(root, "a", "b", more="# mine\n")
    assert joined(root).texts == {
        "versions/a.py": "revision = 'a'\n# mine\n",
        "versions/b.py": "revision = 'b'\n# mine\n",
    }


def test_what_is_not_committed_yet_counts(root: Path) -> None:
    on(root, "other", "c")
    write(root, "d")
    (root / "versions" / "b.py").unlink()
    assert names(joined(root)) == ["a", "c", "d"]


def test_a_stale_branch_sees_what_main_has_gained(root: Path) -> None:
    on(root, "main", "m")
    git(root, "switch", "-q", "other")
    assert names(joined(root, "main")) == ["a", "b", "m"]


def test_line_ends_are_no_change(root: Path) -> None:
    on(root, "other", removed="b")
    (root / "versions" / "b.py").write_bytes(b"revision = 'b'\r\n")
    assert names(joined(root)) == ["a"]


def test_from_a_folder_below(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on(root, "other", "c")
    monkeypatch.chdir(root / "versions")
    assert list(joined(root).texts) == ["a.py", "b.py", "c.py"]


def test_folders_below_count_only_where_alembic_reads_them(root: Path) -> None:
    (root / "versions" / "2026").mkdir()
    (root / "versions" / "2026" / "x.py").write_text("revision = 'x'\n")
    git(root, "switch", "-q", "other")
    commit(root, "add a folder")
    git(root, "switch", "-q", "main")
    assert names(joined(root)) == ["a", "b"]
    assert names(joined_texts("other", [root / "versions"], recursive=True)) == ["x", "a", "b"]


def test_unrelated_histories_are_put_together(root: Path) -> None:
    git(root, "switch", "-q", "--orphan", "alone")
    write(root, "z")
    commit(root, "alone")
    git(root, "switch", "-q", "main")
    found = joined(root, "alone")
    assert (names(found), found.note) == (
        ["a", "b", "z"],
        "git knows no common ancestor of HEAD and alone: "
        "a revision file that one of them deleted counts as present.",
    )


def test_a_shallow_clone_says_what_it_cannot_know(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    on(root, "main", "d")
    on(root, "other", "c", removed="b")
    path = tmp_path_factory.mktemp("shallow")
    words = ("--depth", "1", "--no-single-branch", f"file://{root}")
    git(path, "clone", "-q", *words, "clone")
    monkeypatch.chdir(path / "clone")
    found = joined(path / "clone", "origin/other")
    assert (names(found), found.note) == (
        ["a", "b", "c", "d"],
        "git knows no common ancestor of HEAD and origin/other, for this clone is shallow "
        "(git fetch --unshallow): a revision file that one of them deleted counts as present.",
    )


# --- Submodules ----------------------------------------------------------------------------------


@pytest.fixture
def module(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submodule `shared` with revisions; `other` has it one revision further."""
    origin = tmp_path_factory.mktemp("origin")
    write(origin, "s1")
    repository(origin)
    allowed = ("-c", "protocol.file.allow=always")
    git(root, *allowed, "submodule", "add", "-q", str(origin), "shared")
    commit(root, "add shared")
    git(root, "branch", "-f", "other", "main")
    git(root, "switch", "-q", "other")
    write(root / "shared", "s2")
    commit(root / "shared", "add s2")
    commit(root, "go on with shared")
    git(root, "switch", "-q", "main")
    git(root, *allowed, "submodule", "update", "-q")
    return root / "shared" / "versions"


def test_a_submodule_is_read_at_the_commit_that_the_other_branch_has_of_it(module: Path) -> None:
    assert not (module / "s2.py").exists()
    assert list(joined_texts("other", [module]).texts) == [
        "shared/versions/s1.py",
        "shared/versions/s2.py",
    ]


def test_a_submodule_that_the_other_branch_lacks_stays_as_it_is(module: Path, root: Path) -> None:
    git(root, "branch", "old", "main~1")
    assert list(joined_texts("old", [module]).texts) == ["shared/versions/s1.py"]


# --- Refusals ------------------------------------------------------------------------------------


def refusal(ref: str, folder: Path) -> Finding:
    with pytest.raises(WrongUsage) as caught:
        joined_texts(ref, [folder])
    (finding,) = caught.value.findings
    return finding


@pytest.mark.parametrize("ref", ["othr", "-other"])
def test_a_branch_that_does_not_exist(root: Path, ref: str) -> None:
    assert refusal(ref, root / "versions") == Finding(
        "wrong-usage",
        f"git knows no {ref!r} here; did you mean 'other'?",
        next=("git branch --all  # what there is",),
    )


def test_a_branch_that_was_not_fetched(root: Path) -> None:
    git(root, "remote", "add", "origin", str(root))
    finding = refusal("origin/other", root / "versions")
    assert finding == Finding(
        "wrong-usage",
        "git knows no 'origin/other' here.",
        why="It may not have been fetched: a CI job has one branch only, as a rule.",
        next=("git fetch origin other:refs/remotes/origin/other",),
    )
    git(root, *finding.next[0].split()[1:])
    assert names(joined(root, "origin/other")) == ["a", "b"]


def test_a_folder_in_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("main", tmp_path / "versions") == Finding(
        "wrong-usage",
        "versions cannot be compared with 'main': git does not answer there.",
        why="There is no git, no repository around the folder, or it belongs to another user.",
        next=("git -C versions status",),
    )


def test_a_submodule_whose_commit_was_not_fetched(module: Path, root: Path) -> None:
    sha = "1" * 40
    git(root, "update-index", "--cacheinfo", f"160000,{sha},shared")
    git(root, "commit", "-q", "-m", "point at what is nowhere")
    git(root, "branch", "-f", "other", "HEAD")
    finding = refusal("other", module)
    assert finding.message.startswith("git cannot read 'other' in shared: fatal: ")
    assert (finding.why, finding.next) == (
        "What it names was not fetched, as a rule.",
        ("git -C shared fetch",),
    )
