"""Two files that say to be the same revision; `--rev-id` is tested with the command."""

from __future__ import annotations

import pytest

from alembic_guard.guards import duplicate_revision
from tests.guards.histories import VERSIONS, stopped, text, told
from tests.project import Project

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
        "    next: rm versions/a.py\n"
    )


def test_one_file_a_revision_is_none() -> None:
    assert told(duplicate_revision, {"a.py": text("a"), "b.py": text("b", "a")}) == ""
