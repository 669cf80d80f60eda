"""How columns are stored and compressed: changes, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, String, Text

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.column_states import KEY, also, both, column, table

EXTERNAL = "ALTER TABLE t ALTER v SET STORAGE EXTERNAL"

MAIN = "ALTER TABLE t ALTER v SET STORAGE MAIN"

PGLZ = "ALTER TABLE t ALTER v SET COMPRESSION pglz"

CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "a storage is said": (
        column(Text),
        also(column(Text), EXTERNAL),
        (),
        Written(
            "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL')",
            "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTENDED')",
        ),
    ),
    "another storage": (
        also(column(Text), MAIN),
        also(column(Text), EXTERNAL),
        (),
        Written(
            "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL')",
            "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE MAIN')",
        ),
    ),
    "with another type": (
        column(String(9)),
        also(column(Text), EXTERNAL),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.VARCHAR(length=9),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)\n"
                "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL')"
            ),
            (
                "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTENDED')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=sa.VARCHAR(length=9),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "of a new table": (
        table(KEY, name="z"),
        both(table(KEY, name="z"), also(column(Text), EXTERNAL)),
        (),
        Written(
            (
                "op.create_table('t',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('v', sa.Text(), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL')"
            ),
            ("op.execute('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTENDED')\nop.drop_table('t')"),
        ),
    ),
    "a compression is said": (
        column(Text),
        also(column(Text), PGLZ),
        (),
        Written(
            "op.execute('ALTER TABLE t ALTER COLUMN v SET COMPRESSION pglz')",
            "op.execute('ALTER TABLE t ALTER COLUMN v SET COMPRESSION default')",
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "what is said": (also(column(Text), EXTERNAL, PGLZ), ()),
    "what is not said": (
        column(Text),
        (
            EXTERNAL,
            PGLZ,
            "ALTER TABLE t ALTER v SET STATISTICS 500",
            "ALTER TABLE t ALTER v SET (n_distinct = 5)",
        ),
    ),
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
