"""Columns of a MariaDB: what is written for a change, run in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    Engine,
    Enum,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects import mysql

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.mysql.rows import Change, moved
from tests.autogenerate.compare.mysql.states import ix, t
from tests.autogenerate.compare.rows import column, table

CHANGES = {
    "a column comes and goes": Change(
        t(),
        t(column("a", Integer)),
        Written(
            "op.add_column('t', sa.Column('a', sa.Integer(), nullable=True))",
            "op.drop_column('t', 'a')",
        ),
    ),
    "a column with a default and a comment comes": Change(
        t(),
        t(column("a", String(5), server_default="x:y%", nullable=False, comment="it's")),
        Written(
            (
                "op.add_column('t', sa.Column('a', sa.String(length=5), "
                "server_default='x:y%', nullable=False, comment=\"it's\"))"
            ),
            "op.drop_column('t', 'a')",
        ),
    ),
    "a column that is generated comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        Written(
            (
                "op.add_column('t', sa.Column('b', sa.Integer(), sa.Computed('a * 2', "
                "), nullable=True))"
            ),
            "op.drop_column('t', 'b')",
        ),
    ),
    "a column with a CHECK comes": Change(
        t(),
        t(column("a", Integer, lambda: CheckConstraint("a > 0"))),
        Written(
            ("op.execute('ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL CHECK (`a` > 0)')"),
            "op.execute('ALTER TABLE `t` DROP COLUMN `a`')",
        ),
    ),
    "a column with a CHECK goes": Change(
        t(column("a", Integer, lambda: CheckConstraint("a > 0"))),
        t(),
        Written(
            "op.execute('ALTER TABLE `t` DROP COLUMN `a`')",
            ("op.execute('ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL CHECK (`a` > 0)')"),
        ),
    ),
    "a column of json comes": Change(
        t(),
        t(column("a", JSON)),
        Written(
            "op.add_column('t', sa.Column('a', sa.JSON(), nullable=True))",
            "op.drop_column('t', 'a')",
        ),
    ),
    "a column that is generated goes": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer)),
        Written(
            "op.drop_column('t', 'b')",
            (
                "op.add_column('t', sa.Column('b', mysql.INTEGER(display_width=11), "
                "sa.Computed('(`a` * 2)', persisted=False), autoincrement=False, "
                "nullable=True))"
            ),
        ),
    ),
    "an enum with a collation goes": Change(
        t(column("a", mysql.ENUM("x", "y", charset="latin1"), server_default="x")),
        t(),
        Written(
            "op.drop_column('t', 'a')",
            (
                "op.add_column('t', sa.Column('a', mysql.ENUM('x', 'y', "
                "charset='latin1', collation='latin1_swedish_ci'), "
                "server_default=sa.text(\"'x'\"), nullable=True))"
            ),
        ),
    ),
    "an index goes with its column": Change(
        t(column("a", Integer, index=True)),
        t(),
        Written(
            ("op.drop_index(op.f('ix_t_a'), table_name='t')\nop.drop_column('t', 'a')"),
            (
                "op.add_column('t', sa.Column('a', mysql.INTEGER(display_width=11), "
                "autoincrement=False, nullable=True))\n"
                "op.create_index(op.f('ix_t_a'), 't', ['a'], unique=False)"
            ),
        ),
    ),
    "a column of a longer index goes": Change(
        t(column("a", Integer), column("b", Integer), ix("i", "a", "b")),
        t(column("b", Integer), ix("i", "b")),
        Written(
            (
                "op.drop_index(op.f('i'), table_name='t')\n"
                "op.create_index('i', 't', ['b'], unique=False)\n"
                "op.drop_column('t', 'a')"
            ),
            (
                "op.add_column('t', sa.Column('a', mysql.INTEGER(display_width=11), "
                "autoincrement=False, nullable=True))\n"
                "op.drop_index('i', table_name='t')\n"
                "op.create_index(op.f('i'), 't', ['a', 'b'], unique=False)"
            ),
        ),
    ),
    "a number grows": Change(
        t(column("a", Integer)),
        t(column("a", BigInteger)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=mysql.INTEGER(display_width=11),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a number loses its sign": Change(
        t(column("a", Integer)),
        t(column("a", mysql.INTEGER(unsigned=True))),
        Written(
            ("op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(10) unsigned DEFAULT NULL')"),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL')",
        ),
    ),
    "a text becomes longer": Change(
        t(column("a", String(5))),
        t(column("a", String(50))),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.VARCHAR(length=5),\n"
                "           type_=sa.String(length=50),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.String(length=50),\n"
                "           type_=mysql.VARCHAR(length=5),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a text becomes longer, with all that it has": Change(
        t(column("a", String(5), server_default="x", nullable=False, comment="c")),
        t(column("a", String(50), server_default="x", nullable=False, comment="c")),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.VARCHAR(length=5),\n"
                "           type_=sa.String(length=50),\n"
                "           existing_comment='c',\n"
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text(\"'x'\"))"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.String(length=50),\n"
                "           type_=mysql.VARCHAR(length=5),\n"
                "           existing_comment='c',\n"
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text(\"'x'\"))"
            ),
        ),
    ),
    "a text becomes unbounded": Change(
        t(column("a", String(5))),
        t(column("a", Text)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.VARCHAR(length=5),\n"
                "           type_=sa.Text(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Text(),\n"
                "           type_=mysql.VARCHAR(length=5),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a text becomes medium": Change(
        t(column("a", Text)),
        t(column("a", mysql.MEDIUMTEXT)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.TEXT(),\n"
                "           type_=mysql.MEDIUMTEXT(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.MEDIUMTEXT(),\n"
                "           type_=mysql.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a number of digits changes": Change(
        t(column("a", Numeric(10, 2))),
        t(column("a", Numeric(12, 4))),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.DECIMAL(precision=10, scale=2),\n"
                "           type_=sa.Numeric(precision=12, scale=4),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Numeric(precision=12, scale=4),\n"
                "           type_=mysql.DECIMAL(precision=10, scale=2),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a time gets fractions": Change(
        t(column("a", DateTime)),
        t(column("a", mysql.DATETIME(fsp=6))),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime(6) DEFAULT NULL')",
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime DEFAULT NULL')",
        ),
    ),
    "a boolean becomes a number": Change(
        t(column("a", Boolean)),
        t(column("a", SmallInteger)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.TINYINT(display_width=1),\n"
                "           type_=sa.SmallInteger(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.SmallInteger(),\n"
                "           type_=mysql.TINYINT(display_width=1),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a value of an enum comes last": Change(
        t(column("a", Enum("x", "y"))),
        t(column("a", Enum("x", "y", "z"))),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.ENUM('x', 'y'),\n"
                "           type_=sa.Enum('x', 'y', 'z'),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Enum('x', 'y', 'z'),\n"
                "           type_=mysql.ENUM('x', 'y'),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a value of an enum comes between": Change(
        t(column("a", Enum("x", "z"), nullable=False, server_default="x")),
        t(column("a", Enum("x", "y", "z"), nullable=False, server_default="x")),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.ENUM('x', 'z'),\n"
                "           type_=sa.Enum('x', 'y', 'z'),\n"
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text(\"'x'\"))"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.Enum('x', 'y', 'z'),\n"
                "           type_=mysql.ENUM('x', 'z'),\n"
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text(\"'x'\"))"
            ),
        ),
    ),
    "an enum is in another order": Change(
        t(column("a", Enum("x", "y"))),
        t(column("a", Enum("y", "x"))),
        Written(
            ("op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` enum('y','x') DEFAULT NULL\")"),
            ("op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` enum('x','y') DEFAULT NULL\")"),
        ),
    ),
    "a set gets a value": Change(
        t(column("a", mysql.SET("x", "y"))),
        t(column("a", mysql.SET("x", "y", "z"))),
        Written(
            ("op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` set('x','y','z') DEFAULT NULL\")"),
            ("op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` set('x','y') DEFAULT NULL\")"),
        ),
    ),
    "a text becomes json": Change(
        t(column("a", Text)),
        t(column("a", JSON)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.TEXT(),\n"
                "           type_=sa.JSON(),\n"
                "           existing_nullable=True)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=sa.JSON(),\n"
                "           type_=mysql.TEXT(),\n"
                "           existing_nullable=True)"
            ),
        ),
    ),
    "a column gets a collation": Change(
        t(column("a", String(5))),
        t(column("a", String(5, collation="utf8mb4_bin"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) CHARACTER "
                "SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL')"
            ),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) DEFAULT NULL')",
        ),
    ),
    "a column gets a character set": Change(
        t(column("a", mysql.VARCHAR(5))),
        t(column("a", mysql.VARCHAR(5, charset="latin1"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) CHARACTER "
                "SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL')"
            ),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) DEFAULT NULL')",
        ),
    ),
    "a column of the key grows": Change(
        table("t", column("id", Integer, primary_key=True)),
        table("t", column("id", BigInteger, primary_key=True)),
        Written(
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)"
            ),
            (
                "op.alter_column('t', 'id',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=mysql.INTEGER(display_width=11),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)"
            ),
        ),
    ),
    "a column of the key no longer counts": Change(
        table("t", column("id", Integer, primary_key=True)),
        table("t", column("id", Integer, primary_key=True, autoincrement=False)),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `id` int(11) NOT NULL')",
            ("op.execute('ALTER TABLE `t` MODIFY COLUMN `id` int(11) NOT NULL AUTO_INCREMENT')"),
        ),
    ),
    "a column takes NULL no more": Change(
        t(column("a", Integer)),
        t(column("a", Integer, nullable=False)),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           nullable=False)"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           nullable=True)"
            ),
        ),
    ),
    "a column with more to it takes NULL no more": Change(
        t(
            column(
                "a", DateTime, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
            )
        ),
        t(
            column(
                "a",
                DateTime,
                server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
                nullable=False,
            )
        ),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.DATETIME(),\n"
                "           nullable=False,\n"
                "           existing_server_default=sa.text('current_timestamp() ON "
                "UPDATE current_timestamp()'))"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.DATETIME(),\n"
                "           nullable=True,\n"
                "           existing_server_default=sa.text('current_timestamp() ON "
                "UPDATE current_timestamp()'))"
            ),
        ),
    ),
    "a default comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer, server_default="5")),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT 5')",
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL')",
        ),
    ),
    "a default changes": Change(
        t(column("a", String(5), server_default="x")),
        t(column("a", String(5), server_default="X")),
        Written(
            "op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) DEFAULT 'X'\")",
            "op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` varchar(5) DEFAULT 'x'\")",
        ),
    ),
    "a default of a column that takes no NULL goes": Change(
        t(column("a", Integer, server_default="5", nullable=False)),
        t(column("a", Integer, nullable=False)),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) NOT NULL')",
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) NOT NULL DEFAULT 5')",
        ),
    ),
    "a default becomes an expression": Change(
        t(column("a", String(40), server_default="x")),
        t(column("a", String(40), server_default=text("(uuid())"))),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(40) DEFAULT uuid()')",
            "op.execute(\"ALTER TABLE `t` MODIFY COLUMN `a` varchar(40) DEFAULT 'x'\")",
        ),
    ),
    "an expression changes": Change(
        t(column("a", Integer, server_default=text("(1 + 2)"))),
        t(column("a", Integer, server_default=text("(1 + 3)"))),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT (1 + 3)')",
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT (1 + 2)')",
        ),
    ),
    "a default with a colon and a percent sign": Change(
        t(column("a", String(9))),
        t(column("a", String(9), server_default=text("(concat('%', '\\:x'))"))),
        Written(
            (
                'op.execute("ALTER TABLE `t` MODIFY COLUMN `a` varchar(9) DEFAULT '
                "concat('%','\\\\:x')\")"
            ),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` varchar(9) DEFAULT NULL')",
        ),
    ),
    "now comes": Change(
        t(column("a", DateTime)),
        t(column("a", DateTime, server_default=sa.func.now())),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime DEFAULT "
                "current_timestamp()')"
            ),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime DEFAULT NULL')",
        ),
    ),
    "now gets fractions": Change(
        t(column("a", mysql.DATETIME(fsp=3), server_default=text("now(3)"))),
        t(column("a", mysql.DATETIME(fsp=6), server_default=text("now(6)"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime(6) DEFAULT "
                "current_timestamp(6)')"
            ),
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime(3) DEFAULT "
                "current_timestamp(3)')"
            ),
        ),
    ),
    "ON UPDATE comes": Change(
        t(column("a", DateTime, server_default=sa.func.now())),
        t(
            column(
                "a", DateTime, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
            )
        ),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime DEFAULT "
                "current_timestamp() ON UPDATE current_timestamp()')"
            ),
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` datetime DEFAULT "
                "current_timestamp()')"
            ),
        ),
    ),
    "a default that was dropped, not set to NULL": Change(
        t(column("a", Integer)),
        t(column("a", Integer)),
        Written("", ""),
        sql_before=("ALTER TABLE t ALTER COLUMN a DROP DEFAULT",),
    ),
    "what is generated changes": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 3"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED "
                "ALWAYS AS (`a` * 3) VIRTUAL')"
            ),
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED "
                "ALWAYS AS (`a` * 2) VIRTUAL')"
            ),
        ),
    ),
    "what is generated is stored": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2", persisted=False))),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2", persisted=True))),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` * 2) STORED'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL'\n"
                ")"
            ),
        ),
    ),
    "an index on what is generated otherwise": Change(
        t(
            column("a", Integer),
            column("b", Integer, lambda: Computed("a * 2", persisted=False)),
            ix("i", "b"),
        ),
        t(
            column("a", Integer),
            column("b", Integer, lambda: Computed("a * 2", persisted=True)),
            ix("i", "b"),
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` * 2) STORED,\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`b`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL,\\n'\n"
                "    '  DROP KEY `i`,\\n'\n"
                "    '  ADD KEY `i` (`b`)'\n"
                ")"
            ),
        ),
    ),
    "a column is no longer generated": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"))),
        t(column("a", Integer), column("b", Integer)),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) DEFAULT NULL'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL'\n"
                ")"
            ),
        ),
    ),
    "a comment comes": Change(
        t(column("a", Integer, nullable=False, server_default="1")),
        t(column("a", Integer, nullable=False, server_default="1", comment="it's 5% \\ :x")),
        Written(
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                '           comment="it\'s 5% \\\\ :x",\n'
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text('1'))"
            ),
            (
                "op.alter_column('t', 'a',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           comment=None,\n"
                '           existing_comment="it\'s 5% \\\\ :x",\n'
                "           existing_nullable=False,\n"
                "           existing_server_default=sa.text('1'))"
            ),
        ),
    ),
    "a comment of a generated column changes": Change(
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"), comment="x")),
        t(column("a", Integer), column("b", Integer, lambda: Computed("a * 2"), comment="y")),
        Written(
            (
                'op.execute("ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED '
                "ALWAYS AS (`a` * 2) VIRTUAL COMMENT 'y'\")"
            ),
            (
                'op.execute("ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED '
                "ALWAYS AS (`a` * 2) VIRTUAL COMMENT 'x'\")"
            ),
        ),
    ),
    "a comment of a column with a CHECK comes": Change(
        t(column("a", Integer, lambda: CheckConstraint("a > 0"))),
        t(column("a", Integer, lambda: CheckConstraint("a > 0"), comment="c")),
        Written(
            (
                'op.execute("ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL '
                "COMMENT 'c' CHECK (`a` > 0)\")"
            ),
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL "
                "CHECK (`a` > 0)')"
            ),
        ),
    ),
    "a column becomes visible": Change(
        t(column("a", Integer)),
        t(column("a", Integer)),
        Written(
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL')",
            ("op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) INVISIBLE DEFAULT NULL')"),
        ),
        sql_before=("ALTER TABLE t MODIFY COLUMN a INT INVISIBLE",),
    ),
    "several columns at once": Change(
        t(column("a", Integer), column("b", String(5)), column("c", Integer)),
        t(
            column("a", BigInteger),
            column("b", String(9), server_default="x"),
            column("d", Integer),
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` bigint(20) DEFAULT NULL,\\n'\n"
                "    \"  MODIFY COLUMN `b` varchar(9) DEFAULT 'x',\\n\"\n"
                "    '  DROP COLUMN `c`,\\n'\n"
                "    '  ADD COLUMN `d` int(11) DEFAULT NULL'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` int(11) DEFAULT NULL,\\n'\n"
                "    '  MODIFY COLUMN `b` varchar(5) DEFAULT NULL,\\n'\n"
                "    '  ADD COLUMN `c` int(11) DEFAULT NULL,\\n'\n"
                "    '  DROP COLUMN `d`'\n"
                ")"
            ),
        ),
    ),
    "names that must be quoted": Change(
        table("my `t`", column("a b", String(5))),
        table("my `t`", column("a b", String(9), server_default="x")),
        Written(
            ("op.execute(\"ALTER TABLE `my ``t``` MODIFY COLUMN `a b` varchar(9) DEFAULT 'x'\")"),
            ("op.execute('ALTER TABLE `my ``t``` MODIFY COLUMN `a b` varchar(5) DEFAULT NULL')"),
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_columns_change_both_ways(name: str, empty: Callable[[], Engine]) -> None:
    assert moved(empty, CHANGES[name]) == CHANGES[name].expected
