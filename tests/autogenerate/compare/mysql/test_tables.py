"""Tables of a MariaDB: what is written for a change, run in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Engine,
    ForeignKey,
    Integer,
    String,
    Text,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.mysql.rows import Change, moved
from tests.autogenerate.compare.mysql.states import ck, t, uq
from tests.autogenerate.compare.rows import both, column, table

CHANGES = {
    "a table comes": Change(
        t(),
        both(
            t(),
            table(
                "u",
                column("id", Integer, primary_key=True),
                column("a", String(5), index=True),
                uq("a", name="q"),
                ck("a <> 'x'", "c"),
            ),
        ),
        Written(
            (
                "op.create_table('u',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('a', sa.String(length=5), nullable=True),\n"
                "sa.CheckConstraint(\"a <> 'x'\", name='c'),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "sa.UniqueConstraint('a', name='q')\n"
                ")\n"
                "op.create_index(op.f('ix_u_a'), 'u', ['a'], unique=False)"
            ),
            ("op.drop_index(op.f('ix_u_a'), table_name='u')\nop.drop_table('u')"),
        ),
    ),
    "a table goes": Change(
        both(
            t(),
            table(
                "u",
                column("id", Integer, primary_key=True),
                column("a", String(5), index=True),
                uq("a", name="q"),
            ),
        ),
        t(),
        Written(
            (
                "op.drop_index(op.f('ix_u_a'), table_name='u')\n"
                "op.drop_index(op.f('q'), table_name='u')\n"
                "op.drop_table('u')"
            ),
            (
                "op.create_table('u',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.Column('a', mysql.VARCHAR(length=5), nullable=True),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.create_index(op.f('q'), 'u', ['a'], unique=True)\n"
                "op.create_index(op.f('ix_u_a'), 'u', ['a'], unique=False)"
            ),
        ),
    ),
    "a table with all that Alembic forgets goes": Change(
        both(
            t(),
            table(
                "u",
                column("id", Integer, primary_key=True),
                column("a", Integer, lambda: CheckConstraint("a > 1")),
                column("b", Integer, lambda: Computed("a * 2")),
                ck("a <> 5", "c"),
                mariadb_engine="MyISAM",
            ),
        ),
        t(),
        Written(
            "op.execute('DROP TABLE `u`')",
            (
                "op.execute(\n"
                "    'CREATE TABLE `u` (\\n'\n"
                "    '  `id` int(11) NOT NULL AUTO_INCREMENT,\\n'\n"
                "    '  `a` int(11) DEFAULT NULL CHECK (`a` > 1),\\n'\n"
                "    '  `b` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL,\\n'\n"
                "    '  PRIMARY KEY (`id`),\\n'\n"
                "    '  CONSTRAINT `c` CHECK (`a` <> 5)\\n'\n"
                "    ') ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci'\n"
                ")"
            ),
        ),
    ),
    "a table with a CHECK behind a column comes": Change(
        t(),
        both(t(), table("u", column("a", Integer, lambda: CheckConstraint("a > 1")))),
        Written(
            (
                "op.execute(\n"
                "    'CREATE TABLE u (\\n'\n"
                "    '\\ta INTEGER CHECK (a > 1)\\n'\n"
                "    ')'\n"
                ")"
            ),
            "op.execute('DROP TABLE `u`')",
        ),
    ),
    "a table with options comes": Change(
        t(),
        both(
            t(),
            table(
                "u",
                column("a", String(5)),
                mariadb_engine="MyISAM",
                mariadb_charset="latin1",
                comment="it's",
            ),
        ),
        Written(
            (
                "op.create_table('u',\n"
                "sa.Column('a', sa.String(length=5), nullable=True),\n"
                'comment="it\'s",\n'
                "mariadb_charset='latin1',\n"
                "mariadb_engine='MyISAM'\n"
                ")"
            ),
            "op.drop_table('u')",
        ),
    ),
    "two tables that refer to each other come": Change(
        t(),
        both(
            t(),
            table(
                "u",
                column("id", Integer, primary_key=True),
                column("w", Integer, lambda: ForeignKey("w.id", name="f1")),
            ),
            table(
                "w",
                column("id", Integer, primary_key=True),
                column("u", Integer, lambda: ForeignKey("u.id", name="f2", use_alter=True)),
            ),
        ),
        Written(
            (
                "op.create_table('w',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('u', sa.Integer(), nullable=True),\n"
                "sa.ForeignKeyConstraint(['u'], ['u.id'], name='f2', use_alter=True),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.create_table('u',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('w', sa.Integer(), nullable=True),\n"
                "sa.ForeignKeyConstraint(['w'], ['w.id'], name='f1'),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.execute('ALTER TABLE w ADD CONSTRAINT f2 FOREIGN KEY(u) REFERENCES "
                "u (id)')"
            ),
            (
                "op.execute('ALTER TABLE `w` DROP FOREIGN KEY `f2`')\n"
                "op.drop_table('u')\n"
                "op.drop_table('w')"
            ),
        ),
    ),
    "tables that refer to one another go": Change(
        both(
            t(),
            table("u", column("id", Integer, primary_key=True)),
            table(
                "w",
                column("id", Integer, primary_key=True),
                column("u", Integer, lambda: ForeignKey("u.id", name="f2")),
            ),
        ),
        t(),
        Written(
            ("op.drop_table('w')\nop.drop_table('u')"),
            (
                "op.create_table('u',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.create_table('w',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.Column('u', mysql.INTEGER(display_width=11), autoincrement=False, "
                "nullable=True),\n"
                "sa.ForeignKeyConstraint(['u'], ['u.id'], name=op.f('f2')),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")"
            ),
        ),
    ),
    "a comment of a table comes": Change(
        t(),
        t(comment="it's 5%"),
        Written(
            (
                "op.create_table_comment(\n"
                "    't',\n"
                '    "it\'s 5%",\n'
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.drop_table_comment(\n"
                "    't',\n"
                '    existing_comment="it\'s 5%",\n'
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "a comment of a table changes": Change(
        t(comment="x"),
        t(comment="y"),
        Written(
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'y',\n"
                "    existing_comment='x',\n"
                "    schema=None\n"
                ")"
            ),
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'x',\n"
                "    existing_comment='y',\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "a comment of a table goes": Change(
        t(comment="x"),
        t(),
        Written(
            ("op.drop_table_comment(\n    't',\n    existing_comment='x',\n    schema=None\n)"),
            (
                "op.create_table_comment(\n"
                "    't',\n"
                "    'x',\n"
                "    existing_comment=None,\n"
                "    schema=None\n"
                ")"
            ),
        ),
    ),
    "the engine changes": Change(
        t(column("a", Integer), mariadb_engine="InnoDB"),
        t(column("a", Integer), mariadb_engine="MyISAM"),
        Written(
            "op.execute('ALTER TABLE `t` ENGINE=MyISAM')",
            "op.execute('ALTER TABLE `t` ENGINE=InnoDB')",
        ),
    ),
    "the character set of a table changes": Change(
        t(
            column("a", String(5)),
            column("b", Integer),
            column("c", Text),
            mariadb_charset="utf8mb4",
        ),
        t(
            column("a", String(5)),
            column("b", Integer),
            column("c", Text),
            mariadb_charset="latin1",
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` varchar(5) DEFAULT NULL,\\n'\n"
                "    '  MODIFY COLUMN `c` text DEFAULT NULL,\\n'\n"
                "    '  DEFAULT COLLATE=latin1_swedish_ci'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` varchar(5) DEFAULT NULL,\\n'\n"
                "    '  MODIFY COLUMN `c` text DEFAULT NULL,\\n'\n"
                "    '  DEFAULT COLLATE=utf8mb4_general_ci'\n"
                ")"
            ),
        ),
    ),
    "the collation of a table changes, and not that of all columns": Change(
        t(
            column("a", String(5, collation="utf8mb4_bin")),
            column("b", String(5)),
            mariadb_collate="utf8mb4_general_ci",
        ),
        t(
            column("a", String(5, collation="utf8mb4_bin")),
            column("b", String(5)),
            mariadb_collate="utf8mb4_unicode_ci",
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` varchar(5) CHARACTER SET utf8mb4 COLLATE "
                "utf8mb4_bin DEFAULT NULL,\\n'\n"
                "    '  MODIFY COLUMN `b` varchar(5) DEFAULT NULL,\\n'\n"
                "    '  DEFAULT COLLATE=utf8mb4_unicode_ci'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` varchar(5) CHARACTER SET utf8mb4 COLLATE "
                "utf8mb4_bin DEFAULT NULL,\\n'\n"
                "    '  MODIFY COLUMN `b` varchar(5) DEFAULT NULL,\\n'\n"
                "    '  DEFAULT COLLATE=utf8mb4_general_ci'\n"
                ")"
            ),
        ),
    ),
    "the row format changes": Change(
        t(mariadb_row_format="COMPACT"),
        t(mariadb_row_format="DYNAMIC"),
        Written(
            "op.execute('ALTER TABLE `t` ROW_FORMAT=DYNAMIC')",
            "op.execute('ALTER TABLE `t` ROW_FORMAT=COMPACT')",
        ),
    ),
    "partitions come": Change(
        table("t", column("id", Integer, primary_key=True)),
        table(
            "t",
            column("id", Integer, primary_key=True),
            mariadb_partition_by="HASH (id)",
            mariadb_partitions="4",
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t` PARTITION BY HASH (`id`)\\n'\n"
                "    'PARTITIONS 4'\n"
                ")"
            ),
            "op.execute('ALTER TABLE `t` REMOVE PARTITIONING')",
        ),
    ),
    "a table comes that refers to a column that grows": Change(
        t(),
        both(
            table("t", column("id", BigInteger, primary_key=True)),
            table(
                "a",
                column("id", Integer, primary_key=True),
                column("t", BigInteger, lambda: ForeignKey("t.id", name="f")),
            ),
        ),
        Written(
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)\n"
                "op.create_table('a',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.Column('t', sa.BigInteger(), nullable=True),\n"
                "sa.ForeignKeyConstraint(['t'], ['t.id'], name='f'),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")"
            ),
            (
                "op.drop_table('a')\n"
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=mysql.INTEGER(display_width=11),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)"
            ),
        ),
    ),
    "a table goes before one that it refers to": Change(
        both(
            t(),
            table(
                "b",
                column("id", Integer, primary_key=True),
                column("z", Integer, lambda: ForeignKey("z.id", name="f2")),
            ),
            table("z", column("id", Integer, primary_key=True)),
            table(
                "c",
                column("id", Integer, primary_key=True),
                column("b", Integer, lambda: ForeignKey("b.id", name="f3")),
            ),
        ),
        t(),
        Written(
            ("op.drop_table('c')\nop.drop_table('b')\nop.drop_table('z')"),
            (
                "op.create_table('z',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.create_table('b',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.Column('z', mysql.INTEGER(display_width=11), autoincrement=False, "
                "nullable=True),\n"
                "sa.ForeignKeyConstraint(['z'], ['z.id'], name=op.f('f2')),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.create_table('c',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.Column('b', mysql.INTEGER(display_width=11), autoincrement=False, "
                "nullable=True),\n"
                "sa.ForeignKeyConstraint(['b'], ['b.id'], name=op.f('f3')),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_tables_change_both_ways(name: str, empty: Callable[[], Engine]) -> None:
    assert moved(empty, CHANGES[name]) == CHANGES[name].expected
