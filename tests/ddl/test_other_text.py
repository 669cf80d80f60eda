"""What is read of SQL for MariaDB, MySQL and SQLite."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropIndex,
    DropTable,
    ModifyColumn,
    Reindex,
    RenameColumn,
    RenameTable,
    SetDefault,
)
from alembic_guard.ddl.data import (
    ControlTransaction,
    Copy,
    Delete,
    Insert,
    LockTable,
    Maintain,
    Opaque,
    Read,
    SetParameter,
    Truncate,
    Update,
)
from alembic_guard.ddl.objects import (
    AlterObject,
    CreateObject,
    DropObject,
    Privilege,
    Rename,
)
from alembic_guard.ddl.other_text import read_other
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType

INTEGER = SqlType("integer")
TEXT = SqlType("text")


def varchar(length: int) -> SqlType:
    """VARCHAR of a length."""
    return SqlType("varchar", (str(length),))


CREATE_TABLE: list[tuple[str, tuple[Action, ...]]] = [
    (
        "CREATE TABLE IF NOT EXISTS shop.`order` (id INT UNSIGNED NOT NULL AUTO_INCREMENT, "
        "PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='AS'",
        (
            CreateTable(
                "shop.order",
                (Column("id", SqlType("integer", unsigned=True), False, identity=True),),
                (Constraint("primary key", columns=("id",)),),
                if_not_exists=True,
            ),
        ),
    ),
    (
        "CREATE TABLE t (a INT REFERENCES p (id) ON DELETE SET NULL NOT NULL, b INT UNIQUE, "
        "c INT CHECK (c > 0), d INT PRIMARY KEY)",
        (
            CreateTable(
                "t",
                (
                    Column(
                        "a",
                        INTEGER,
                        False,
                        constraints=(
                            Constraint(
                                "foreign key",
                                columns=("a",),
                                refers_to="p",
                                referred_columns=("id",),
                            ),
                        ),
                    ),
                    Column("b", INTEGER, constraints=(Constraint("unique", columns=("b",)),)),
                    Column(
                        "c",
                        INTEGER,
                        constraints=(Constraint("check", columns=("c",), expression="c > 0"),),
                    ),
                    Column("d", INTEGER, constraints=(Constraint("primary key", columns=("d",)),)),
                ),
            ),
        ),
    ),
    (
        "CREATE TABLE t (a INT, b INT AS (a + 1) STORED, c INT GENERATED ALWAYS AS (a) VIRTUAL, "
        "d INT AS (a), e INT AS (a) PERSISTENT)",
        (
            CreateTable(
                "t",
                (
                    Column("a", INTEGER),
                    Column("b", INTEGER, generated="stored"),
                    Column("c", INTEGER, generated="virtual"),
                    Column("d", INTEGER, generated="virtual"),
                    Column("e", INTEGER, generated="stored"),
                ),
            ),
        ),
    ),
    (
        "CREATE TABLE t (a INT, b TEXT, KEY i (a), UNIQUE INDEX u USING HASH (a), "
        "FULLTEXT KEY f (b), KEY e ((a + 1)), KEY p (b(10) DESC), "
        "CONSTRAINT fk FOREIGN KEY (a) REFERENCES s.p (x), CONSTRAINT c CHECK (a > 0))",
        (
            CreateTable(
                "t",
                (Column("a", INTEGER), Column("b", TEXT)),
                (
                    Constraint("unique", "u", ("a",)),
                    Constraint(
                        "foreign key", "fk", ("a",), refers_to="s.p", referred_columns=("x",)
                    ),
                    Constraint("check", "c", ("a",), expression="a > 0"),
                ),
                (
                    Index("i", ("a",)),
                    Index("f", ("b",), method="fulltext"),
                    Index("e", ("a + 1",), expressions=True),
                    Index("p", ("b",)),
                ),
            ),
        ),
    ),
    ("CREATE TABLE t AS SELECT 1", (CreateTable("t", as_query=True),)),
    ("CREATE TABLE t AS WITH q AS (SELECT 1) SELECT 1", (CreateTable("t", as_query=True),)),
    ("CREATE TABLE t (SELECT 1)", (CreateTable("t", as_query=True),)),
    (
        "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING",
        (CreateTable("t", (Column("a", INTEGER),)),),
    ),
    (
        "CREATE TABLE t (a INT) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (5))",
        (CreateTable("t", (Column("a", INTEGER),), partitioned=True),),
    ),
    ("CREATE TABLE t LIKE u", (CreateTable("t", like=("u",)),)),
    ("CREATE TABLE t (LIKE u)", (CreateTable("t", like=("u",)),)),
    (
        "CREATE TEMPORARY TABLE t (a INT)",
        (CreateTable("t", (Column("a", INTEGER),), temporary=True),),
    ),
    (
        "CREATE OR REPLACE TABLE t (a INT)",
        (DropTable("t", if_exists=True), CreateTable("t", (Column("a", INTEGER),))),
    ),
]

ALTER_TABLE: list[tuple[str, tuple[Action, ...]]] = [
    (
        "ADD COLUMN a VARCHAR(10) NOT NULL DEFAULT 'it''s, ok' COMMENT 'NULL' AFTER b",
        (AddColumn("t", Column("a", varchar(10), False, "'it''s, ok'"), position="after"),),
    ),
    ("ADD a INT FIRST", (AddColumn("t", Column("a", INTEGER), position="first"),)),
    (
        "ADD COLUMN IF NOT EXISTS a INT",
        (AddColumn("t", Column("a", INTEGER), if_not_exists=True),),
    ),
    (
        "ADD (a INT, b INT DEFAULT (1 + 2))",
        (
            AddColumn("t", Column("a", INTEGER)),
            AddColumn("t", Column("b", INTEGER, default="(1 + 2)")),
        ),
    ),
    (
        "ADD a TIMESTAMP DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NOT NULL",
        (AddColumn("t", Column("a", SqlType("timestamp"), False, "CURRENT_TIMESTAMP(6)")),),
    ),
    (
        "ADD a VARCHAR(5) CHARACTER SET latin1 COLLATE latin1_bin",
        (AddColumn("t", Column("a", varchar(5), collation="latin1_bin")),),
    ),
    (
        "ADD a ENUM('x', 'y') DEFAULT 'x'",
        (AddColumn("t", Column("a", SqlType("enum", ("x", "y")), default="'x'")),),
    ),
    ("ADD a INT DEFAULT -1 NULL", (AddColumn("t", Column("a", INTEGER, default="-1")),)),
    ("DROP COLUMN a, DROP b", (DropColumn("t", "a"), DropColumn("t", "b"))),
    (
        "MODIFY a BIGINT NOT NULL FIRST",
        (ModifyColumn("t", "a", Column("a", SqlType("bigint"), False), position="first"),),
    ),
    ("CHANGE COLUMN a b INT", (ModifyColumn("t", "a", Column("b", INTEGER)),)),
    (
        "ALTER COLUMN a SET DEFAULT (1), ALTER a DROP DEFAULT",
        (SetDefault("t", "a", "(1)"), DropDefault("t", "a")),
    ),
    ("RENAME COLUMN a TO b", (RenameColumn("t", "a", "b"),)),
    (
        "RENAME TO u, RENAME v, RENAME AS w",
        (RenameTable("t", "u"), RenameTable("t", "v"), RenameTable("t", "w")),
    ),
    ("RENAME INDEX i TO j", (Rename("index", "i", "j", "t"),)),
    ("ADD INDEX i (a)", (CreateIndex("t", Index("i", ("a",))),)),
    ("ADD KEY USING HASH (a)", (CreateIndex("t", Index(None, ("a",), method="hash")),)),
    ("ADD UNIQUE (a)", (AddConstraint("t", Constraint("unique", columns=("a",))),)),
    (
        "ADD CONSTRAINT u UNIQUE KEY (a, b)",
        (AddConstraint("t", Constraint("unique", "u", ("a", "b"))),),
    ),
    ("ADD PRIMARY KEY (a)", (AddConstraint("t", Constraint("primary key", columns=("a",))),)),
    (
        "ADD CONSTRAINT c CHECK (a > b) NOT ENFORCED",
        (
            AddConstraint(
                "t",
                Constraint("check", "c", ("a", "b"), enforced=False, expression="a > b"),
            ),
        ),
    ),
    (
        "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE ON UPDATE NO ACTION",
        (
            AddConstraint(
                "t",
                Constraint("foreign key", "f", ("a",), refers_to="p", referred_columns=("id",)),
            ),
        ),
    ),
    (
        "DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP CHECK c, DROP CONSTRAINT d",
        (
            DropConstraint("t", None, "primary key"),
            DropConstraint("t", "f", "foreign key"),
            DropConstraint("t", "c", "check"),
            DropConstraint("t", "d"),
        ),
    ),
    ("DROP INDEX i, DROP KEY j", (DropIndex("t", "i"), DropIndex("t", "j"))),
    (
        "ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
        (AlterTable("t", "engine", "InnoDB"), AlterTable("t", "row_format", "DYNAMIC")),
    ),
    (
        "ADD a INT, ALGORITHM=INPLACE, LOCK NONE",
        (
            AddColumn("t", Column("a", INTEGER)),
            AlterTable("t", "algorithm", "inplace"),
            AlterTable("t", "lock", "none"),
        ),
    ),
    (
        "CONVERT TO CHARACTER SET utf8mb4",
        (AlterTable("t", "convert to character set", "utf8mb4"),),
    ),
    ("DEFAULT CHARACTER SET latin1", (AlterTable("t", "character set", "latin1"),)),
    ("PARTITION BY HASH (a)", (AlterTable("t", "partition by", "HASH (a)"),)),
    ("DROP PARTITION p, q", (AlterTable("t", "drop partition", "p, q"),)),
    ("COMMENT 'it''s'", (AlterTable("t", "comment", "it's"),)),
    ("ALTER INDEX i INVISIBLE", (AlterObject("index", "i", "invisible"),)),
]

REST: list[tuple[str, tuple[Action, ...]]] = [
    ("DROP TABLE IF EXISTS a, s.b", (DropTable("a", False, True), DropTable("s.b", False, True))),
    ("DROP TEMPORARY TABLE a", (DropObject("temporary table", "a"),)),
    ("RENAME TABLE a TO b, c TO d", (RenameTable("a", "b"), RenameTable("c", "d"))),
    (
        "CREATE UNIQUE INDEX i USING BTREE ON t (a, b(3)) ALGORITHM=COPY LOCK=SHARED",
        (
            CreateIndex(
                "t",
                Index("i", ("a", "b"), unique=True, method="btree"),
                options=("algorithm=copy", "lock=shared"),
            ),
        ),
    ),
    (
        "CREATE FULLTEXT INDEX IF NOT EXISTS i ON t (a)",
        (CreateIndex("t", Index("i", ("a",), method="fulltext"), if_not_exists=True),),
    ),
    ("DROP INDEX i ON s.t", (DropIndex("s.t", "i"),)),
    ("ALTER ONLINE TABLE t DROP a", (AlterTable("t", "lock", "none"), DropColumn("t", "a"))),
    ("ALTER TABLE t WAIT 5 DROP a", (AlterTable("t", "wait", "5"), DropColumn("t", "a"))),
    ("INSERT IGNORE INTO t (a) VALUES ('SELECT')", (Insert("t"),)),
    ("INSERT INTO t SET a = (SELECT 1)", (Insert("t"),)),
    ("INSERT INTO t (a) SELECT 1", (Insert("t", from_query=True),)),
    ("REPLACE INTO t (SELECT 1)", (Insert("t", from_query=True),)),
    ("UPDATE t SET a = 1, t.b = (SELECT 1 WHERE 1)", (Update("t", False, ("a", "b")),)),
    ("UPDATE t JOIN u ON t.a = u.a SET t.b = 1 WHERE u.c", (Update("t", True, ("b",)),)),
    ("DELETE FROM t", (Delete("t"),)),
    ("DELETE FROM t WHERE a = 1 LIMIT 5", (Delete("t", where=True),)),
    (
        "DELETE b, r FROM books AS b JOIN readers r ON b.id = r.book WHERE 1",
        (Delete("books", where=True), Delete("readers", where=True)),
    ),
    ("WITH q AS (SELECT 1) DELETE FROM t WHERE a", (Delete("t", where=True),)),
    ("TRUNCATE TABLE t", (Truncate("t"),)),
    ("LOAD DATA INFILE 'x' INTO TABLE t", (Copy("t"),)),
    (
        "SELECT * FROM a JOIN s.b ON 1 WHERE x IN (SELECT y FROM c)",
        (Read(("a", "s.b", "c")),),
    ),
    ("WITH q AS (SELECT * FROM a) SELECT * FROM q FOR UPDATE", (Read(("a",), locking=True),)),
    ("SHOW TABLES", (Read(),)),
    (
        "SET FOREIGN_KEY_CHECKS=0, GLOBAL a = 1, b = 2, SESSION c = 3, @own := 4, @@sql_mode = ''",
        (
            SetParameter("foreign_key_checks", "0"),
            SetParameter("global.a", "1"),
            SetParameter("global.b", "2"),
            SetParameter("c", "3"),
            SetParameter("@own", "4"),
            SetParameter("sql_mode", "''"),
        ),
    ),
    ("SET NAMES utf8mb4", (SetParameter("names", "utf8mb4"),)),
    (
        "SET SESSION TRANSACTION READ ONLY",
        (SetParameter("transaction", "READ ONLY"),),
    ),
    (
        "SET STATEMENT lock_wait_timeout=1 FOR DROP TABLE t",
        (SetParameter("lock_wait_timeout", "1", local=True), DropTable("t")),
    ),
    ("START TRANSACTION; COMMIT", (ControlTransaction("BEGIN"), ControlTransaction("COMMIT"))),
    (
        "SAVEPOINT a; ROLLBACK TO a; ROLLBACK",
        (
            ControlTransaction("SAVEPOINT"),
            ControlTransaction("ROLLBACK TO"),
            ControlTransaction("ROLLBACK"),
        ),
    ),
    (
        "LOCK TABLES a WRITE, b AS c READ LOCAL; UNLOCK TABLES",
        (
            LockTable("a", "WRITE"),
            LockTable("b", "READ LOCAL"),
            ControlTransaction("UNLOCK TABLES"),
        ),
    ),
    ("FLUSH TABLES WITH READ LOCK", (LockTable("", "READ"),)),
    ("OPTIMIZE TABLE a, b", (Maintain("OPTIMIZE", "a"), Maintain("OPTIMIZE", "b"))),
    ("GRANT SELECT ON s.* TO 'u'@'%'", (Privilege("GRANT", "s.*"),)),
    ("REVOKE ALL PRIVILEGES ON s.t FROM u", (Privilege("REVOKE", "s.t"),)),
    (
        "CREATE OR REPLACE ALGORITHM=MERGE VIEW v AS SELECT * FROM t",
        (CreateObject("view", "v", "t", replace=True),),
    ),
    ("DROP VIEW IF EXISTS v, w", tuple(DropObject("view", each, if_exists=True) for each in "vw")),
    (
        "CREATE DEFINER=`a`@`b` TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN "
        "IF x THEN SET @a = CASE 1 WHEN 1 THEN 2 END; END IF; DELETE FROM u; END; DROP TRIGGER r",
        (CreateObject("trigger", "r", "t"), DropObject("trigger", "r")),
    ),
    (
        "CREATE FUNCTION f() RETURNS INT RETURN 1; DROP FUNCTION f",
        (CreateObject("function", "f"), DropObject("function", "f")),
    ),
    ("CALL f('a;b')", (Opaque("CALL"),)),
    (
        "DROP TABLE /* ; */ a -- b\n; # c\nDROP TABLE `b;c`",
        (DropTable("a"), DropTable("b;c")),
    ),
    ("", ()),
    (" ;; -- nothing", ()),
]

SQLITE: list[tuple[str, tuple[Action, ...]]] = [
    (
        'CREATE TABLE main.t ("a b", [c] TEXT COLLATE NOCASE CONSTRAINT n NOT NULL, '
        "d INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (c) ON CONFLICT IGNORE) WITHOUT ROWID",
        (
            CreateTable(
                "t",
                (
                    Column("a b"),
                    Column("c", TEXT, False, collation="NOCASE"),
                    Column(
                        "d",
                        INTEGER,
                        identity=True,
                        constraints=(Constraint("primary key", columns=("d",)),),
                    ),
                ),
                (Constraint("unique", columns=("c",)),),
            ),
        ),
    ),
    (
        "CREATE UNIQUE INDEX IF NOT EXISTS other.i ON t (lower(a), b COLLATE NOCASE DESC) "
        "WHERE a > 1",
        (
            CreateIndex(
                "other.t",
                Index("i", ("lower(a)", "b"), True, where="a > 1", expressions=True),
                if_not_exists=True,
            ),
        ),
    ),
    ("DROP INDEX i", (DropIndex("", "i"),)),
    ("ALTER TABLE t RENAME a TO b", (RenameColumn("t", "a", "b"),)),
    ("ALTER TABLE t RENAME TO u", (RenameTable("t", "u"),)),
    (
        "ALTER TABLE t ADD a INT REFERENCES p",
        (
            AddColumn(
                "t",
                Column(
                    "a",
                    INTEGER,
                    constraints=(Constraint("foreign key", columns=("a",), refers_to="p"),),
                ),
            ),
        ),
    ),
    ("PRAGMA foreign_keys=ON", (SetParameter("foreign_keys", "ON"),)),
    ("PRAGMA main.cache_size(5)", (SetParameter("cache_size", "5"),)),
    ("INSERT OR REPLACE INTO t DEFAULT VALUES", (Insert("t"),)),
    ("UPDATE OR IGNORE t SET (a, b) = (1, 2) FROM u", (Update("t", False, ("a", "b")),)),
    ("BEGIN IMMEDIATE; END", (ControlTransaction("BEGIN"), ControlTransaction("END"))),
    ("VACUUM; ANALYZE t", (Maintain("VACUUM"), Maintain("ANALYZE", "t"))),
    ("REINDEX; REINDEX i", (Reindex("database", ""), Reindex("index", "i"))),
    ("ATTACH 'x.db' AS x", (SetParameter("attach", "'x.db' AS x"),)),
]


@pytest.mark.parametrize(("sql", "expected"), CREATE_TABLE + REST)
def test_mariadb_is_read(sql: str, expected: tuple[Action, ...]) -> None:
    assert expected == read_other(sql, "mariadb")


@pytest.mark.parametrize(("clauses", "expected"), ALTER_TABLE)
def test_each_clause_of_alter_table_is_an_action(
    clauses: str, expected: tuple[Action, ...]
) -> None:
    assert expected == read_other(f"ALTER TABLE t {clauses}", "mysql")


@pytest.mark.parametrize(("sql", "expected"), SQLITE)
def test_sqlite_is_read(sql: str, expected: tuple[Action, ...]) -> None:
    assert expected == read_other(sql, "sqlite")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("FROB x", "FROB is no statement that is known"),
        ("ALTER TABLE t ADD", "a name was expected, not its end"),
        ("ALTER TABLE t RENAME COLUMN a b", "TO was expected, not 'b'"),
        ("CREATE TABLE t (a INT", "more was expected, not its end"),
        ("/*!40101 SET a = 1 */", "it has a comment that the server runs"),
        ("DROP TABLE t /*M! CASCADE */", "it has a comment that the server runs"),
    ],
)
def test_what_cannot_be_read_is_opaque_with_the_reason(sql: str, reason: str) -> None:
    assert read_other(sql, "mariadb") == (Opaque("SQL", reason),)


def test_a_quote_that_does_not_close_is_opaque() -> None:
    (action,) = read_other("SELECT 'a", "mysql")
    assert isinstance(action, Opaque)


def test_what_stands_around_an_opaque_statement_is_read() -> None:
    assert read_other("DROP TABLE a; FROB x; DROP TABLE b", "mysql") == (
        DropTable("a"),
        Opaque("SQL", "FROB is no statement that is known"),
        DropTable("b"),
    )


WORDS = "ALTER TABLE t ADD DROP COLUMN a ( ) , INDEX KEY SET = 1 'x' ; CREATE FROM WHERE . IF NOT "
WORDS += "EXISTS INSERT UPDATE DELETE AS SELECT REFERENCES CHECK PRIMARY DEFAULT ON `q` GRANT LOCK"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=14), st.sampled_from(["mysql", "sqlite"]))
def test_nothing_that_is_written_raises(words: list[str], kind: str) -> None:
    assert all(isinstance(action, Action) for action in read_other(" ".join(words), kind))


def test_without_sqlglot_the_parser_is_missing() -> None:
    script = (
        "import sys; sys.modules['sqlglot'] = None\n"
        "from alembic_guard.ddl.reading import ParserMissing\n"
        "from alembic_guard.ddl.other_text import read_other\n"
        "try: read_other('DROP TABLE t', 'mysql')\n"
        "except ParserMissing as missing: print(missing)\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "pip install 'alembic-guardrails[lint]'\n"


def test_sqlglot_is_not_imported_before_it_reads() -> None:
    script = "import sys, alembic_guard.ddl.other_text; print('sqlglot' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "False\n"
