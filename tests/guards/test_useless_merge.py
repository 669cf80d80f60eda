"""Merges that join nothing; which ones do is tested with `runtime/merges`."""

from __future__ import annotations

from alembic_guard.guards import useless_merge
from tests.commands.revising import applied, settled
from tests.guards.histories import text, told
from tests.project import Project


def test_a_merge_of_one_parent() -> None:
    texts = {"a.py": text("a"), "m.py": '"""merge heads"""\n' + text("m", "a")}
    assert told(useless_merge, texts) == (
        "warning: useless-merge (m.py:4): "
        "m.py is called a merge, has the one parent a and does nothing.\n"
        "    There is no branch to join.\n"
        "    next: rm m.py  # if no database is at m, and no file follows it\n"
    )


def test_a_parent_that_another_one_rests_on() -> None:
    texts = {"a.py": text("a"), "b.py": text("b", "a"), "m.py": text("m", ("a", "b"))}
    assert told(useless_merge, texts) == (
        "warning: useless-merge (m.py:3): "
        "m.py merges a and b, and b rests on a already.\n"
        "    There is no branch to join.\n"
        '    next: down_revision = "b"  # m.py:3\n'
    )


def test_a_merge_of_two_branches_is_of_use() -> None:
    texts = {"a.py": text("a"), "b.py": text("b", "a"), "c.py": text("c", "a")}
    assert told(useless_merge, {**texts, "m.py": text("m", ("b", "c"))}) == ""


def test_the_gate_warns_and_lets_it_through(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    applied(project.alembic("merge", "-m", "merge", "--rev-id", "m", "heads"))
    result = applied(project.alembic("guard-check", "--no-database"))
    path = "migrations/versions/m_merge.py"
    assert result.stdout.splitlines()[-3:] == [
        f"warning: useless-merge ({path}:16): "
        f"{path} is called a merge, has the one parent 0001 and does nothing.",
        "    There is no branch to join.",
        f"    next: rm {path}  # if no database is at m, and no file follows it",
    ]
