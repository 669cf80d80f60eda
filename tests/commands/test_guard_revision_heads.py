"""`alembic guard-revision` where the history has several heads: joined, or left apart and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.revising import EMAIL, add_attribute, applied, columns, edit, refused, settled
from tests.project import Project


@pytest.fixture
def forked(sqlite_project: Project) -> Project:
    """Two people's work on top of 0001, and a column that is still to be written; at both heads."""
    project = settled(sqlite_project)
    project.add_revision("aaa", "0001", "pass", message="work of ann")
    project.add_revision("bbb", "0001", "pass", message="work of bob")
    add_attribute(project)
    applied(project.alembic("safe-upgrade", "heads"))
    return project


def written(project: Project, *words: str) -> list[str]:
    """The paths that guard-revision wrote, in its own order."""
    result = project.alembic("guard-revision", "-m", "add email", "--format", "json", *words)
    applied(result)
    return [found["path"] for found in json.loads(result.stdout)["data"]["revisions"]]


def line_of(project: Project, path: str, start: str) -> str:
    return next(line for line in project.read(path).splitlines() if line.startswith(start))


# --- Joined --------------------------------------------------------------------------------------


def test_two_heads_are_joined_and_the_revision_is_written_on_top(forked: Project) -> None:
    merge, revision = written(forked)
    merged = Path(merge).name.partition("_")[0]
    assert line_of(forked, merge, "down_revision").endswith("= ('aaa', 'bbb')")
    assert line_of(forked, revision, "down_revision").endswith(f"= '{merged}'")
    assert "sa.Column('email'" in forked.read(revision)
    applied(forked.alembic("safe-upgrade"))
    assert columns(forked, "users") == ["id", "name", "email"]


def test_the_message_of_the_merge_names_every_branch(forked: Project) -> None:
    forked.add_revision("ccc", "0001", "pass", message="work of cid")
    applied(forked.alembic("safe-upgrade", "heads"))
    merge, _ = written(forked)
    message = '"""merge aaa (work of ann) and bbb (work of bob) and ccc (work of cid)'
    assert forked.read(merge).startswith(message)


def test_both_files_are_announced(forked: Project) -> None:
    before = set(forked.revisions())
    result = forked.alembic("guard-revision", "-m", "add email", "--rev-id", "ddd")
    new = {path.relative_to(forked.path).as_posix() for path in forked.revisions()} - {
        path.relative_to(forked.path).as_posix() for path in before
    }
    revision = "migrations/versions/ddd_add_email.py"
    (merge,) = new - {revision}
    assert result.stdout == f"Generated {merge}\nGenerated {revision}\n"


def test_a_database_that_is_at_one_of_the_heads_is_behind(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("aaa", "0001", "pass", message="work of ann")
    project.add_revision("bbb", "0001", "pass", message="work of bob")
    add_attribute(project)
    applied(project.alembic("safe-upgrade", "aaa"))
    assert refused(project) == (
        f"error: database-behind: {project.url} is at aaa, and the heads are aaa, bbb.\n"
        "    1 revision is not applied, so autogenerate would write what it already does.\n"
        "    pending: bbb work of bob\n"
        "    next: alembic safe-upgrade heads\n"
    )


def test_a_refusal_leaves_no_merge_behind(forked: Project) -> None:
    edit(forked, "models.py", f"    {EMAIL}\n", "")
    assert refused(forked).startswith("error: empty-revision: ")


def test_a_revision_that_cannot_run_leaves_no_merge_behind(forked: Project) -> None:
    forked.write("mytypes.py", "from sqlalchemy import Integer\nclass Money(Integer): pass\n")
    edit(forked, "models.py", EMAIL, "price = mapped_column(mytypes.Money())")
    edit(forked, "models.py", "from sqlalchemy import", "import mytypes\nfrom sqlalchemy import")
    assert refused(forked).startswith("error: undefined-name (migrations/script.py.mako): ")


@pytest.mark.parametrize("words", [["--no-merge"], []])
def test_merging_can_be_switched_off(forked: Project, words: list[str]) -> None:
    if not words:
        forked.write("alembic.ini", forked.read("alembic.ini") + "\n[alembic_guard]\nmerge = no\n")
    assert refused(forked, *words) == (
        "error: several-heads: The history has 2 heads, and 'head' needs one.\n"
        "    aaa work of ann (migrations/versions/aaa_work_of_ann.py)\n"
        "    bbb work of bob (migrations/versions/bbb_work_of_bob.py)\n"
        "    next: alembic merge -m 'merge aaa and bbb' aaa bbb  # join them\n"
        "    next: alembic safe-upgrade heads  # apply all of them\n"
    )


def test_a_head_that_is_named_is_built_on_and_nothing_is_joined(forked: Project) -> None:
    (revision,) = written(forked, "--head", "bbb")
    assert line_of(forked, revision, "down_revision").endswith("= 'bbb'")


def test_a_head_that_does_not_exist_is_refused_with_the_nearest(forked: Project) -> None:
    assert refused(forked, "--head", "bbbb") == (
        "error: missing-revision: There is no revision 'bbbb'. Did you mean bbb?\n"
        "    Can't locate revision identified by 'bbbb'\n"
        "    next: alembic history  # what there is\n"
    )


def test_a_revision_that_is_no_head_is_built_on_only_with_splice(forked: Project) -> None:
    assert refused(forked, "--head", "0001") == (
        "error: refused-by-alembic: Revision 0001 is not a head revision; please specify "
        "--splice to create a new branch from this revision.\n"
        "    That is Alembic's own sentence.\n"
        "    next: alembic --raiseerr …  # where it comes from\n"
    )
    (revision,) = written(forked, "--head", "0001", "--splice")
    assert line_of(forked, revision, "down_revision").endswith("= '0001'")


# --- Kept apart ----------------------------------------------------------------------------------


def kept_apart(project: Project, first: str, second: str) -> str:
    """What is said of two heads, of ann and bob, which are apart for these reasons."""
    ann, bob = (
        next(project.path.rglob(f"{name}_*.py")).relative_to(project.path).as_posix()
        for name in ("aaa", "bbb")
    )
    return (
        "error: several-heads: The history has 2 heads, and 'head' needs one.\n"
        f"    aaa work of ann ({ann})\n"
        f"    bbb work of bob ({bob})\n"
        f"    They are kept apart on purpose: {first}, {second}.\n"
        "    next: alembic guard-revision -m change --head aaa\n"
        "    next: alembic guard-revision -m change --head bbb\n"
    )


def test_heads_with_labels_of_their_own_are_left_apart(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("aaa", "0001", "pass", message="work of ann", branch_labels="one")
    project.add_revision("bbb", "0001", "pass", message="work of bob", branch_labels="two")
    applied(project.alembic("safe-upgrade", "heads"))
    add_attribute(project)
    assert refused(project) == kept_apart(project, "aaa (branch one)", "bbb (branch two)")
    (revision,) = written(project, "--head", "two@head")
    assert line_of(project, revision, "down_revision").endswith("= 'bbb'")


def test_heads_without_a_common_base_are_left_apart(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("aaa", "0001", "pass", message="work of ann")
    project.add_revision("bbb", None, "pass", message="work of bob")
    assert refused(project) == kept_apart(project, "aaa (from base 0001)", "bbb (from base bbb)")


def test_a_head_that_depends_on_another_branch_is_left_apart(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("aaa", "0001", "pass", message="work of ann")
    project.add_revision("bbb", "0001", "pass", message="work of bob", depends_on="aaa")
    assert refused(project) == kept_apart(project, "aaa", "bbb (depends on aaa)")


def test_heads_in_folders_of_their_own_are_left_apart(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    folders = "version_locations = %(here)s/migrations/versions:%(here)s/migrations/more"
    edit(project, "alembic.ini", "[alembic]\n", f"[alembic]\n{folders}\n")
    (project.path / "migrations" / "more").mkdir()
    project.add_revision("aaa", "0001", "pass", message="work of ann")
    file = project.add_revision("bbb", "0001", "pass", message="work of bob")
    file.rename(project.path / "migrations" / "more" / file.name)
    assert refused(project) == kept_apart(
        project, "aaa (in migrations/versions)", "bbb (in migrations/more)"
    )
