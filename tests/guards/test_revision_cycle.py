"""Revisions that follow each other in a circle."""

from __future__ import annotations

import pytest

from alembic_guard.guards import duplicate_revision, revision_cycle
from tests.guards.histories import VERSIONS, stopped, text, told
from tests.project import Project


@pytest.mark.parametrize("command", [("safe-upgrade",), ("guard-revision", "-m", "change")])
def test_two_revisions_that_follow_each_other(
    sqlite_project: Project, command: tuple[str, ...]
) -> None:
    sqlite_project.write(f"{VERSIONS}/a.py", text("aaa", "bbb"))
    sqlite_project.write(f"{VERSIONS}/b.py", text("bbb", "aaa"))
    assert stopped(sqlite_project, *command) == (
        f"error: revision-cycle ({VERSIONS}/a.py:3): "
        "The revisions follow each other in a circle: aaa -> bbb -> aaa.\n"
        f"    {VERSIONS}/a.py:3: aaa has bbb as its down_revision\n"
        f"    {VERSIONS}/b.py:3: bbb has aaa as its down_revision\n"
        f"    next: git log -p -- {VERSIONS}/a.py  # what its `down_revision` was\n"
    )


def test_a_revision_that_follows_itself(sqlite_project: Project) -> None:
    sqlite_project.write(f"{VERSIONS}/a.py", text("aaa", "aaa"))
    assert stopped(sqlite_project, "safe-upgrade") == (
        f"error: revision-cycle ({VERSIONS}/a.py:3): "
        "The revisions follow each other in a circle: aaa -> aaa.\n"
        f"    {VERSIONS}/a.py:3: aaa has aaa as its down_revision\n"
        f"    next: git log -p -- {VERSIONS}/a.py  # what its `down_revision` was\n"
    )


def test_a_circle_that_a_dependency_closes_and_that_begins_with_its_oldest_file() -> None:
    created = '"""one\n\nCreate Date: 2026-01-01 00:00:00\n"""\n'
    later = created.replace("01 00", "02 00")
    texts = {"b.py": later + text("b", "a"), "a.py": created + text("a", depends_on="b")}
    assert told(revision_cycle, texts) == (
        "error: revision-cycle (a.py:8): "
        "The revisions follow each other in a circle: a -> b -> a.\n"
        "    a.py:8: a has b as its depends_on\n"
        "    b.py:7: b has a as its down_revision\n"
        "    next: git log -p -- a.py  # what its `down_revision` was\n"
    )


def test_no_circle_is_told_of_two_files_of_one_revision() -> None:
    texts = {"a.py": text("a"), "b.py": text("a", "a")}
    assert told(revision_cycle, texts) == ""
    assert "The revision a is in 2 files: a.py and b.py." in told(duplicate_revision, texts)


def test_a_merge_is_no_circle() -> None:
    downs = {"a": None, "b": "a", "c": "a", "d": ("b", "c")}
    assert (
        told(revision_cycle, {f"{name}.py": text(name, down) for name, down in downs.items()}) == ""
    )
