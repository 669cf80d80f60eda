"""Ids that mean something else to Alembic."""

from __future__ import annotations

import pytest

from alembic_guard.guards import reserved_revision_id
from tests.commands.revising import add_attribute, refused, settled
from tests.guards.histories import VERSIONS, stopped, text, told
from tests.project import Project

PLACE = "Alembic takes it for a place in the history"


@pytest.mark.parametrize(
    ("revision", "meaning"),
    [
        ("head", PLACE),
        ("base", PLACE),
        ("a-b:c", "Alembic reads '-' and ':' as a way to another revision"),
        ("+1", "Alembic reads '+' as a way to another revision"),
        ("current", "`alembic history` takes it for what the database recorded"),
    ],
)
def test_a_reserved_id_is_refused_before_it_is_written(
    sqlite_project: Project, revision: str, meaning: str
) -> None:
    add_attribute(settled(sqlite_project))
    assert refused(sqlite_project, f"--rev-id={revision}") == (
        f"error: reserved-revision-id: A revision cannot have the id {revision!r}: {meaning}.\n"
        "    No command could name it.\n"
        "    next: leave --rev-id out, or choose another one\n"
    )


@pytest.mark.parametrize(
    ("revision", "meaning"),
    [
        ("head", PLACE),
        ("heads", PLACE),
        ("base", PLACE),
        ("", "an empty text is the base of the history"),
        ("a@b", "Alembic reads '@' as a way to another revision"),
    ],
)
def test_a_file_with_a_reserved_id_gets_another_one_with_those_that_follow_it(
    sqlite_project: Project, revision: str, meaning: str
) -> None:
    path, more = f"{VERSIONS}/b.py", f"{VERSIONS}/c.py"
    sqlite_project.write(f"{VERSIONS}/a.py", text("a"))
    sqlite_project.write(path, text(revision, "a"))
    sqlite_project.write(more, text("c", ("a", revision)))
    down = f'    next: down_revision = ("a", "1ddeedda57ce")  # {more}:3\n' if revision else ""
    assert stopped(sqlite_project, "safe-upgrade") == (
        f"error: reserved-revision-id ({path}:2): {path} has the id {revision!r}: {meaning}.\n"
        "    No command can name it.\n"
        f'    next: revision = "1ddeedda57ce"  # {path}:2\n{down}'
    )


def test_the_word_current_in_a_file_is_a_warning() -> None:
    assert told(reserved_revision_id, {"a.py": text("current")}) == (
        "warning: reserved-revision-id (a.py:2): a.py has the id 'current': "
        "`alembic history` takes it for what the database recorded.\n"
        "    No command can name it.\n"
        '    next: revision = "f0de093a8c24"  # a.py:2\n'
    )


@pytest.mark.parametrize("revision", ["header", "1", "0001_users", "a.b", "a b", "Head"])
def test_other_ids_are_free(revision: str) -> None:
    assert told(reserved_revision_id, {"a.py": text(revision)}) == ""
