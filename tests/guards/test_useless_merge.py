"""Merges that join nothing; which ones do is tested with `runtime/merges`."""

from __future__ import annotations

from alembic_guard.guards import useless_merge
from tests.guards.histories import text, told


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
