"""What is no change of a MariaDB, in whatever words the database has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Computed,
    Date,
    DateTime,
    Double,
    Engine,
    Enum,
    Float,
    ForeignKey,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects import mysql

from alembic_guard.runtime.scratch_mysql import said
from tests.autogenerate.changes import State, Written, make, metadata_of, written
from tests.autogenerate.compare.mysql.states import ages, ck, fk, ix, t, uq
from tests.autogenerate.compare.rows import both, column, convention, ddl, first, table

NOTHING = Written("", "")
REF = "CREATE TABLE ages (id INT PRIMARY KEY AUTO_INCREMENT)"


@dataclass(frozen=True)
class Same:
    """A state that the database is in.

    :param sql: changes its words; :param typed: all that it is made by, in place of the models.
    """

    state: State
    sql: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


SAME = {
    "everything that models can say of a table": Same(
        both(
            ages,
            t(
                column("age", Integer),
                column("name", String(50), server_default="x"),
                column("email", String(50), unique=True),
                ck("email > name"),
                ck("name <> 'x'", "n"),
                uq("email", "age"),
                uq("name", "age", name="u"),
                fk(ondelete="CASCADE"),
                ix("i", "name", unique=True),
                comment="it's",
            ),
        )
    ),
    "types with their arguments": Same(
        t(
            column("a", SmallInteger),
            column("b", BigInteger),
            column("c", Numeric(10, 2)),
            column("d", Float(24)),
            column("e", Double()),
            column("f", DateTime),
            column("g", Time),
            column("h", Date),
            column("i", Interval),
            column("j", LargeBinary),
            column("k", LargeBinary(20)),
            column("l", Uuid),
            column("m", Text(1000)),
            column("n", Numeric),
        )
    ),
    "types of this server": Same(
        t(
            column("a", mysql.INTEGER(unsigned=True)),
            column("b", mysql.TINYINT(unsigned=True, zerofill=True)),
            column("c", mysql.DATETIME(fsp=6)),
            column("d", mysql.SET("a", "b")),
            column("e", mysql.YEAR),
            column("f", mysql.BIT(5)),
            column("g", mysql.MEDIUMTEXT),
            column("h", mysql.LONGBLOB),
            column("i", mysql.DECIMAL(8, 3, unsigned=True)),
            column("j", mysql.DOUBLE(10, 3)),
            column("k", mysql.CHAR(3, charset="latin1", collation="latin1_bin")),
            column("l", mysql.VARCHAR(3, national=True)),
            column("m", mysql.BINARY(3)),
        )
    ),
    "booleans": Same(
        t(column("a", Boolean), column("b", Boolean, server_default=sa.true(), nullable=False)),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a TINYINT(1), "
                "b BOOL NOT NULL DEFAULT 1)"
            ),
        ),
    ),
    "booleans and enums that are a CHECK": Same(
        t(
            column("a", Boolean(create_constraint=True)),
            column("b", Enum("x", "y", native_enum=False, create_constraint=True)),
            column("c", Boolean(create_constraint=True, name="is_c")),
        )
    ),
    "display widths": Same(
        t(
            column("a", Integer),
            column("b", BigInteger),
            column("c", mysql.TINYINT(4)),
            column("d", mysql.SMALLINT(unsigned=True)),
            column("e", mysql.INTEGER(display_width=5)),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT(5) AUTO_INCREMENT PRIMARY KEY, a INT(3), b BIGINT(1), "
                "c TINYINT(2), d SMALLINT(9) UNSIGNED, e INT)"
            ),
        ),
    ),
    "now, in all of its words": Same(
        t(
            column("a", DateTime, server_default=sa.func.now()),
            column("b", mysql.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP"), nullable=False),
            column("c", DateTime, server_default=text("now()")),
            column("d", mysql.DATETIME(fsp=3), server_default=text("CURRENT_TIMESTAMP(3)")),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a DATETIME DEFAULT "
                "CURRENT_TIMESTAMP, b TIMESTAMP NOT NULL DEFAULT localtime(), c DATETIME DEFAULT "
                "localtimestamp, d DATETIME(3) DEFAULT now(3))"
            ),
        ),
    ),
    "ON UPDATE": Same(
        t(
            column(
                "a",
                mysql.TIMESTAMP,
                server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
                nullable=False,
            ),
            column("b", DateTime, server_default=text("NULL ON UPDATE CURRENT_TIMESTAMP")),
        )
    ),
    "a TIMESTAMP that is nullable": Same(
        t(column("a", mysql.TIMESTAMP), column("b", mysql.TIMESTAMP, nullable=False))
    ),
    "DEFAULT NULL": Same(
        t(
            column("a", Integer, server_default=text("NULL")),
            column("b", String(5)),
            column("c", Text),
        )
    ),
    "defaults in quotes and without": Same(
        t(
            column("a", Integer, server_default="5"),
            column("b", Integer, server_default=text("5")),
            column("c", Numeric(10, 2), server_default="1.5"),
            column("d", String(5), server_default="5"),
            column("e", Float, server_default=text("1e3")),
            column("f", Integer, server_default=text("-5")),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT DEFAULT 5, b INT DEFAULT "
                "'5', c DECIMAL(10,2) DEFAULT 1.50, d VARCHAR(5) DEFAULT 5, e FLOAT DEFAULT 1000, "
                "f INT DEFAULT '-5')"
            ),
        ),
    ),
    "defaults with quotes, colons and backslashes": Same(
        t(
            column("a", String(20), server_default="it's :x"),
            column("b", String(20), server_default=""),
            column("c", String(20), server_default='"x" \\:y'),
            column("d", Text, server_default="it's"),
        )
    ),
    "defaults that are expressions": Same(
        t(
            column("a", Integer, server_default=text("(1 + 2)")),
            column("b", String(40), server_default=text("(uuid())")),
            column("c", DateTime, server_default=text("(now() + INTERVAL 1 DAY)")),
            column("d", String(20), server_default=text("(concat('a', 'b'))")),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT DEFAULT (((1+2))), "
                "b VARCHAR(40) DEFAULT UUID(), c DATETIME DEFAULT (current_timestamp + interval 1"
                " day), d VARCHAR(20) DEFAULT CONCAT('a','b'))"
            ),
        ),
    ),
    "a default of binary and of bits": Same(
        t(
            column("a", mysql.BIT(3), server_default=text("b'101'")),
            column("b", mysql.VARBINARY(5), server_default=text("x'4142'")),
        )
    ),
    "json": Same(
        t(column("a", JSON), column("b", JSON, nullable=False)),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a LONGTEXT CHARACTER SET "
                "utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(a)), b JSON NOT NULL)"
            ),
        ),
    ),
    "enums": Same(
        t(
            column("a", Enum("x", "it's", "b\\c", "d,e", "(f)")),
            column("b", Enum("x", "y", name="e"), server_default="y", nullable=False),
            column("c", mysql.ENUM("x", "y", charset="latin1")),
        )
    ),
    "generated columns": Same(
        t(
            column("a", Integer),
            column("b", Integer, lambda: Computed("a * 2")),
            column("c", Integer, lambda: Computed("a + b", persisted=True)),
            column("d", String(20), lambda: Computed("concat(a, '\\:x')", persisted=False)),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b INT AS ((`a`)*2), "
                "c INT GENERATED ALWAYS AS (a+b) PERSISTENT, d VARCHAR(20) AS (CONCAT(a,':x')) "
                "VIRTUAL)"
            ),
        ),
    ),
    "CHECK in other words": Same(
        t(
            column("a", Integer),
            column("b", String(5)),
            ck("a > 0 AND a <> 5", "c"),
            ck("b IN ('x', 'Y') OR b LIKE 'a_'", "d"),
            ck("NOT (a IS NULL)", "e"),
            ck("a BETWEEN 1 AND 20", "f"),
            ck("length(b) > 1", "g"),
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(5), CONSTRAINT"
                " c CHECK (((`a`>0) && (a != 5))), CONSTRAINT d CHECK ((`b` in ('x','Y')) or "
                "(b like 'a_')), CONSTRAINT e CHECK (a IS NOT NULL), CONSTRAINT f CHECK (`a` "
                "between 1 and 20), CONSTRAINT g CHECK (LENGTH(b)>1))"
            ),
        ),
    ),
    "a CHECK behind a column": Same(
        t(column("a", Integer, lambda: sa.CheckConstraint("a > 0"))),
    ),
    "a CHECK behind a column that the database has behind all": Same(
        t(column("a", Integer, lambda: sa.CheckConstraint("a > 0"))),
        typed=("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, CHECK (a > 0))",),
    ),
    "a CHECK without a name that the database has behind its column": Same(
        t(column("a", Integer), ck("a > 0")),
        typed=("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT CHECK (a > 0))",),
    ),
    "names in the database alone": Same(
        both(ages, t(column("age", Integer, unique=True), ck("age > 0"), fk())),
        typed=(
            REF,
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT, age INT, PRIMARY KEY p (id), CONSTRAINT b "
                "CHECK (age > 0), CONSTRAINT c UNIQUE (age), CONSTRAINT d FOREIGN KEY (age) "
                "REFERENCES ages (id))"
            ),
        ),
    ),
    "a naming convention": Same(
        convention(
            t(column("a", Integer), column("b", Integer), ck("a > 0", "x"), uq("a"), ix("i", "b")),
            ck="ck_%(table_name)s_%(constraint_name)s",
            uq="uq_%(table_name)s_%(column_0_name)s",
            pk="pk_%(table_name)s",
        )
    ),
    "the index that a foreign key makes": Same(both(ages, t(column("age", Integer), fk("f")))),
    "an index in the place of what a foreign key makes": Same(
        both(ages, t(column("age", Integer), fk("f"))),
        typed=(
            REF,
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, age INT, KEY other (age))",
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (age) REFERENCES ages (id)",
        ),
    ),
    "an index of the models that a foreign key stands on": Same(
        both(ages, t(column("age", Integer, index=True), column("b", Integer), fk("f")))
    ),
    "a longer index that a foreign key stands on": Same(
        both(ages, t(column("age", Integer), column("b", Integer), ix("i", "age", "b"), fk("f")))
    ),
    "actions of a foreign key that do nothing": Same(
        both(ages, t(column("age", Integer), fk("f", ondelete="NO ACTION"))),
        typed=(
            REF,
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, age INT, CONSTRAINT f FOREIGN "
                "KEY (age) REFERENCES ages (id) ON DELETE RESTRICT ON UPDATE NO ACTION)"
            ),
        ),
    ),
    "a table that refers to itself, and two that refer to each other": Same(
        both(
            t(column("a", Integer, lambda: ForeignKey("t.id"))),
            table(
                "u",
                column("id", Integer, primary_key=True),
                column("a", Integer, lambda: ForeignKey("w.id", name="f1", use_alter=True)),
            ),
            table(
                "w",
                column("id", Integer, primary_key=True),
                column("a", Integer, lambda: ForeignKey("u.id", name="f2")),
            ),
        )
    ),
    "a primary key of several columns": Same(
        table(
            "t",
            column("b", Integer, primary_key=True, autoincrement=False),
            column("a", String(5), primary_key=True),
        )
    ),
    "a table without a key": Same(table("t", column("a", Integer))),
    "a primary key that is unique, too": Same(
        table("t", column("id", Integer, primary_key=True, unique=True))
    ),
    "indexes with all that they may have": Same(
        t(
            column("a", String(50)),
            column("b", Integer),
            column("c", Text),
            ix("i1", "a", "b", mariadb_length={"a": 5}, mysql_length={"a": 5}),
            ix("i2", lambda: text("b DESC"), "a"),
            ix("i3", "c", mariadb_prefix="FULLTEXT", mysql_prefix="FULLTEXT"),
            ix("i4", "b", mariadb_using="hash", mysql_using="hash"),
            ix("i5", "b", unique=True),
        )
    ),
    "an index typed in other words": Same(
        t(column("a", String(50)), column("b", Integer), ix("i", "a", "b")),
        typed=(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(50), b INT)",
            "create index `i` using btree on `t` (`a` asc, `b`) comment 'by hand'",
        ),
    ),
    "a unique index that the models have as a constraint": Same(
        t(column("a", Integer), uq("a", name="u")),
        typed=(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT)",
            "CREATE UNIQUE INDEX u ON t (a)",
        ),
    ),
    "a collation that is the table's": Same(
        t(column("a", String(5, collation="utf8mb4_general_ci")), column("b", String(5))),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(5), b VARCHAR(5)) "
                "COLLATE utf8mb4_general_ci"
            ),
        ),
    ),
    "another collation of the table that no model speaks of": Same(
        t(column("a", String(5)), column("b", Enum("x", "y"))),
        sql=("ALTER TABLE t CONVERT TO CHARACTER SET latin1",),
    ),
    "a collation of a column that the table has in the models": Same(
        t(
            column("a", String(5)),
            mariadb_charset="utf8mb4",
            mariadb_collate="utf8mb4_bin",
            mysql_charset="utf8mb4",
        ),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(5) COLLATE "
                "utf8mb4_bin) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin"
            ),
        ),
    ),
    "utf8 and utf8mb3": Same(
        t(column("a", String(5)), mariadb_charset="utf8"),
        typed=(
            (
                "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(5)) "
                "CHARACTER SET utf8mb3"
            ),
        ),
    ),
    "options that no model speaks of": Same(
        t(column("a", Integer)),
        sql=(
            "ALTER TABLE t ROW_FORMAT=COMPRESSED, ENGINE=InnoDB, STATS_PERSISTENT=1",
            "INSERT INTO t VALUES (7, 7)",
        ),
    ),
    "partitions that no model speaks of": Same(
        table("t", column("id", Integer, primary_key=True)),
        sql=("ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4",),
    ),
    "more partitions than the models have": Same(
        table(
            "t",
            column("id", Integer, primary_key=True, autoincrement=False),
            mariadb_partition_by="RANGE (id) (PARTITION p0 VALUES LESS THAN (5))",
        ),
        sql=("ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES LESS THAN (9))",),
    ),
    "comments": Same(
        t(
            column("a", Integer, comment='it\'s "x" 100 \\ :y'),
            column("b", String(5), comment="", nullable=False),
            comment="of the table",
        )
    ),
    "AUTO_INCREMENT that has counted": Same(t(), sql=("INSERT INTO t VALUES (41)",)),
    "the order of columns": Same(
        t(column("a", Integer), column("b", Integer)),
        sql=("ALTER TABLE t MODIFY COLUMN b INT FIRST",),
    ),
    "names that must be quoted": Same(
        table(
            "my `t`",
            column("id", Integer, primary_key=True),
            column("a b", String(5)),
            column("order", Integer),
            column("per cent", Integer),
            ck("`a b` <> 'x'"),
            uq("a b", "order"),
            ix("i.x", "a b"),
        )
    ),
    "views and routines that nobody declares": Same(
        t(column("a", Integer)),
        sql=(
            "CREATE VIEW v AS SELECT * FROM t",
            "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
            "CREATE FUNCTION f () RETURNS INT RETURN 1",
            "CREATE PROCEDURE p () SELECT 1",
            "CREATE SEQUENCE s",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM t",
        ),
    ),
    "views in other words": Same(
        both(
            t(column("a", String(5))),
            ddl("CREATE VIEW v AS SELECT a AS b FROM t WHERE a <> 'X' AND (id > 5)"),
        ),
        typed=(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(5))",
            (
                "create algorithm = undefined definer = root@localhost sql security definer view "
                "`v` as select t.a b from `t` /* the other */ where (t.a != 'X') and t.id > 5"
            ),
        ),
    ),
    "a view that reads all columns": Same(
        both(t(column("a", String(5))), ddl("CREATE VIEW v AS SELECT * FROM t")),
    ),
    "views on views": Same(
        both(
            t(column("a", Integer)),
            ddl("CREATE VIEW z AS SELECT a FROM t", "CREATE VIEW a AS SELECT a + 1 AS b FROM z"),
        ),
    ),
    "routines, triggers and sequences in other words": Same(
        both(
            t(column("a", Integer)),
            ddl(
                "CREATE FUNCTION f (x INT) RETURNS INT DETERMINISTIC RETURN x + 1",
                "CREATE PROCEDURE p (IN x INT) BEGIN SELECT x; SELECT 'A;b'; END",
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = f(NEW.a)",
                "CREATE SEQUENCE s START WITH 5 INCREMENT BY 2",
            ),
        ),
        typed=(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT)",
            "create definer=root function `f`(x int) returns int\ndeterministic return x + 1",
            "CREATE PROCEDURE p(IN x INT)\nBEGIN\n  SELECT x; -- one\n  select 'A;b';\nEND",
            "create trigger `r` before insert on `t` for each row set NEW.a = f( NEW.a )",
            "CREATE SEQUENCE s INCREMENT 2 START 5",
        ),
    ),
    "a default from a sequence": Same(
        first("CREATE SEQUENCE s", t(column("a", BigInteger, server_default=text("nextval(s)")))),
    ),
    "a table mapped to a view": Same(
        both(
            t(column("a", Integer)),
            table("v", column("a", Integer), info={"is_view": True}),
            ddl("CREATE VIEW v AS SELECT a FROM t"),
        ),
        typed=(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT)",
            "CREATE VIEW v AS SELECT a FROM t",
        ),
    ),
    "a table that is typed, not mapped": Same(
        both(t(), ddl("CREATE TABLE u (a INT, b INT DEFAULT 1, KEY (a))"))
    ),
    "a table of another database": Same(
        both(t(), table("proc", column("db", String(5)), schema="mysql")),
        typed=("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)",),
        options={"include_object": lambda item, *_: getattr(item, "schema", None) is None},
    ),
    "columns that are invisible": Same(
        both(t(), ddl("ALTER TABLE t ADD COLUMN a INT INVISIBLE")),
        options={"include_name": lambda name, kind, _: (kind, name) != ("column", "a")},
    ),
}


def unchanged(empty: Callable[[], Engine], row: Same) -> Written:
    engine = empty()
    make(engine, (lambda _: None) if row.typed else row.state, (*row.typed, *row.sql))
    with engine.begin() as connection:
        return written(connection, metadata_of(row.state), **row.options)


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_changes_nothing(name: str, empty: Callable[[], Engine]) -> None:
    assert unchanged(empty, SAME[name]) == NOTHING


@pytest.mark.parametrize(
    "name",
    [
        "everything that models can say of a table",
        "types of this server",
        "defaults that are expressions",
        "generated columns",
        "CHECK in other words",
        "views in other words",
        "routines, triggers and sequences in other words",
    ],
)
def test_what_was_restored_from_a_dump_is_the_same(name: str, empty: Callable[[], Engine]) -> None:
    row = SAME[name]
    make(engine := empty(), row.state)
    with engine.connect() as connection:
        dump = [sql for _, sql in said(connection)]
    engine = empty()
    with engine.begin() as connection:
        for sql in dump:
            connection.exec_driver_sql(sql.replace("%", "%%"))
        assert written(connection, metadata_of(row.state)) == NOTHING
