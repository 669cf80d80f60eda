"""Whether columns take NULL: changes, and what is no change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, Integer, Text
from sqlalchemy.dialects import postgresql as pg

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.column_states import KEY, column, table, v

CHANGES: dict[str, tuple[State, State, tuple[str, ...], Written]] = {
    "it takes none any more": (
        column(Text),
        column(Text, nullable=False),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=False)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=True)"
            ),
        ),
    ),
    "it takes some now": (
        column(Text, nullable=False),
        column(Text),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=True)"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=False)"
            ),
        ),
    ),
    "in another schema": (
        column(Text, schema="app"),
        column(Text, schema="app", nullable=False),
        (),
        Written(
            ("op.alter_column('t', 'v',\n           nullable=False,\n           schema='app')"),
            ("op.alter_column('t', 'v',\n           nullable=True,\n           schema='app')"),
        ),
    ),
    "with a comment": (
        column(Text),
        column(Text, nullable=False, comment="c"),
        (),
        Written(
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=False,\n"
                "           comment='c')"
            ),
            (
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.TEXT(),\n"
                "           nullable=True,\n"
                "           comment=None,\n"
                "           existing_comment='c')"
            ),
        ),
    ),
    "it is part of the key no more": (
        table(KEY, v(Integer, primary_key=True)),
        table(KEY, v(Integer)),
        (),
        Written(
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=True)\n"
                "op.execute('CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id')\n"
                "op.execute(\"SELECT setval('t_id_seq', max(id)) FROM t HAVING max(id) >= "
                '1")\n'
                'op.execute("ALTER TABLE t ALTER COLUMN id SET DEFAULT '
                "nextval('t_id_seq')\")\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['id'])"
            ),
            (
                "op.drop_constraint(op.f('t_pkey'), 't', type_='primary')\n"
                "op.execute('ALTER TABLE t ALTER COLUMN id DROP DEFAULT')\n"
                "op.execute('DROP SEQUENCE t_id_seq')\n"
                "op.alter_column('t', 'v',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           nullable=False)\n"
                "op.create_primary_key(op.f('t_pkey'), 't', ['id', 'v'])"
            ),
        ),
    ),
}

SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "it takes none": (column(Text, nullable=False), ()),
    "a domain that takes none": (column(pg.DOMAIN("d", Integer, not_null=True)), ()),
    "a domain that takes none, and a column": (
        column(pg.DOMAIN("d", Integer, not_null=True), nullable=False),
        (),
    ),
    "an identity": (table(KEY, v(Integer, sa.Identity)), ()),
    "a CHECK of the same": (
        column(Text, lambda: sa.CheckConstraint("v IS NOT NULL", name="c")),
        (),
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
