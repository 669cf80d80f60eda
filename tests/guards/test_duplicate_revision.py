"""Two files that say to be the same revision; `--rev-id` is tested with the command."""

from __future__ import annotations

import pytest

from alembic_guard.guards import duplicate_revision
from tests.commands.revising import settled
from tests.guards.histories import VERSIONS, stopped, text, told
from tests.project import Project
from tests.repositories import repository

CREATED = '"""{}\n\nCreate Date: 2026-01-0{} 00:00:00\n"""\n'


@pytest.mark.parametrize("command", [("safe-upgrade",), ("guard-revision", "-m", "change")])
def test_two_files_of_one_revision(sqlite_project: Project, command: tuple[str, ...]) -> None:
    sqlite_project.write(f"{VERSIONS}/a.py", text("a"))
    sqlite_project.write(f"{VERSIONS}/one.py", CREATED.format("one", 3) + text("b", "a"))
    sqlite_project.write(f"{VERSIONS}/two.py", CREATED.format("two", 2) + text("b", "a"))
    assert stopped(sqlite_project, *command) == (
        f"error: duplicate-revision ({VERSIONS}/one.py:6): "
        f"The revision b is in 2 files: {VERSIONS}/two.py and {VERSIONS}/one.py.\n"
        "    Alembic keeps the one that it reads last; which of them runs is chance.\n"
        f'    next: revision = "d4ddce3ba204"  # {VERSIONS}/one.py:6\n'
    )


def test_a_copy_of_a_file_is_to_be_deleted() -> None:
    texts = {"versions/a.py": text("a"), "versions/a copy.py": text("a")}
    assert told(duplicate_revision, texts) == (
        "error: duplicate-revision (versions/a.py:2): "
        "The revision a is in 2 files: versions/a copy.py and versions/a.py.\n"
        "    They are copies of each other.\n"
        "    next: ls -l 'versions/a copy.py' versions/a.py  # delete the copy\n"
    )


def test_the_copy_is_the_one_that_is_not_called_after_its_revision() -> None:
    texts = {"versions/a.py": text("a"), "versions/Copy of a.py": text("a")}
    assert told(duplicate_revision, texts) == (
        "error: duplicate-revision (versions/Copy of a.py:2): "
        "The revision a is in 2 files: versions/Copy of a.py and versions/a.py.\n"
        "    They are copies of each other.\n"
        "    next: rm 'versions/Copy of a.py'\n"
    )


@pytest.mark.parametrize("copy", ["0000_copy.py", "0001_zz_copy.py"])
def test_the_copy_is_the_one_that_git_does_not_have(sqlite_project: Project, copy: str) -> None:
    settled(sqlite_project)
    (first,) = sqlite_project.revisions()
    repository(sqlite_project.path)
    (first.parent / copy).write_text(first.read_text("utf-8"), "utf-8")
    one, two = sorted((f"{VERSIONS}/{copy}", f"{VERSIONS}/{first.name}"))
    assert stopped(sqlite_project, "guard-check", "--no-database") == (
        f"error: duplicate-revision ({VERSIONS}/{copy}:12): "
        f"The revision 0001 is in 2 files: {one} and {two}.\n"
        "    They are copies of each other.\n"
        f"    next: rm {VERSIONS}/{copy}\n"
    )


def test_of_two_that_differ_and_that_nothing_tells_apart_either_may_get_a_new_id() -> None:
    texts = {"versions/a_one.py": text("a"), "versions/a_two.py": text("a", body="x = 1")}
    assert told(duplicate_revision, texts) == (
        "error: duplicate-revision (versions/a_two.py:2): "
        "The revision a is in 2 files: versions/a_one.py and versions/a_two.py.\n"
        "    Alembic keeps the one that it reads last; which of them runs is chance.\n"
        '    next: revision = "b97e66161ddd"  # versions/a_one.py:2 or versions/a_two.py:2\n'
    )


def test_one_file_a_revision_is_none() -> None:
    assert told(duplicate_revision, {"a.py": text("a"), "b.py": text("b", "a")}) == ""
