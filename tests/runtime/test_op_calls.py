"""What `op` is called with, read from syntax; `script/test_replay` has tables and columns."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from alembic_guard.runtime.op_calls import Change, parse, upgrade_changes


def changes(body: str) -> list[Change]:
    text = f"from alembic import op\n\ndef upgrade():\n{indent(dedent(body).strip(), '    ')}\n"
    return list(upgrade_changes(parse(text)))


@pytest.mark.parametrize(
    ("call", "change"),
    [
        ('op.create_index(op.f("ix_a"), "t", ["a"])', Change("create_index", "t", ("ix_a",))),
        ('op.drop_index("ix_a")', Change("drop_index", "", ("ix_a",))),
        ('op.drop_index("ix_a", table_name="t")', Change("drop_index", "t", ("ix_a",))),
        (
            'op.create_foreign_key("fk", "t", "u", ["a"], ["b"], source_schema="s")',
            Change("create_foreign_key", "s.t", ("fk",)),
        ),
        (
            'op.drop_constraint("uq", "t", schema="s")',
            Change("drop_constraint", "s.t", ("uq",)),
        ),
        ('op.alter_column("t", "a", nullable=False)', Change("alter_column", "t", ("a",))),
        (
            'op.alter_column("t", "a", new_column_name="b")',
            Change("alter_column", "t", ("a", "b")),
        ),
    ],
)
def test_a_directive_leaves_its_table_and_its_names(call: str, change: Change) -> None:
    assert changes(call) == [change]


def test_a_directive_of_a_batch_takes_the_table_of_the_batch() -> None:
    body = """
        with op.batch_alter_table("t", schema="s") as batch:
            batch.create_unique_constraint("uq", ["a"])
            batch.alter_column("a", type_=None)
            batch.drop_index(batch.f("ix_a"))
    """
    assert changes(body) == [
        Change("create_unique_constraint", "s.t", ("uq",)),
        Change("alter_column", "s.t", ("a",)),
        Change("drop_index", "s.t", ("ix_a",)),
    ]


@pytest.mark.parametrize(
    "call",
    [
        "op.create_unique_constraint(None, 't', ['a'])",
        "op.create_index(name(), 't', ['a'])",
        "op.alter_column('t', 'a', new_column_name=name())",
        "op.drop_constraint('uq', table())",
    ],
)
def test_what_is_not_literal_leaves_no_trace(call: str) -> None:
    assert changes(call) == []


@pytest.mark.parametrize("source", ["def upgrade(:\n", "x = 1\0", b"\xff\xfe"])
def test_what_is_no_python_does_nothing(source: str | bytes) -> None:
    assert upgrade_changes(parse(source)) == ()
