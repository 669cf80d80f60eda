"""A revision that the database recorded and no file defines: git says where the file is."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import text

from alembic_guard import guards
from alembic_guard.finding import Finding
from alembic_guard.runtime import git as asking
from alembic_guard.runtime.history import open_script
from alembic_guard.runtime.missing import UnknownRevision, unknown_revisions
from tests.commands.revising import refused, settled
from tests.commands.upgrading import masked_url
from tests.project import Project
from tests.repositories import commit, git, quiet, repository, state

PATH = "migrations/versions/0002_email.py"
GIVE_UP = "alembic stamp --purge REVISION  # REVISION: the newest whose changes the database has"
LOST = (
    "\nIf the file is lost, stamp --purge records another revision in its place. What the lost "
    "one did to the tables stays, and its downgrade is gone."
)


def at(project: Project, *revisions: str) -> None:
    """Record these revisions in the database, as their upgrade would have."""
    with project.connect() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        for revision in revisions:
            connection.execute(text(f"INSERT INTO alembic_version VALUES ('{revision}')"))


def email(project: Project) -> Path:
    return project.add_revision("0002", "0001", "pass", message="email")


@pytest.fixture
def tracked(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in git, its database at 0002, whose file the tests put somewhere."""
    quiet(monkeypatch)
    project = settled(sqlite_project)
    at(project, "0002")
    repository(project.path)
    monkeypatch.chdir(project.path)
    return project


def judged(project: Project, *recorded: str) -> list[Finding]:
    """What the guards say of what a database recorded, having seen that git was left alone."""
    script = open_script(Config(project.path / "alembic.ini"))
    before = project.snapshot()
    with pytest.raises(UnknownRevision) as caught:
        unknown_revisions(script, recorded or ("0002",))
    assert project.snapshot() == before
    return guards.judge(caught.value)


def said(project: Project, *recorded: str) -> tuple[str, tuple[str, ...]]:
    """The cause and the next commands."""
    (finding,) = judged(project, *recorded)
    return finding.why, finding.next


def restore(project: Project, command: str) -> None:
    """Type a command that a finding gave, and see that the file is there."""
    words = command.partition("  #")[0].replace("'", "").split()
    git(project.path, *words[1:])
    assert "revision = '0002'" in project.read(PATH)


# --- The commands --------------------------------------------------------------------------------


@pytest.fixture
def ahead(tracked: Project) -> tuple[Project, str]:
    """The file is on a branch that is not checked out; with the commit that wrote it."""
    git(tracked.path, "switch", "-q", "-c", "feature")
    email(tracked)
    wrote = commit(tracked.path, "add email")
    git(tracked.path, "switch", "-q", "main")
    return tracked, wrote


def message_of(url: str, wrote: str) -> str:
    return (
        f"error: missing-revision: {url} is at 0002, and no revision file here defines it.\n"
        f"    The database is ahead of this checkout: {PATH} is on feature, "
        f"written in {wrote} by Ann on 2026-03-01 (add email).\n"
        "    next: git switch feature\n"
        f"    next: git restore --source=feature -- {PATH}  # only the file\n"
    )


@pytest.mark.parametrize("words", [("safe-upgrade",), ("guard-revision", "-m", "change")])
def test_a_database_that_is_ahead_of_the_checkout(
    ahead: tuple[Project, str], words: tuple[str, ...]
) -> None:
    project, wrote = ahead
    before = project.snapshot(), state(project.path), project.heads_in_database()
    result = project.alembic(*words)
    assert (result.returncode, result.stdout) == (1, message_of(project.url, wrote))
    after = project.snapshot(), state(project.path), project.heads_in_database()
    assert after == before


def test_a_server_that_is_ahead_of_the_checkout(
    postgresql_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(monkeypatch)
    project = settled(postgresql_project)
    at(project, "0002")
    repository(project.path)
    git(project.path, "switch", "-q", "-c", "feature")
    email(project)
    wrote = commit(project.path, "add email")
    git(project.path, "switch", "-q", "main")
    result = project.alembic("safe-upgrade")
    assert (result.returncode, result.stdout) == (1, message_of(masked_url(project), wrote))


def test_without_git_nobody_knows_where_the_file_is(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    at(project, "0002")
    assert refused(project) == (
        f"error: missing-revision: {project.url} is at 0002, "
        "and no revision file here defines it.\n"
        "    The file was deleted or renamed, is on a branch that is not checked out here, or "
        "the database belongs to another project.\n"
        "    If the file is lost, stamp --purge records another revision in its place. What the "
        "lost one did to the tables stays, and its downgrade is gone.\n"
        "    next: alembic history  # what this checkout has\n"
        f"    next: {GIVE_UP}\n"
    )


# --- Where the file is ---------------------------------------------------------------------------


def test_the_branch_is_checked_out_by_the_command(ahead: tuple[Project, str]) -> None:
    project, _ = ahead
    switch, restored = said(project)[1]
    restore(project, restored)
    (project.path / PATH).unlink()
    git(project.path, *switch.split()[1:])
    assert (project.path / PATH).exists()


def test_a_branch_that_would_be_pulled(tracked: Project, tmp_path: Path) -> None:
    clone = cloned(tracked, tmp_path)
    email(tracked)
    wrote = commit(tracked.path, "add email")
    git(clone.path, "fetch", "-q")
    assert said_in(clone) == (
        f"The database is ahead of this checkout: {PATH} is on origin/main, "
        f"written in {wrote} by Ann on 2026-03-01 (add email).",
        ("git pull", f"git restore --source=origin/main -- {PATH}  # only the file"),
    )


def cloned(project: Project, tmp_path: Path, *words: str) -> Project:
    git(tmp_path, "clone", "-q", *words, f"file://{project.path}", "clone")
    return Project(tmp_path / "clone", project.url, second_url=project.url)


def said_in(project: Project) -> tuple[str, tuple[str, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.path)
        return said(project)


def test_a_branch_of_a_remote(ahead: tuple[Project, str], tmp_path: Path) -> None:
    project, wrote = ahead
    clone = cloned(project, tmp_path)
    assert said_in(clone) == (
        f"The database is ahead of this checkout: {PATH} is on origin/feature, "
        f"written in {wrote} by Ann on 2026-03-01 (add email).",
        (
            "git switch --track origin/feature",
            f"git restore --source=origin/feature -- {PATH}  # only the file",
        ),
    )


def test_a_branch_of_a_remote_that_is_behind_here(
    ahead: tuple[Project, str], tmp_path: Path
) -> None:
    project, _ = ahead
    clone = cloned(project, tmp_path)
    git(clone.path, "branch", "feature", "origin/main")
    assert said_in(clone)[1][0] == "git switch feature && git pull"


def test_what_the_file_rests_on_is_restored_with_it(ahead: tuple[Project, str]) -> None:
    project, _ = ahead
    git(project.path, "switch", "-q", "feature")
    project.add_revision("0003", "0002", "pass", message="phone")
    commit(project.path, "add phone")
    git(project.path, "switch", "-q", "main")
    third = "migrations/versions/0003_phone.py"
    _, restored = said(project, "0003")[1]
    assert restored == f"git restore --source=feature -- {third} {PATH}  # only the files"


def test_many_branches_are_counted(ahead: tuple[Project, str]) -> None:
    project, _ = ahead
    for number in range(4):
        git(project.path, "branch", f"copy{number}", "feature")
    assert " is on copy0, copy1, copy2 and 2 more, written in " in said(project)[0]


def test_a_file_that_was_deleted_and_not_committed(tracked: Project) -> None:
    path = email(tracked)
    wrote = commit(tracked.path, "add email")
    path.unlink()
    why, (command,) = said(tracked)
    assert (why, command) == (
        f"{PATH} was deleted here, and that is not committed: git has it, "
        f"written in {wrote} by Ann on 2026-03-01 (add email).",
        f"git restore --source=HEAD -- {PATH}",
    )
    restore(tracked, command)


def test_a_file_that_was_added_and_never_committed(tracked: Project) -> None:
    path = email(tracked)
    git(tracked.path, "add", PATH)
    path.unlink()
    why, (command,) = said(tracked)
    assert (why, command) == (
        f"{PATH} was deleted here, and that is not committed: git has it.",
        f"git restore -- {PATH}",
    )
    restore(tracked, command)


def test_a_file_that_a_commit_deleted(tracked: Project) -> None:
    path = email(tracked)
    commit(tracked.path, "add email")
    git(tracked.path, "branch", "old")
    path.unlink()
    deleted = commit(tracked.path, "tidy up")
    why, (command,) = said(tracked)
    assert (why, command) == (
        f"{PATH} was deleted in {deleted} by Ann on 2026-03-01 (tidy up). It is still on old.",
        f"git restore --source='{deleted}^' -- {PATH}",
    )
    restore(tracked, command)


@pytest.mark.parametrize(
    ("words", "source"), [((), "stash@{0}"), (("--include-untracked",), "stash@{0}^3")]
)
def test_a_file_in_a_stash(tracked: Project, words: tuple[str, ...], source: str) -> None:
    email(tracked)
    if not words:
        git(tracked.path, "add", PATH)
    git(tracked.path, "stash", "push", "-q", *words)
    why, (command,) = said(tracked)
    assert why.startswith(f"{PATH} is in {source}, written in ")
    assert command == f"git restore --source='{source}' -- {PATH}"
    restore(tracked, command)


def test_a_file_that_only_a_tag_has(ahead: tuple[Project, str]) -> None:
    project, wrote = ahead
    git(project.path, "tag", "v2", "feature")
    git(project.path, "branch", "-q", "-D", "feature")
    why, (command,) = said(project)
    assert (why, command) == (
        f"{PATH} is in v2, written in {wrote} by Ann on 2026-03-01 (add email).",
        f"git restore --source=v2 -- {PATH}",
    )
    restore(project, command)


def test_a_file_that_only_the_reflog_has(ahead: tuple[Project, str]) -> None:
    project, wrote = ahead
    git(project.path, "branch", "-q", "-D", "feature")
    why, (command,) = said(project)
    assert (why, command) == (
        f"{PATH} is on no branch any more, written in {wrote} by Ann on 2026-03-01 (add email).",
        f"git restore --source={wrote} -- {PATH}",
    )
    restore(project, command)


def test_a_file_that_came_with_the_merge_itself(ahead: tuple[Project, str]) -> None:
    project, _ = ahead
    project.add_revision("0003", "0001", "pass", message="other")
    commit(project.path, "add other")
    git(project.path, "switch", "-q", "-c", "both")
    git(project.path, "merge", "-q", "--no-commit", "feature")
    project.add_revision("0004", ("0002", "0003"), "pass", message="join")
    commit(project.path, "merge feature")
    git(project.path, "switch", "-q", "main")
    assert said(project, "0003", "0004")[1] == (
        "git switch both",
        f"git restore --source=both -- migrations/versions/0004_join.py {PATH}  # only the files",
    )


def test_a_file_outside_of_the_version_folders(tracked: Project) -> None:
    moved = tracked.path / "old" / "0002_email.py"
    moved.parent.mkdir()
    email(tracked).rename(moved)
    commit(tracked.path, "move")
    assert said(tracked) == (
        "old/0002_email.py defines it, and Alembic reads migrations/versions: the file was moved "
        "away, or the database belongs to that other history.",
        ("git mv old/0002_email.py migrations/versions",),
    )


def test_a_file_that_was_given_another_revision(tracked: Project) -> None:
    path = email(tracked)
    wrote = commit(tracked.path, "add email")
    path.write_text(path.read_text().replace("'0002'", "'0003'"))
    assert said(tracked) == (
        f"{PATH} defined it, written in {wrote} by Ann on 2026-03-01 (add email), "
        "and defines something else now.",
        (
            f"git diff HEAD -- {PATH}  # what was changed",
            f"in {PATH}, write again: revision = '0002'",
        ),
    )


def test_several_are_all_named(ahead: tuple[Project, str]) -> None:
    project, _ = ahead
    found = judged(project, "0001", "0002", "gone")
    assert [(finding.revision, finding.next[-1]) for finding in found] == [
        ("0002", f"git restore --source=feature -- {PATH}  # only the file"),
        ("gone", GIVE_UP.replace("REVISION ", "0001 REVISION ", 1)),
    ]


def test_from_a_folder_below_and_from_outside(
    ahead: tuple[Project, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project, _ = ahead
    script = open_script(Config(project.path / "alembic.ini"))
    commands = []
    for folder in (project.path / "migrations", tmp_path):
        monkeypatch.chdir(folder)
        with pytest.raises(UnknownRevision) as caught:
            unknown_revisions(script, ("0002",))
        commands += [guards.judge(caught.value)[0].next[1].partition("  #")[0]]
    assert commands == [
        "git restore --source=feature -- versions/0002_email.py",
        f"git -C {project.path} restore --source=feature -- {PATH}",
    ]


# --- Where it is not -----------------------------------------------------------------------------


def test_a_file_that_git_never_saw(tracked: Project) -> None:
    assert said(tracked) == (
        "git knows no file of it, on any branch, in a stash, a tag or the reflog: it was never "
        f"committed, is not fetched yet, or the database belongs to another project.{LOST}",
        ("alembic history  # what this checkout has", GIVE_UP),
    )


def test_a_file_that_only_mentions_it_does_not_define_it(tracked: Project) -> None:
    tracked.write("notes.py", 'text = """\nrevision = "0002"\n"""\ndown_revision = "0002"\n')
    commit(tracked.path, "write notes")
    assert said(tracked)[0].startswith("git knows no file of it, ")


def test_what_was_not_fetched_may_have_it(tracked: Project, tmp_path: Path) -> None:
    clone = cloned(tracked, tmp_path)
    fetch = "git fetch --all  # then try again: a branch that is not here may have it"
    assert said_in(clone)[1][0] == fetch


def test_a_shallow_clone_cannot_be_searched(tracked: Project, tmp_path: Path) -> None:
    tracked.write("README", "more")
    commit(tracked.path, "more")
    clone = cloned(tracked, tmp_path, "--depth", "1")
    assert said_in(clone) == (
        f"git could not be searched to the end: this clone is shallow.{LOST}",
        (
            "git fetch --unshallow  # then try again: git searches the whole history",
            "alembic history  # what this checkout has",
            GIVE_UP,
        ),
    )


def test_a_search_that_takes_too_long_says_so(
    ahead: tuple[Project, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = ahead
    plain = asking.Repository.around

    def late(path: Path) -> asking.Repository | None:
        found = plain(path)
        if found:
            found.deadline = 0
        return found

    monkeypatch.setattr(asking.Repository, "around", late)
    assert said(project)[0] == (
        f"git could not be searched to the end: it did not answer, or not in time.{LOST}"
    )


def test_no_git_at_all_is_no_repository(
    ahead: tuple[Project, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert said(ahead[0])[0].startswith("The file was deleted or renamed, ")


def test_a_hooks_environment_does_not_lead_astray(
    ahead: tuple[Project, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    assert said(ahead[0])[1][0] == "git switch feature"
