"""Heads that nobody joined; commands that need one head are tested with the commands."""

from __future__ import annotations

import pytest

from alembic_guard import guards
from alembic_guard.guards import several_heads
from alembic_guard.runtime.revision_files import RevisionFiles
from tests.commands.revising import settled
from tests.guards.histories import stopped, text, told
from tests.project import Project

FORKED = {
    "versions/a.py": text("a"),
    "versions/b.py": '"""the e-mail"""\n' + text("b", "a"),
    "versions/c.py": '"""the phone"""\n' + text("c", "a"),
}


def test_heads_of_one_history_are_to_be_joined() -> None:
    assert told(several_heads, FORKED) == (
        "error: several-heads (versions/c.py): "
        "The history has 2 heads that nobody joined: b, c.\n"
        "    b the e-mail (versions/b.py)\n"
        "    c the phone (versions/c.py)\n"
        "    next: alembic merge -m 'merge b and c' b c\n"
    )


def test_the_gate_refuses_heads_that_are_to_be_joined(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    add = 'op.add_column("users", sa.Column("email", sa.String(50)))'
    project.add_revision("b", "0001", add, message="ours")
    project.add_revision("c", "0001", add, message="theirs")
    ours, theirs = "migrations/versions/b_ours.py", "migrations/versions/c_theirs.py"
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: several-heads ({theirs}): "
        "The history has 2 heads that nobody joined: b, c.\n"
        f"    b ours ({ours})\n"
        f"    c theirs ({theirs})\n"
        "    next: alembic merge -m 'merge b and c' b c\n"
        f"error: conflicting-branches ({theirs}): "
        "The branches of b and c change the same column users.email.\n"
        f"    {ours} adds column users.email\n"
        f"    {theirs} adds column users.email\n"
        "    Applied after each other, the second fails or undoes the first.\n"
        f'    next: down_revision = "b"  # {theirs}:13: after b, and then without what b did\n'
    )


def test_it_can_be_allowed_where_no_command_needs_one_head() -> None:
    found = guards.judge(RevisionFiles.from_texts(FORKED), allow=["several-heads"])
    assert [finding.refuses for finding in found if finding.name == "several-heads"] == [False]


def test_heads_that_are_kept_apart_on_purpose_are_none() -> None:
    labelled = {**FORKED, "versions/c.py": text("c", "a", branch_labels="phones")}
    assert told(several_heads, labelled) == ""


def test_heads_without_a_common_base_may_be_a_mistake() -> None:
    stray = {**FORKED, "versions/c.py": '"""the stray"""\n' + text("c", branch_labels=None)}
    assert told(several_heads, stray) == (
        "warning: several-heads (versions/c.py:4): "
        "b and c have no common base, and nothing says that they are kept apart.\n"
        "    b the e-mail (versions/b.py)\n"
        "    c the stray (versions/c.py)\n"
        "    `head` names neither of them: whatever needs one target stops.\n"
        '    next: down_revision = "b"  # versions/c.py:4: if c is to follow b\n'
        '    next: branch_labels = ("branch_c",)  # versions/c.py:5: '
        "if it is a branch of its own, which `heads` applies\n"
    )


@pytest.mark.parametrize(
    "apart", [{"branch_labels": "jobs"}, {"depends_on": "a"}, {"path": "jobs/c.py"}]
)
def test_heads_without_a_common_base_that_something_marks_are_meant(apart: dict[str, str]) -> None:
    path = apart.pop("path", "versions/c.py")
    texts = {path: text("c", **apart), **FORKED}
    if path != "versions/c.py":
        del texts["versions/c.py"]
    texts[path] = text("c", **apart)
    assert told(several_heads, texts) == ""


def test_the_gate_warns_of_a_second_base_and_lets_it_pass(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("c", None, "pass", message="stray")
    result = project.alembic("guard-check", "--no-database")
    assert result.returncode == 0
    assert (
        "warning: several-heads (migrations/versions/c_stray.py:13): "
        "0001 and c have no common base, and nothing says that they are kept apart.\n"
    ) in result.stdout
