"""Views, triggers, routines and sequences of a MariaDB, run in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, Integer, String

from tests.autogenerate.changes import Written
from tests.autogenerate.compare.mysql.rows import Change, moved
from tests.autogenerate.compare.mysql.states import t
from tests.autogenerate.compare.rows import both, column, ddl, table

CHANGES = {
    "a view comes": Change(
        t(),
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t WHERE id > 5")),
        Written(
            "op.execute('CREATE VIEW v AS SELECT id FROM t WHERE id > 5')",
            "op.execute('DROP VIEW `v`')",
        ),
    ),
    "a view goes": Change(
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t", "CREATE VIEW w AS SELECT 1 AS one")),
        both(t(), ddl("CREATE VIEW w AS SELECT 1 AS one")),
        Written(
            "op.execute('DROP VIEW `v`')",
            (
                "op.execute('CREATE SQL SECURITY DEFINER VIEW `v` AS select `t`.`id` "
                "AS `id` from `t`')"
            ),
        ),
    ),
    "a view changes": Change(
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t WHERE id > 5")),
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t WHERE id > 6")),
        Written(
            "op.execute('CREATE OR REPLACE VIEW v AS SELECT id FROM t WHERE id > 6')",
            (
                "op.execute('CREATE OR REPLACE SQL SECURITY DEFINER VIEW `v` AS select "
                "`t`.`id` AS `id` from `t` where `t`.`id` > 5')"
            ),
        ),
    ),
    "a view gets a check option": Change(
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t WHERE id > 5")),
        both(
            t(),
            ddl(
                "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT id FROM t "
                "WHERE id > 5 WITH CHECK OPTION"
            ),
        ),
        Written(
            (
                "op.execute('CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT "
                "id FROM t WHERE id > 5 WITH CHECK OPTION')"
            ),
            (
                "op.execute('CREATE OR REPLACE SQL SECURITY DEFINER VIEW `v` AS select "
                "`t`.`id` AS `id` from `t` where `t`.`id` > 5')"
            ),
        ),
    ),
    "a view gets an algorithm": Change(
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t")),
        both(t(), ddl("CREATE ALGORITHM = MERGE VIEW v AS SELECT id FROM t")),
        Written(
            "op.execute('CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT id FROM t')",
            (
                "op.execute('CREATE OR REPLACE SQL SECURITY DEFINER VIEW `v` AS select "
                "`t`.`id` AS `id` from `t`')"
            ),
        ),
    ),
    "a view on a new column": Change(
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t")),
        both(t(column("a", Integer)), ddl("CREATE VIEW v AS SELECT id, a FROM t")),
        Written(
            (
                "op.execute('DROP VIEW `v`')\n"
                "op.add_column('t', sa.Column('a', sa.Integer(), nullable=True))\n"
                "op.execute('CREATE VIEW v AS SELECT id, a FROM t')"
            ),
            (
                "op.execute('DROP VIEW `v`')\n"
                "op.drop_column('t', 'a')\n"
                "op.execute('CREATE SQL SECURITY DEFINER VIEW `v` AS select `t`.`id` "
                "AS `id` from `t`')"
            ),
        ),
    ),
    "views on views come": Change(
        t(),
        both(
            t(),
            ddl("CREATE VIEW z AS SELECT id FROM t", "CREATE VIEW a AS SELECT id + 1 AS b FROM z"),
        ),
        Written(
            (
                "op.execute('CREATE VIEW z AS SELECT id FROM t')\n"
                "op.execute('CREATE VIEW a AS SELECT id + 1 AS b FROM z')"
            ),
            ("op.execute('DROP VIEW `a`')\nop.execute('DROP VIEW `z`')"),
        ),
    ),
    "a view with percent signs and colons": Change(
        t(),
        both(
            t(column("a", String(9))),
            ddl("CREATE VIEW v AS SELECT id, '5% :x' AS y FROM t WHERE a LIKE '%:z'"),
        ),
        Written(
            (
                "op.add_column('t', sa.Column('a', sa.String(length=9), nullable=True))\n"
                "op.execute(\"CREATE VIEW v AS SELECT id, '5% \\\\:x' AS y FROM t WHERE a "
                "LIKE '%\\\\:z'\")"
            ),
            ("op.execute('DROP VIEW `v`')\nop.drop_column('t', 'a')"),
        ),
    ),
    "a trigger comes": Change(
        t(column("a", Integer)),
        both(
            t(column("a", Integer)),
            ddl("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"),
        ),
        Written(
            "op.execute('CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1')",
            "op.execute('DROP TRIGGER `r`')",
        ),
    ),
    "a trigger changes": Change(
        both(
            t(column("a", Integer)),
            ddl("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"),
        ),
        both(
            t(column("a", Integer)),
            ddl(
                "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW BEGIN SET NEW.a = 1; "
                "SET NEW.id = 5; END"
            ),
        ),
        Written(
            (
                "op.execute('DROP TRIGGER `r`')\n"
                "op.execute('CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW BEGIN "
                "SET NEW.a = 1; SET NEW.id = 5; END')"
            ),
            (
                "op.execute('DROP TRIGGER `r`')\n"
                "op.execute('CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1')"
            ),
        ),
    ),
    "a trigger goes with its table": Change(
        both(
            t(),
            table("u", column("a", Integer)),
            ddl(
                "CREATE TRIGGER r BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1",
                "CREATE TRIGGER q BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1",
            ),
        ),
        both(t(), ddl("CREATE TRIGGER q BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1")),
        Written(
            "op.execute('DROP TABLE `u`')",
            (
                "op.execute(\n"
                "    'CREATE TABLE `u` (\\n'\n"
                "    '  `a` int(11) DEFAULT NULL\\n'\n"
                "    ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci'\n"
                ")\n"
                "op.execute('CREATE TRIGGER r BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1')"
            ),
        ),
    ),
    "a function comes": Change(
        t(),
        both(t(), ddl("CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC RETURN x + 1")),
        Written(
            ("op.execute('CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC RETURN x + 1')"),
            "op.execute('DROP FUNCTION `f`')",
        ),
    ),
    "a function changes": Change(
        both(t(), ddl("CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC RETURN x + 1")),
        both(t(), ddl("CREATE FUNCTION f (x INT, y INT) RETURNS INT DETERMINISTIC RETURN x + y")),
        Written(
            (
                "op.execute('DROP FUNCTION `f`')\n"
                "op.execute('CREATE FUNCTION f (x INT, y INT) RETURNS INT "
                "DETERMINISTIC RETURN x + y')"
            ),
            (
                "op.execute('DROP FUNCTION `f`')\n"
                "op.execute(\n"
                "    'CREATE FUNCTION `f`(x INT) RETURNS int(11)\\n'\n"
                "    '    DETERMINISTIC\\n'\n"
                "    'RETURN x + 1'\n"
                ")"
            ),
        ),
    ),
    "a view of a new function": Change(
        t(),
        both(
            t(),
            ddl(
                "CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC RETURN x + 1",
                "CREATE VIEW v AS SELECT f(id) AS x FROM t",
            ),
        ),
        Written(
            (
                "op.execute('CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC "
                "RETURN x + 1')\n"
                "op.execute('CREATE VIEW v AS SELECT f(id) AS x FROM t')"
            ),
            ("op.execute('DROP VIEW `v`')\nop.execute('DROP FUNCTION `f`')"),
        ),
    ),
    "a procedure comes": Change(
        t(),
        both(t(), ddl("CREATE PROCEDURE p (IN x INT) BEGIN SELECT x; SELECT 'it''s 5%;'; END")),
        Written(
            (
                'op.execute("CREATE PROCEDURE p (IN x INT) BEGIN SELECT x; SELECT '
                "'it''s 5%;'; END\")"
            ),
            "op.execute('DROP PROCEDURE `p`')",
        ),
    ),
    "a procedure goes": Change(
        both(t(), ddl("CREATE PROCEDURE p () SELECT 1", "CREATE PROCEDURE q () SELECT 2")),
        both(t(), ddl("CREATE PROCEDURE q () SELECT 2")),
        Written(
            "op.execute('DROP PROCEDURE `p`')",
            ("op.execute(\n    'CREATE PROCEDURE `p`()\\n'\n    'SELECT 1'\n)"),
        ),
    ),
    "a sequence comes": Change(
        t(),
        both(t(), ddl("CREATE SEQUENCE s START WITH 5")),
        Written("op.execute('CREATE SEQUENCE s START WITH 5')", "op.execute('DROP SEQUENCE `s`')"),
    ),
    "a sequence changes": Change(
        both(t(), ddl("CREATE SEQUENCE s START WITH 5")),
        both(t(), ddl("CREATE SEQUENCE s START WITH 5 INCREMENT BY 2 CYCLE")),
        Written(
            (
                "op.execute('ALTER SEQUENCE `s` start with 5 minvalue 1 maxvalue "
                "9223372036854775806 increment by 2 cache 1000 cycle')"
            ),
            (
                "op.execute('ALTER SEQUENCE `s` start with 5 minvalue 1 maxvalue "
                "9223372036854775806 increment by 1 cache 1000 nocycle')"
            ),
        ),
    ),
    "a sequence of models comes": Change(
        t(),
        both(t(), lambda metadata: sa.Sequence("s", start=5, metadata=metadata)),
        Written("op.execute('CREATE SEQUENCE s START WITH 5')", "op.execute('DROP SEQUENCE `s`')"),
    ),
    "a view of a table that goes is of another": Change(
        both(
            t(),
            table("u", column("id", Integer, primary_key=True)),
            ddl("CREATE VIEW v AS SELECT id FROM u"),
        ),
        both(t(), ddl("CREATE VIEW v AS SELECT id FROM t")),
        Written(
            (
                "op.execute('DROP VIEW `v`')\n"
                "op.drop_table('u')\n"
                "op.execute('CREATE VIEW v AS SELECT id FROM t')"
            ),
            (
                "op.execute('DROP VIEW `v`')\n"
                "op.create_table('u',\n"
                "sa.Column('id', mysql.INTEGER(display_width=11), autoincrement=True, "
                "nullable=False),\n"
                "sa.PrimaryKeyConstraint('id'),\n"
                "mariadb_collate='utf8mb4_general_ci',\n"
                "mariadb_default_charset='utf8mb4',\n"
                "mariadb_engine='InnoDB'\n"
                ")\n"
                "op.execute('CREATE SQL SECURITY DEFINER VIEW `v` AS select `u`.`id` "
                "AS `id` from `u`')"
            ),
        ),
    ),
    "a trigger of a column that goes": Change(
        both(
            t(column("a", Integer)),
            ddl("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1"),
        ),
        both(
            t(column("b", Integer)),
            ddl("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1"),
        ),
        Written(
            (
                "op.execute('DROP TRIGGER `r`')\n"
                "op.add_column('t', sa.Column('b', sa.Integer(), nullable=True))\n"
                "op.drop_column('t', 'a')\n"
                "op.execute('CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1')"
            ),
            (
                "op.execute('DROP TRIGGER `r`')\n"
                "op.add_column('t', sa.Column('a', mysql.INTEGER(display_width=11), "
                "autoincrement=False, nullable=True))\n"
                "op.drop_column('t', 'b')\n"
                "op.execute('CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1')"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_objects_change_both_ways(name: str, empty: Callable[[], Engine]) -> None:
    assert moved(empty, CHANGES[name]) == CHANGES[name].expected
