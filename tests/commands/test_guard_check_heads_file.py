"""`alembic guard-check` holds the HEADS file true, where the project keeps one."""

from __future__ import annotations

import pytest

from tests.commands.revising import add_attribute, applied, revise, settled
from tests.project import Project, Result

HEADS = "migrations/versions/HEADS"
NOTICE = "# Kept by alembic guard-revision. A conflict in this file: the history has two heads."


@pytest.fixture
def project(sqlite_project: Project) -> Project:
    """A project that keeps the file, and whose guard-revision has just written it."""
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", f"{ini}\n[alembic_guard]\nheads_file = true\n")
    settled(sqlite_project)
    add_attribute(sqlite_project)
    applied(revise(sqlite_project, "--rev-id", "0002"))
    return sqlite_project


def check(project: Project) -> Result:
    before = project.snapshot()
    result = project.alembic("guard-check")
    assert project.snapshot() == before
    return result


def test_what_guard_revision_wrote_is_true(project: Project) -> None:
    assert project.read(HEADS) == f"{NOTICE}\n0002\n"
    assert check(project).returncode == 0


def test_a_revision_that_was_written_without_it_makes_it_stale(project: Project) -> None:
    applied(project.alembic("revision", "-m", "by hand", "--rev-id", "0003"))
    result = check(project)
    assert (result.returncode, result.stdout) == (
        1,
        f"error: stale-heads-file ({HEADS}): {HEADS} says 0002, and the head is 0003.\n"
        "    heads_file = true: git sees two new revisions as a conflict only where this file is "
        "true.\n"
        f"    next: printf '%s\\n' '{NOTICE}' 0003 > {HEADS}\n",
    )


def test_a_conflict_in_it_names_the_heads_to_join(project: Project) -> None:
    project.add_revision("0003", "0001", "pass", message="theirs")
    project.write(HEADS, f"{NOTICE}\n<<<<<<< HEAD\n0002\n=======\n0003\n>>>>>>> main\n")
    result = check(project)
    assert result.returncode == 1
    assert (
        f"error: stale-heads-file ({HEADS}): {HEADS} has git's conflict markers: two branches have "
        "each added a revision.\n"
        "    They are to be joined: the heads are 0002, 0003.\n"
        "    next: alembic merge -m 'merge 0002 and 0003' 0002 0003\n"
        f"""    next: printf '%s\\n' '{NOTICE}' "$(alembic heads | cut -d' ' -f1)" > {HEADS}\n"""
    ) in result.stdout


def test_without_the_setting_it_is_not_looked_at(project: Project) -> None:
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini.replace("heads_file = true", "heads_file = false"))
    project.write(HEADS, "nothing of the kind\n")
    assert check(project).returncode == 0
