"""Constraints of a MariaDB: what is written for a change, run in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Engine,
    Enum,
    ForeignKeyConstraint,
    Integer,
    String,
)

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.mysql.rows import Change, moved
from tests.autogenerate.compare.mysql.states import ages, ck, fk, t, uq
from tests.autogenerate.compare.rows import both, column, table

CHANGES = {
    "a CHECK comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer), ck("a > 0", "c")),
        Written(
            "op.execute('ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (a > 0)')",
            "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')",
        ),
    ),
    "a CHECK goes": Change(
        t(column("a", Integer), ck("a > 0", "c")),
        t(column("a", Integer)),
        Written(
            "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')",
            "op.execute('ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (`a` > 0)')",
        ),
    ),
    "a CHECK changes": Change(
        t(column("a", Integer), ck("a > 0", "c")),
        t(column("a", Integer), ck("a > 1", "c")),
        Written(
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (a > 1)')"
            ),
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (`a` > 0)')"
            ),
        ),
    ),
    "a CHECK without a name comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer), ck("a > 0")),
        Written(
            "op.execute('ALTER TABLE `t` ADD CONSTRAINT `CONSTRAINT_1` CHECK (a > 0)')",
            "op.execute('ALTER TABLE `t` DROP CONSTRAINT `CONSTRAINT_1`')",
        ),
    ),
    "a CHECK without a name changes": Change(
        t(column("a", Integer), ck("a > 0")),
        t(column("a", Integer), ck("a > 1")),
        Written(
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `CONSTRAINT_1`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `CONSTRAINT_1` CHECK (a > 1)')"
            ),
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `CONSTRAINT_1`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `CONSTRAINT_1` CHECK (`a` > 0)')"
            ),
        ),
    ),
    "a CHECK behind a column comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer, lambda: CheckConstraint("a > 0"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL "
                "CHECK (`a` > 0)')"
            ),
            "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL')",
        ),
    ),
    "a CHECK behind a column changes": Change(
        t(column("a", Integer, lambda: CheckConstraint("a > 0"))),
        t(column("a", Integer, lambda: CheckConstraint("a > 1"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL "
                "CHECK (`a` > 1)')"
            ),
            (
                "op.execute('ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL "
                "CHECK (`a` > 0)')"
            ),
        ),
    ),
    "a CHECK of text, with colons and percent signs": Change(
        t(column("a", String(9))),
        t(column("a", String(9)), ck("a LIKE '%\\:x' AND a <> 'it''s'", "c")),
        Written(
            (
                "op.execute(\"ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (a LIKE '%\\\\:x' "
                "AND a <> 'it''s')\")"
            ),
            "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')",
        ),
    ),
    "a CHECK gets another name": Change(
        t(column("a", Integer), ck("a > 0", "c")),
        t(column("a", Integer), ck("a > 0", "d")),
        Written(
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `c`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `d` CHECK (a > 0)')"
            ),
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `d`')\n"
                "op.execute('ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (`a` > 0)')"
            ),
        ),
    ),
    "the values of an enum that is a CHECK change": Change(
        t(column("a", Enum("x", "y", native_enum=False, create_constraint=True, name="e"))),
        t(column("a", Enum("x", "z", native_enum=False, create_constraint=True, name="e"))),
        Written(
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `e`')\n"
                "op.execute(\"ALTER TABLE `t` ADD CONSTRAINT `e` CHECK (a IN ('x', 'z'))\")"
            ),
            (
                "op.execute('ALTER TABLE `t` DROP CONSTRAINT `e`')\n"
                'op.execute("ALTER TABLE `t` ADD CONSTRAINT `e` CHECK (`a` in '
                "('x','y'))\")"
            ),
        ),
    ),
    "a CHECK on a column that goes": Change(
        t(column("a", Integer), column("b", Integer), ck("a > b", "c")),
        t(column("a", Integer), ck("a > 1", "c")),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `b`,\\n'\n"
                "    '  DROP CONSTRAINT `c`,\\n'\n"
                "    '  ADD CONSTRAINT `c` CHECK (`a` > 1)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  ADD COLUMN `b` int(11) DEFAULT NULL,\\n'\n"
                "    '  DROP CONSTRAINT `c`,\\n'\n"
                "    '  ADD CONSTRAINT `c` CHECK (`a` > `b`)'\n"
                ")"
            ),
        ),
    ),
    "a primary key comes": Change(
        table("t", column("id", Integer, nullable=False)),
        table("t", column("id", Integer, primary_key=True, autoincrement=False)),
        Written(
            "op.execute('ALTER TABLE `t` ADD PRIMARY KEY (`id`)')",
            "op.execute('ALTER TABLE `t` DROP PRIMARY KEY')",
        ),
    ),
    "a primary key goes": Change(
        table("t", column("id", Integer, primary_key=True, autoincrement=False)),
        table("t", column("id", Integer, nullable=False)),
        Written(
            "op.execute('ALTER TABLE `t` DROP PRIMARY KEY')",
            "op.execute('ALTER TABLE `t` ADD PRIMARY KEY (`id`)')",
        ),
    ),
    "a primary key gets a column": Change(
        table(
            "t",
            column("id", Integer, primary_key=True, autoincrement=False),
            column("a", Integer, nullable=False),
        ),
        table(
            "t",
            column("id", Integer, primary_key=True, autoincrement=False),
            column("a", Integer, primary_key=True),
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`id`,`a`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`id`)'\n"
                ")"
            ),
        ),
    ),
    "a primary key is in another order": Change(
        table(
            "t",
            column("a", Integer, primary_key=True, autoincrement=False),
            column("b", Integer, primary_key=True),
        ),
        table(
            "t",
            column("b", Integer, primary_key=True, autoincrement=False),
            column("a", Integer, primary_key=True),
        ),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`b`,`a`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`a`,`b`)'\n"
                ")"
            ),
        ),
    ),
    "a primary key that counts moves": Change(
        table("t", column("id", Integer, primary_key=True), column("a", Integer, nullable=False)),
        table("t", column("id", Integer, nullable=False), column("a", Integer, primary_key=True)),
        Written(
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` int(11) NOT NULL AUTO_INCREMENT,\\n'\n"
                "    '  MODIFY COLUMN `id` int(11) NOT NULL,\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`a`)'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  MODIFY COLUMN `a` int(11) NOT NULL,\\n'\n"
                "    '  MODIFY COLUMN `id` int(11) NOT NULL AUTO_INCREMENT,\\n'\n"
                "    '  DROP PRIMARY KEY,\\n'\n"
                "    '  ADD PRIMARY KEY (`id`)'\n"
                ")"
            ),
        ),
    ),
    "a unique constraint comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer), uq("a", name="u")),
        Written(
            "op.create_unique_constraint('u', 't', ['a'])",
            "op.drop_constraint('u', 't', type_='unique')",
        ),
    ),
    "a unique constraint goes": Change(
        t(column("a", Integer), uq("a", name="u")),
        t(column("a", Integer)),
        Written(
            "op.drop_index(op.f('u'), table_name='t')",
            "op.create_index(op.f('u'), 't', ['a'], unique=True)",
        ),
    ),
    "a unique constraint without a name comes": Change(
        t(column("a", Integer)),
        t(column("a", Integer, unique=True)),
        Written(
            "op.create_unique_constraint('a', 't', ['a'])",
            "op.drop_constraint('a', 't', type_='unique')",
        ),
    ),
    "a unique constraint gets a column": Change(
        t(column("a", Integer), column("b", Integer), uq("a", name="u")),
        t(column("a", Integer), column("b", Integer), uq("a", "b", name="u")),
        Written(
            (
                "op.drop_constraint(op.f('u'), 't', type_='unique')\n"
                "op.create_unique_constraint('u', 't', ['a', 'b'])"
            ),
            (
                "op.drop_constraint('u', 't', type_='unique')\n"
                "op.create_unique_constraint(op.f('u'), 't', ['a'])"
            ),
        ),
    ),
    "a unique constraint is in another order": Change(
        t(column("a", Integer), column("b", Integer), uq("a", "b", name="u")),
        t(column("a", Integer), column("b", Integer), uq("b", "a", name="u")),
        Written(
            (
                "op.drop_index('u', table_name='t')\n"
                "op.create_unique_constraint('u', 't', ['b', 'a'])"
            ),
            (
                "op.drop_constraint('u', 't', type_='unique')\n"
                "op.create_index('u', 't', ['a', 'b'], unique=True)"
            ),
        ),
    ),
    "a foreign key comes": Change(
        both(ages, t(column("age", Integer))),
        both(ages, t(column("age", Integer), fk("f"))),
        Written(
            "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])",
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.execute('ALTER TABLE `t` DROP KEY `f`')"
            ),
        ),
    ),
    "a foreign key goes": Change(
        both(ages, t(column("age", Integer), fk("f"))),
        both(ages, t(column("age", Integer))),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.drop_index('f', table_name='t')"
            ),
            (
                "op.create_index('f', 't', ['age'], unique=False)\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "a foreign key without a name comes": Change(
        both(ages, t(column("age", Integer))),
        both(ages, t(column("age", Integer), fk())),
        Written(
            "op.create_foreign_key('t_ibfk_1', 't', 'ages', ['age'], ['id'])",
            (
                "op.drop_constraint('t_ibfk_1', 't', type_='foreignkey')\n"
                "op.execute('ALTER TABLE `t` DROP KEY `t_ibfk_1`')"
            ),
        ),
        exact=False,
    ),
    "the action of a foreign key changes": Change(
        both(ages, t(column("age", Integer), fk("f"))),
        both(ages, t(column("age", Integer), fk("f", ondelete="CASCADE"))),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'], ondelete='CASCADE')"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "the update action of a foreign key goes": Change(
        both(ages, t(column("age", Integer), fk("f", onupdate="SET NULL"))),
        both(ages, t(column("age", Integer), fk("f"))),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'], "
                "onupdate='SET NULL')"
            ),
        ),
    ),
    "a foreign key comes with its column": Change(
        both(ages, t()),
        both(ages, t(column("age", Integer), fk("f"))),
        Written(
            (
                "op.add_column('t', sa.Column('age', sa.Integer(), nullable=True))\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.execute('ALTER TABLE `t` DROP KEY `f`')\n"
                "op.drop_column('t', 'age')"
            ),
        ),
    ),
    "a foreign key goes with its column": Change(
        both(ages, t(column("age", Integer), fk("f"))),
        both(ages, t()),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  DROP COLUMN `age`,\\n'\n"
                "    '  DROP KEY `f`'\n"
                ")"
            ),
            (
                "op.execute(\n"
                "    'ALTER TABLE `t`\\n'\n"
                "    '  ADD COLUMN `age` int(11) DEFAULT NULL,\\n'\n"
                "    '  ADD KEY `f` (`age`)'\n"
                ")\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "a foreign key aims at another table": Change(
        both(
            ages,
            table("old", column("id", Integer, primary_key=True)),
            t(column("age", Integer), fk("f")),
        ),
        both(
            ages,
            table("old", column("id", Integer, primary_key=True)),
            t(column("age", Integer), lambda: ForeignKeyConstraint(["age"], ["old.id"], name="f")),
        ),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'old', ['age'], ['id'])"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "both ends of a foreign key grow": Change(
        both(ages, t(column("age", Integer), fk("f"))),
        both(
            table("ages", column("id", BigInteger, primary_key=True)),
            t(column("age", BigInteger), fk("f")),
        ),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.alter_column('ages', 'id',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)\n"
                "op.alter_column('t', 'age',\n"
                "           existing_type=mysql.INTEGER(display_width=11),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.alter_column('t', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=mysql.INTEGER(display_width=11),\n"
                "           existing_nullable=True)\n"
                "op.alter_column('ages', 'id',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=mysql.INTEGER(display_width=11),\n"
                "           existing_nullable=False,\n"
                "           autoincrement=True)\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "a foreign key and what it aims at come": Change(
        t(column("age", Integer)),
        both(ages, t(column("age", Integer), fk("f"))),
        Written(
            (
                "op.create_table('ages',\n"
                "sa.Column('id', sa.Integer(), nullable=False),\n"
                "sa.PrimaryKeyConstraint('id')\n"
                ")\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.execute('ALTER TABLE `t` DROP KEY `f`')\n"
                "op.drop_table('ages')"
            ),
        ),
    ),
    "a foreign key and what it aims at go": Change(
        both(ages, t(column("age", Integer), fk("f"))),
        t(column("age", Integer)),
        Written(
            (
                "op.drop_constraint('f', 't', type_='foreignkey')\n"
                "op.drop_table('ages')\n"
                "op.drop_index('f', table_name='t')"
            ),
            (
                "op.create_index('f', 't', ['age'], unique=False)\n"
                "op.create_table('ages',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])"
            ),
        ),
    ),
    "a foreign key on an index of the models comes": Change(
        both(ages, t(column("age", Integer, index=True))),
        both(ages, t(column("age", Integer, index=True), fk("f"))),
        Written(
            "op.create_foreign_key('f', 't', 'ages', ['age'], ['id'])",
            "op.drop_constraint('f', 't', type_='foreignkey')",
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_constraints_change_both_ways(name: str, empty: Callable[[], Engine]) -> None:
    assert moved(empty, CHANGES[name]) == CHANGES[name].expected
