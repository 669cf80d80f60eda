"""Heads that nobody joined; commands that need one head are tested with the commands."""

from __future__ import annotations

from alembic_guard import guards
from alembic_guard.guards import several_heads
from alembic_guard.runtime.revision_files import RevisionFiles
from tests.guards.histories import text, told

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


def test_it_can_be_allowed_where_no_command_needs_one_head() -> None:
    found = guards.judge(RevisionFiles.from_texts(FORKED), allow=["several-heads"])
    assert [finding.refuses for finding in found if finding.name == "several-heads"] == [False]


def test_heads_that_are_kept_apart_on_purpose_are_none() -> None:
    labelled = {**FORKED, "versions/c.py": text("c", "a", branch_labels="phones")}
    assert told(several_heads, labelled) == ""
