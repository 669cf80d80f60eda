"""Indexes of a MariaDB: what is written for a change, run in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, Integer, String, Text, text

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.mysql.rows import Change, moved
from tests.autogenerate.compare.mysql.states import ages, fk, ix, t
from tests.autogenerate.compare.rows import both, column

CHANGES = {
    "an index comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer), ix("i", "a")),
        Written(
            "op.create_index('i', 't', ['a'], unique=False)", "op.drop_index('i', table_name='t')"
        ),
    ),
    "an index goes": Change(
        t(column("a", Integer), ix("i", "a")),
        t(column("a", Integer)),
        Written(
            "op.drop_index(op.f('i'), table_name='t')",
            "op.create_index(op.f('i'), 't', ['a'], unique=False)",
        ),
    ),
    "an index becomes unique": Change(
        t(column("a", Integer), ix("i", "a")),
        t(column("a", Integer), ix("i", "a", unique=True)),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('i', 't', ['a'], unique=True)"
            ),
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a'], unique=False)"
            ),
        ),
    ),
    "an index gets a column": Change(
        t(column("a", Integer), column("b", Integer), ix("i", "a")),
        t(column("a", Integer), column("b", Integer), ix("i", "a", "b")),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('i', 't', ['a', 'b'], unique=False)"
            ),
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a'], unique=False)"
            ),
        ),
    ),
    "an index is in another order": Change(
        t(column("a", Integer), column("b", Integer), ix("i", "a", "b")),
        t(column("a", Integer), column("b", Integer), ix("i", "b", "a")),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('i', 't', ['b', 'a'], unique=False)"
            ),
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a', 'b'], unique=False)"
            ),
        ),
    ),
    "a column of an index goes down": Change(
        t(column("a", Integer), ix("i", "a")),
        t(column("a", Integer), ix("i", lambda: text("a DESC"))),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('i', 't', [sa.literal_column('a DESC')], unique=False)"
            ),
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a'], unique=False)"
            ),
        ),
    ),
    "an index of a part of a text comes": Change(
        t(column("a", Text)),
        t(column("a", Text), ix("i", "a", mariadb_length=10)),
        Written(
            "op.create_index('i', 't', ['a'], unique=False, mariadb_length=10)",
            "op.drop_index('i', table_name='t', mariadb_length=10)",
        ),
    ),
    "the part of a text changes": Change(
        t(column("a", String(50)), ix("i", "a", mariadb_length=10)),
        t(column("a", String(50)), ix("i", "a", mariadb_length=20)),
        Written(
            (
                "op.drop_index('i', table_name='t', mariadb_length={'a': 10})\n"
                "op.create_index('i', 't', ['a'], unique=False, mariadb_length={'a': 20})"
            ),
            (
                "op.drop_index('i', table_name='t', mariadb_length={'a': 20})\n"
                "op.create_index('i', 't', ['a'], unique=False, mariadb_length={'a': 10})"
            ),
        ),
    ),
    "an index of a whole text": Change(
        t(column("a", String(50)), ix("i", "a", mariadb_length=10)),
        t(column("a", String(50)), ix("i", "a")),
        Written(
            (
                "op.drop_index('i', table_name='t', mariadb_length={'a': 10})\n"
                "op.create_index('i', 't', ['a'], unique=False)"
            ),
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index('i', 't', ['a'], unique=False, mariadb_length={'a': 10})"
            ),
        ),
    ),
    "a full text index comes": Change(
        t(column("a", Text)),
        t(column("a", Text), ix("i", "a", mariadb_prefix="FULLTEXT")),
        Written(
            "op.create_index('i', 't', ['a'], unique=False, mariadb_prefix='FULLTEXT')",
            "op.drop_index('i', table_name='t', mariadb_prefix='FULLTEXT')",
        ),
    ),
    "an index becomes one of full text": Change(
        t(column("a", String(50)), ix("i", "a")),
        t(column("a", String(50)), ix("i", "a", mariadb_prefix="FULLTEXT")),
        Written(
            (
                "op.drop_index('i', table_name='t')\n"
                "op.create_index('i', 't', ['a'], unique=False, mariadb_prefix='FULLTEXT')"
            ),
            (
                "op.drop_index('i', table_name='t', mariadb_prefix='FULLTEXT')\n"
                "op.create_index('i', 't', ['a'], unique=False)"
            ),
        ),
    ),
    "an index gets another method": Change(
        t(column("a", Integer), ix("i", "a"), mariadb_engine="MEMORY"),
        t(column("a", Integer), ix("i", "a", mariadb_using="btree"), mariadb_engine="MEMORY"),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`a`) USING BTREE'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`a`)'\n"
                ")"
            ),
        ),
    ),
    "an index is no longer ignored": Change(
        t(column("a", Integer), ix("i", "a")),
        t(column("a", Integer), ix("i", "a")),
        Written(
            "op.execute('ALTER TABLE `t` ALTER INDEX `i` NOT IGNORED')",
            "op.execute('ALTER TABLE `t` ALTER INDEX `i` IGNORED')",
        ),
        sql_before=("ALTER TABLE t ALTER INDEX i IGNORED",),
    ),
    "an index gets another name": Change(
        t(column("a", Integer), ix("i", "a")),
        t(column("a", Integer), ix("j", "a")),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('j', 't', ['a'], unique=False)"
            ),
            (
                "op.drop_index('j', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a'], unique=False)"
            ),
        ),
    ),
    "an index that a foreign key stands on gets a column": Change(
        both(ages, t(column("age", Integer), column("b", Integer), ix("i", "age"), fk("f"))),
        both(ages, t(column("age", Integer), column("b", Integer), ix("i", "age", "b"), fk("f"))),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`age`,`b`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`age`)'\n"
                ")"
            ),
        ),
    ),
    "an index that a foreign key stands on gets another name": Change(
        both(ages, t(column("age", Integer), ix("i", "age"), fk("f"))),
        both(ages, t(column("age", Integer), ix("j", "age"), fk("f"))),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `j` (`age`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  ADD KEY `i` (`age`),\\n'\n"
                "    '  DROP KEY `j`'\n"
                ")"
            ),
        ),
    ),
    "an index of a new column": Change(
        t(),
        t(column("a", Integer), ix("i", "a")),
        Written(
            (
                "op.add_column('t', sa.Column('a', sa.Integer(), nullable=True))\n"
                "op.create_index('i', 't', ['a'], unique=False)"
            ),
            ("op.drop_index('i', table_name='t')\nop.drop_column('t', 'a')"),
        ),
    ),
    "an index on a column that changes": Change(
        t(column("a", String(50)), ix("i", "a")),
        t(column("a", Text), ix("i", "a", mariadb_length=10)),
        Written(
            (
                "op.drop_index('i', table_name='t')\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.VARCHAR(length=50),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)\n"
                "op.create_index('i', 't', ['a'], unique=False, mariadb_length={'a': 10})"
            ),
            (
                "op.drop_index('i', table_name='t', mariadb_length={'a': 10})\n"
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=mysql.VARCHAR(length=50),\n"
                "           existing_nullable=True)\n"
                "op.create_index('i', 't', ['a'], unique=False)"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_indexes_change_both_ways(name: str, empty: Callable[[], Engine]) -> None:
    assert moved(empty, CHANGES[name]) == CHANGES[name].expected
