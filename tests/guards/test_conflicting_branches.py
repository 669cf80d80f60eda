"""Branches that change the same object, and those that do not."""

from __future__ import annotations

import pytest

from alembic_guard.guards import conflicting_branches
from tests.guards.histories import text, told

ADD = 'op.add_column("users", sa.Column("email", sa.String()))'
END = "    Applied after each other, the second fails or undoes the first.\n"


def conflict(one: str, two: str) -> str:
    texts = {"a.py": text("a"), "b.py": text("b", "a", one), "c.py": text("c", "a", two)}
    return told(conflicting_branches, texts)


@pytest.mark.parametrize(
    ("one", "two", "what", "acts"),
    [
        (ADD, ADD, "column users.email", ["adds", "adds"]),
        (
            'op.alter_column("users", "name", nullable=True)',
            'op.drop_column("users", "name")',
            "column users.name",
            ["alters", "drops"],
        ),
        (
            'op.create_index("ix_name", "users", ["name"])',
            'op.create_index(op.f("ix_name"), "users", ["name", "id"])',
            "index ix_name",
            ["creates", "creates"],
        ),
        (
            'op.create_unique_constraint("uq", "users", ["name"])',
            'op.drop_constraint("uq", "users")',
            "constraint users.uq",
            ["creates", "drops"],
        ),
        ('op.create_table("tags")', 'op.create_table("tags")', "table tags", ["creates"] * 2),
        ('op.drop_table("tags")', 'op.drop_table("tags")', "table tags", ["drops"] * 2),
    ],
)
def test_the_same_object_on_both_sides_is_an_error(
    one: str, two: str, what: str, acts: list[str]
) -> None:
    assert conflict(one, two) == (
        f"error: conflicting-branches (c.py): The branches of b and c change the same {what}.\n"
        f"    b.py {acts[0]} {what}\n"
        f"    c.py {acts[1]} {what}\n"
        f"{END}"
        '    next: down_revision = "b"  # c.py:3: after b, and then without what b did\n'
    )


@pytest.mark.parametrize(
    ("change", "act"),
    [
        ('op.drop_table("users")', "drops table users"),
        ('op.rename_table("users", "people")', "renames table users"),
    ],
)
def test_a_table_that_goes_while_the_other_side_changes_it_is_an_error(
    change: str, act: str
) -> None:
    assert conflict(ADD, change) == (
        "error: conflicting-branches (c.py): The branches of b and c change the same table users.\n"
        "    b.py adds column users.email\n"
        f"    c.py {act}\n"
        f"{END}"
        '    next: down_revision = "b"  # c.py:3: after b, and then without what b did\n'
    )


def test_different_parts_of_one_table_are_a_note() -> None:
    assert conflict(ADD, 'op.create_index("ix_name", "users", ["name"])') == (
        "note: conflicting-branches (c.py): "
        "The branches of b and c change the same table users, each another part of it.\n"
        "    b.py adds column users.email\n"
        "    c.py creates index ix_name\n"
        "    Either order ends in the same table.\n"
    )


def test_the_branch_of_the_younger_file_is_to_follow_from_where_it_began() -> None:
    texts = {
        "a.py": text("a"),
        "b.py": text("b", "a", ADD),
        "c.py": text("c", "a"),
        "d.py": text("d", "c", ADD),
    }
    assert told(conflicting_branches, texts).splitlines()[-1] == (
        '    next: down_revision = "b"  # c.py:3: after b, and then without what b did'
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (ADD, 'op.add_column("tags", sa.Column("email", sa.String()))'),
        (ADD, 'op.execute("ALTER TABLE users ADD COLUMN email TEXT")'),
        ("pass", "pass"),
    ],
)
def test_different_tables_and_what_syntax_does_not_tell_are_no_conflict(one: str, two: str) -> None:
    assert conflict(one, two) == ""


def test_what_one_branch_does_twice_is_no_conflict() -> None:
    texts = {"a.py": text("a", None, ADD), "b.py": text("b", "a", ADD), "c.py": text("c", "b", ADD)}
    assert told(conflicting_branches, texts) == ""


def test_what_two_of_three_heads_share_is_in_conflict_with_the_third_only() -> None:
    texts = {
        "a.py": text("a"),
        "b.py": text("b", "a", ADD),
        "s.py": text("s", "a", ADD),
        "x.py": text("x", "s"),
        "y.py": text("y", "s"),
    }
    assert told(conflicting_branches, texts).startswith(
        "error: conflicting-branches (s.py): "
        "The branches of b and x and y change the same column users.email.\n"
    )
    del texts["b.py"]
    assert told(conflicting_branches, texts) == ""
