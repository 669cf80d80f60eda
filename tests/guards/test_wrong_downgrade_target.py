"""A target that is not below is refused with where the database is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.downgrading import TAGS, reversible
from tests.guards.failing import failing
from tests.project import Project


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "0003",
            "error: wrong-downgrade-target: 0003 is not below where the database is: "
            "it is at 0002.\n"
            "    Destination 0003 is not a valid downgrade target from current head(s)\n"
            "    next: alembic history -i  # where it is\n"
            "    next: alembic safe-upgrade 0003  # go up\n",
        ),
        (
            "head",
            "error: wrong-downgrade-target: head is not below where the database is: "
            "it is at 0002.\n"
            "    Destination head is not a valid downgrade target from current head(s)\n"
            "    next: alembic history -i  # where it is\n"
            "    next: alembic safe-upgrade head  # go up\n",
        ),
        (
            "-5",
            "error: wrong-downgrade-target: Nothing is down at -5: the database has 2 revisions, "
            "at 0002.\n"
            "    Relative revision -5 didn't produce 5 migrations\n"
            "    next: alembic history -i  # where it is\n",
        ),
        (
            "+1",
            "error: wrong-downgrade-target: Nothing is down at +1: the database has 2 revisions, "
            "at 0002.\n"
            "    Relative revision +1 didn't produce 1 migrations\n"
            "    next: alembic history -i  # where it is\n",
        ),
    ],
)
def test_a_target_that_is_not_below(sqlite_project: Project, target: str, expected: str) -> None:
    reversible(sqlite_project)
    sqlite_project.alembic("downgrade", "0002")
    assert failing(sqlite_project, "safe-downgrade", target) == expected


def test_a_database_without_a_revision(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, TAGS)
    assert failing(sqlite_project, "safe-downgrade", "-1") == (
        "error: wrong-downgrade-target: Nothing is down at -1: the database has 0 revisions, "
        "at no revision.\n"
        "    Relative revision -1 didn't produce 1 migrations\n"
        "    next: alembic history -i  # where it is\n"
    )


@pytest.fixture
def forked(sqlite_project: Project) -> Project:
    sqlite_project.add_revision("aaaa", None, "pass", branch_labels="blue")
    sqlite_project.add_revision("bbbb", None, "pass", branch_labels="reds")
    assert sqlite_project.alembic("upgrade", "heads").returncode == 0
    return sqlite_project


def test_one_step_down_from_several_heads(forked: Project) -> None:
    assert failing(forked, "safe-downgrade", "-1") == (
        "error: wrong-downgrade-target: -1 can mean several revisions: "
        "the database is at several heads, aaaa, bbbb.\n"
        "    next: alembic safe-downgrade aaaa@-1\n"
        "    next: alembic safe-downgrade bbbb@-1\n"
    )
    assert forked.alembic("safe-downgrade", "bbbb@-1").returncode == 0
    assert forked.heads_in_database() == ("aaaa",)


def test_a_branch_of_which_nothing_is_applied(forked: Project) -> None:
    assert forked.alembic("safe-downgrade", "blue@base").returncode == 0
    assert failing(forked, "safe-downgrade", "blue@-1") == (
        "error: wrong-downgrade-target: Nothing is down at blue@-1: the database has 1 revision, "
        "at bbbb.\n"
        "    next: alembic history -i  # where it is\n"
    )


def test_one_step_down_from_a_merge(forked: Project) -> None:
    forked.add_revision("cccc", ("aaaa", "bbbb"), "pass")
    forked.alembic("upgrade", "heads")
    assert failing(forked, "safe-downgrade", "-1") == (
        "error: wrong-downgrade-target: -1 can mean several revisions: "
        "the database is at a merge, cccc.\n"
        "    Ambiguous walk\n"
        "    next: alembic show cccc  # what it joins\n"
    )


def test_what_no_file_defines_is_named_as_before_an_upgrade(sqlite_project: Project) -> None:
    reversible(sqlite_project)
    said = failing(sqlite_project, "safe-downgrade", "0004")
    assert said.splitlines()[0] == (
        "error: missing-revision: There is no revision '0004'. Did you mean 0003?"
    )


def test_a_refusal_at_the_second_database_says_what_was_reverted_in_the_first(
    project_path: Path, sqlite_url: str
) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        project.add_revision("0001", None, TAGS, 'op.drop_table("tags")', message="both")
        project.alembic("safe-upgrade")
        second = Project(project.path, project.second_url)
        with second.connect() as connection:
            connection.exec_driver_sql("INSERT INTO tags VALUES (1)")

        result = project.alembic("safe-downgrade", "-1")

    assert result.returncode == 1, result.output  # multidb commits both, or neither
    assert project.heads_in_database() == second.heads_in_database() == ("0001",)
