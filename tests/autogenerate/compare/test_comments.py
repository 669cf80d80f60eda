"""Comments on columns and tables: changes, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, Text

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.column_states import KEY, column, table, v

ODD = 'it\'s 100% \\ "q" :x\né'

CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "one is added": (
        column(Text),
        column(Text, comment="c"),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='c',\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment=None,\n"
                "           existing_comment='c',\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "one is dropped": (
        column(Text, comment="c"),
        column(Text),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment=None,\n"
                "           existing_comment='c',\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='c',\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "another": (
        column(Text, comment=ODD),
        column(Text, comment="c"),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='c',\n"
                "           existing_comment='it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "           existing_comment='c',\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "one with odd letters": (
        column(Text, comment="c"),
        column(Text, comment=ODD),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "           existing_comment='c',\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           comment='c',\n"
                "           existing_comment='it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "in another schema": (
        column(Text, schema="app"),
        column(Text, schema="app", comment="c"),
        (),
        Written(
            ("op.alter_column('t', 'v',\n           comment='c',\n           schema='app')"),
            (
                "op.alter_column('t', 'v',\n"
                "           comment=None,\n"
                "           existing_comment='c',\n"
                "           schema='app')"
            ),
        ),
    ),
    "one of a table is added": (
        table(KEY),
        table(KEY, comment="it's"),
        (),
        Written(
            (
                "op.create_table_comment(\n"
                "    't',\n"
                '    "it\'s",\n'
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.drop_table_comment(\n"
                "    't',\n"
                '    existing_comment="it\'s",\n'
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "one of a table is dropped": (
        table(KEY, comment="it's"),
        table(KEY),
        (),
        Written(
            (
                "op.drop_table_comment(\n"
                "    't',\n"
                '    existing_comment="it\'s",\n'
                "    schema=None\n"
                ")"
            ),
            (
                "op.create_table_comment(\n"
                "    't',\n"
                '    "it\'s",\n'
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "another of a table": (
        table(KEY, comment=ODD),
        table(KEY, comment="c"),
        (),
        Written(
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'c',\n"
                "    existing_comment='it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'it\\'s 100% \\\\ \"q\" :x\\né',\n"
                "    existing_comment='c',\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "one of a table in another schema": (
        table(KEY, schema="app"),
        table(KEY, schema="app", comment="c"),
        (),
        Written(
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'c',\n"
                "    existing_comment=None,\n"
                "    schema='app'\n"
                ")"
            ),
            ("op.drop_table_comment(\n    't',\n    existing_comment='c',\n    schema='app'\n)"),
        ),
    ),
    "one of a table with a quote and a backslash in its name": (
        table(v(Text), name="it's \\n"),
        table(v(Text), name="it's \\n", comment="c"),
        (),
        Written(
            (
                "op.create_table_comment(\n"
                "    'it\\'s \\\\n',\n"
                "    'c',\n"
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.drop_table_comment(\n"
                "    'it\\'s \\\\n',\n"
                "    existing_comment='c',\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "one that goes from such a table": (
        table(v(Text), name="it's", comment="c"),
        table(v(Text), name="it's"),
        (),
        Written(
            (
                "op.drop_table_comment(\n"
                "    'it\\'s',\n"
                "    existing_comment='c',\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.create_table_comment(\n"
                "    'it\\'s',\n"
                "    'c',\n"
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one": (column(Text, comment="c"), ()),
    "odd letters": (column(Text, comment=ODD), ()),
    "an empty one": (column(Text, comment=""), ()),
    "one of a table": (table(KEY, comment=ODD), ()),
    "an empty one of a table": (table(KEY, comment=""), ()),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, rows, expected = CHANGES[case]
    assert migrated(empty, before, after, sql_before=rows) == expected


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
