"""Every fact on MariaDB is asked of a MariaDB: by whether it takes an ALGORITHM and a LOCK."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from alembic_guard.ddl.actions import AddColumn, CreateTable, ModifyColumn, SetNotNull, SetType
from alembic_guard.ddl.mysql import Algorithm, algorithm
from alembic_guard.ddl.other_text import read_other
from alembic_guard.schema import Column, Index, Table, Target
from alembic_guard.sql_types import SqlType
from tests.servers import mariadb_database

INSTANT = Algorithm("instant", "nothing", False)
NO_COPY = Algorithm("inplace", "nothing", False)
NO_COPY_READS_ONLY = Algorithm("inplace", "writes", False)
REBUILD = Algorithm("inplace", "nothing", True)
REBUILD_READS_ONLY = Algorithm("inplace", "writes", True)
COPY = Algorithm("copy", "writes", True)
ONLINE_COPY = Algorithm("copy", "nothing", True)

PARENT = "CREATE TABLE p (id INT PRIMARY KEY)"
BOOKS = """CREATE TABLE t (
    id INT PRIMARY KEY,
    number INT, required INT NOT NULL, counted INT DEFAULT 3, parent INT, indexed INT,
    short VARCHAR(10), v31 VARCHAR(31), v32 VARCHAR(32), v63 VARCHAR(63), v64 VARCHAR(64),
    latin VARCHAR(10) CHARACTER SET latin1, latin127 VARCHAR(127) CHARACTER SET latin1,
    latin128 VARCHAR(128) CHARACTER SET latin1, utf8 VARCHAR(10) CHARACTER SET utf8mb3,
    word VARCHAR(10) COLLATE utf8mb4_general_ci, key_word VARCHAR(10) COLLATE utf8mb4_general_ci,
    bytes VARBINARY(10), bytes130 VARBINARY(130),
    state ENUM('a', 'b'), flags SET('a', 'b'), note TEXT, price DECIMAL(10, 2), code CHAR(4),
    at TIMESTAMP NULL, place POINT NOT NULL,
    KEY of_indexed (indexed), KEY of_word (key_word), UNIQUE KEY of_counted (counted),
    CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES p (id),
    CONSTRAINT positive CHECK (counted > 0)
)"""

ROWS = [
    ("ADD COLUMN x INT", INSTANT),
    ("ADD COLUMN x INT FIRST", INSTANT),
    ("ADD COLUMN x INT AFTER id", INSTANT),
    ("ADD COLUMN x INT NOT NULL", INSTANT),
    ("ADD COLUMN x INT NOT NULL DEFAULT 5", INSTANT),
    ("ADD COLUMN x DATETIME DEFAULT CURRENT_TIMESTAMP", INSTANT),
    ("ADD COLUMN x DATETIME DEFAULT NOW() ON UPDATE NOW()", INSTANT),
    ("ADD COLUMN x INT DEFAULT (1 + 2)", INSTANT),
    ("ADD COLUMN x DOUBLE DEFAULT (rand())", INSTANT),
    ("ADD COLUMN x VARCHAR(30) DEFAULT (concat('a', 'b'))", INSTANT),
    ("ADD COLUMN x VARCHAR(36) DEFAULT (uuid())", COPY),
    ("ADD COLUMN x VARCHAR(36) DEFAULT uuid()", COPY),
    ("ADD COLUMN x BIGINT DEFAULT (uuid_short())", COPY),
    ("ADD COLUMN x INT DEFAULT (number + 1)", COPY),
    ("ADD COLUMN x INT AS (number + 1) VIRTUAL", INSTANT),
    ("ADD COLUMN x INT AS (number + 1) STORED", COPY),
    ("ADD COLUMN x INT AUTO_INCREMENT UNIQUE", REBUILD_READS_ONLY),
    ("ADD COLUMN x INT UNIQUE", REBUILD),
    ("ADD COLUMN x INT REFERENCES p (id)", COPY),
    ("ADD COLUMN x INT CHECK (x > 0)", INSTANT),
    ("DROP COLUMN number", INSTANT),
    ("DROP COLUMN indexed", NO_COPY),
    ("RENAME COLUMN number TO renamed", INSTANT),
    ("CHANGE number renamed INT", INSTANT),
    ("CHANGE number renamed BIGINT", COPY),
    ("MODIFY number INT COMMENT 'x'", INSTANT),
    ("MODIFY number INT DEFAULT 4", INSTANT),
    ("MODIFY number INT(5)", INSTANT),
    ("MODIFY number INT FIRST", INSTANT),
    ("MODIFY number INT AFTER required", INSTANT),
    ("MODIFY number INT NOT NULL", REBUILD),
    ("MODIFY required INT NULL", REBUILD),
    ("MODIFY number BIGINT", COPY),
    ("MODIFY number SMALLINT", COPY),
    ("MODIFY number INT UNSIGNED", COPY),
    ("MODIFY id INT NOT NULL AUTO_INCREMENT", COPY),
    ("MODIFY price DECIMAL(12, 2)", COPY),
    ("MODIFY code CHAR(8)", COPY),
    ("MODIFY code VARCHAR(4)", COPY),
    ("MODIFY note MEDIUMTEXT", COPY),
    ("MODIFY at TIMESTAMP(6) NULL", COPY),
    ("MODIFY at DATETIME NULL", COPY),
    ("MODIFY short VARCHAR(20)", INSTANT),
    ("MODIFY short VARCHAR(64)", INSTANT),
    ("MODIFY short VARCHAR(5)", COPY),
    ("MODIFY short TEXT", COPY),
    ("MODIFY v31 VARCHAR(64)", INSTANT),
    ("MODIFY v32 VARCHAR(63)", INSTANT),
    ("MODIFY v32 VARCHAR(64)", COPY),
    ("MODIFY v63 VARCHAR(64)", COPY),
    ("MODIFY v64 VARCHAR(300)", INSTANT),
    ("MODIFY latin VARCHAR(255) CHARACTER SET latin1", INSTANT),
    ("MODIFY latin VARCHAR(10)", COPY),
    ("MODIFY latin127 VARCHAR(256) CHARACTER SET latin1", INSTANT),
    ("MODIFY latin128 VARCHAR(255) CHARACTER SET latin1", INSTANT),
    ("MODIFY latin128 VARCHAR(256) CHARACTER SET latin1", COPY),
    ("MODIFY utf8 VARCHAR(10) CHARACTER SET utf8mb4", INSTANT),
    ("MODIFY word VARCHAR(10) CHARACTER SET latin1", COPY),
    ("MODIFY word VARCHAR(10) COLLATE utf8mb4_bin", INSTANT),
    ("MODIFY key_word VARCHAR(10) COLLATE utf8mb4_bin", NO_COPY),
    ("MODIFY bytes VARBINARY(20)", INSTANT),
    ("MODIFY bytes130 VARBINARY(300)", COPY),
    ("MODIFY state ENUM('a', 'b', 'c')", INSTANT),
    ("MODIFY state ENUM('b', 'a')", COPY),
    ("MODIFY state ENUM('a', 'x', 'b')", COPY),
    ("MODIFY state ENUM('a')", COPY),
    ("MODIFY flags SET('a', 'b', 'c')", INSTANT),
    ("MODIFY flags SET('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')", COPY),
    ("MODIFY flags SET('b', 'a')", COPY),
    ("ALTER number SET DEFAULT 5", INSTANT),
    ("ALTER counted DROP DEFAULT", INSTANT),
    ("ADD INDEX i (number)", NO_COPY),
    ("ADD UNIQUE (number)", NO_COPY),
    ("ADD FULLTEXT INDEX i (note)", REBUILD_READS_ONLY),
    ("ADD SPATIAL INDEX i (place)", NO_COPY_READS_ONLY),
    ("DROP INDEX of_indexed", NO_COPY),
    ("RENAME INDEX of_indexed TO renamed", INSTANT),
    ("ALTER INDEX of_indexed IGNORED", INSTANT),
    ("ADD FOREIGN KEY (number) REFERENCES p (id)", COPY),
    ("DROP FOREIGN KEY of_parent", INSTANT),
    ("ADD CHECK (number > 0)", COPY),
    ("DROP CONSTRAINT positive", INSTANT),
    ("DROP PRIMARY KEY", COPY),
    ("ENGINE=InnoDB", REBUILD),
    ("FORCE", REBUILD),
    ("ROW_FORMAT=COMPRESSED", REBUILD),
    ("CONVERT TO CHARACTER SET latin1", COPY),
    ("CHARACTER SET latin1", INSTANT),
    ("COMMENT='x'", INSTANT),
    ("AUTO_INCREMENT=100", INSTANT),
    ("RENAME TO renamed", INSTANT),
    ("ADD SYSTEM VERSIONING", COPY),
]

# Those on tables of their own.
OTHER_ROWS = [
    ("CREATE TABLE t (id INT)", "ADD PRIMARY KEY (id)", REBUILD),
    ("CREATE TABLE t (id INT)", "ADD COLUMN x INT PRIMARY KEY", REBUILD),
    ("CREATE TABLE t (id INT)", "ENGINE=Aria", COPY),
    ("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT)", "MODIFY id INT", INSTANT),
    ("CREATE TABLE t (a TEXT, FULLTEXT KEY (a))", "ADD x INT", REBUILD_READS_ONLY),
    ("CREATE TABLE t (a TEXT, b INT, FULLTEXT KEY (a))", "DROP b", REBUILD_READS_ONLY),
    ("CREATE TABLE t (a TEXT, b INT, FULLTEXT KEY (a))", "ADD KEY (b)", NO_COPY),
    (
        "CREATE TABLE t (a TEXT, b TEXT, FULLTEXT KEY (a))",
        "ADD FULLTEXT KEY (b)",
        NO_COPY_READS_ONLY,
    ),
    ("CREATE TABLE t (a INT) WITH SYSTEM VERSIONING", "DROP SYSTEM VERSIONING", REBUILD_READS_ONLY),
]


@pytest.fixture(scope="module")
def connection(mariadb_server: URL) -> Iterator[Connection]:
    """An empty database on a MariaDB."""
    with mariadb_database(mariadb_server) as url:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection


def table_of(sql: str) -> Table:
    """The table that a CREATE TABLE makes."""
    (create,) = read_other(sql, "mariadb")
    assert isinstance(create, CreateTable)
    return Table(
        create.table,
        {column.name: column for column in create.columns},
        indexes={str(place): index for place, index in enumerate(create.indexes)},
    )


def accepts(connection: Connection, create: str, clause: str, options: str) -> bool:
    """Whether the server takes a clause with options, on a new table."""
    for sql in ("DROP TABLE IF EXISTS t, renamed", create):
        connection.execute(text(sql))
    try:
        connection.execute(text(f"ALTER TABLE t {clause}, {options}"))
    except SQLAlchemyError:
        return False
    return True


def measured(connection: Connection, create: str, clause: str) -> Algorithm:
    """The lightest algorithm that the server takes, and what it blocks."""
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {PARENT.removeprefix('CREATE TABLE ')}"))

    def takes(options: str) -> bool:
        return accepts(connection, create, clause, options)

    # MariaDB takes INSTANT and NOCOPY for what it copies nevertheless (ENGINE=Aria).
    if not takes("ALGORITHM=INPLACE"):
        assert takes("ALGORITHM=COPY")
        return ONLINE_COPY if takes("ALGORITHM=COPY, LOCK=NONE") else COPY
    if takes("ALGORITHM=INSTANT"):
        return Algorithm("instant", "nothing", False)
    rebuilds = not takes("ALGORITHM=NOCOPY")
    if takes("ALGORITHM=INPLACE, LOCK=NONE"):
        return Algorithm("inplace", "nothing", rebuilds)
    return Algorithm("inplace", "writes", rebuilds)


def version_of(connection: Connection) -> tuple[int, ...]:
    """The version of the server."""
    found = connection.dialect.server_version_info or ()
    return tuple(number for number in found if isinstance(number, int))


def told(clause: str, create: str, version: tuple[int, ...]) -> Algorithm:
    """What is told of a clause."""
    (action,) = read_other(f"ALTER TABLE t {clause}", "mariadb")
    target = Target("mariadb", version, charset="utf8mb4")
    return algorithm(action, target, table_of(create))


@pytest.mark.parametrize(("clause", "expected"), ROWS, ids=[clause for clause, _ in ROWS])
def test_mariadb_does_what_is_told_of_it(
    connection: Connection, clause: str, expected: Algorithm
) -> None:
    version = version_of(connection)
    assert expected == told(clause, BOOKS, (10, 11))
    assert measured(connection, BOOKS, clause) == told(clause, BOOKS, version)


@pytest.mark.parametrize(("create", "clause", "expected"), OTHER_ROWS)
def test_mariadb_does_what_is_told_of_it_with_other_tables(
    connection: Connection, create: str, clause: str, expected: Algorithm
) -> None:
    version = version_of(connection)
    assert expected == told(clause, create, (10, 11))
    assert measured(connection, create, clause) == told(clause, create, version)


@pytest.mark.parametrize(("column", "expected"), [("number", NO_COPY), ("indexed", INSTANT)])
def test_mariadb_builds_no_more_than_the_index_of_an_unchecked_foreign_key(
    connection: Connection, column: str, expected: Algorithm
) -> None:
    clause = f"ADD FOREIGN KEY ({column}) REFERENCES p (id)"
    connection.execute(text("SET foreign_key_checks = 0"))
    try:
        found = measured(connection, BOOKS, clause)
    finally:
        connection.execute(text("SET foreign_key_checks = 1"))
    (action,) = read_other(f"ALTER TABLE t {clause}", "mariadb")
    target = Target("mariadb", (10, 11))
    table = table_of(BOOKS)
    assert found == algorithm(action, target, table, foreign_key_checks=False) == expected


def test_mariadb_partitions_a_table_by_a_copy(connection: Connection) -> None:
    create, clause = "CREATE TABLE t (id INT PRIMARY KEY)", "PARTITION BY HASH (id)"
    connection.execute(text("DROP TABLE IF EXISTS t"))
    connection.execute(text(create))
    for options in ("ALGORITHM=INPLACE", "ALGORITHM=COPY, LOCK=NONE"):
        with pytest.raises(SQLAlchemyError):
            connection.execute(text(f"ALTER TABLE t {options} {clause}"))
    connection.execute(text(f"ALTER TABLE t ALGORITHM=COPY, LOCK=SHARED {clause}"))
    assert told(clause, create, (10, 11)) == COPY


# "Online DDL Operations" of the MySQL 8.4 manual; there is no MySQL here to ask.
MYSQL_ROWS = [
    ("ADD COLUMN x INT", (8, 0, 11), REBUILD),
    ("ADD COLUMN x INT", (8, 0, 12), INSTANT),
    ("ADD COLUMN x INT FIRST", (8, 0, 28), REBUILD),
    ("ADD COLUMN x INT FIRST", (8, 0, 29), INSTANT),
    ("ADD COLUMN x INT DEFAULT (1 + 2)", (8, 4), COPY),
    ("ADD COLUMN x INT REFERENCES p (id)", (8, 4), INSTANT),
    ("ADD COLUMN x INT REFERENCES p (id)", (9, 0), COPY),
    ("ADD COLUMN x INT AUTO_INCREMENT UNIQUE", (8, 4), REBUILD_READS_ONLY),
    ("DROP COLUMN number", (8, 0, 28), REBUILD),
    ("DROP COLUMN number", (8, 4), INSTANT),
    ("DROP COLUMN indexed", (8, 4), REBUILD),
    ("RENAME COLUMN number TO renamed", (8, 0, 27), NO_COPY),
    ("RENAME COLUMN number TO renamed", (8, 4), INSTANT),
    ("MODIFY number INT FIRST", (8, 4), REBUILD),
    ("MODIFY number INT NOT NULL", (8, 4), REBUILD),
    ("MODIFY number BIGINT", (8, 4), COPY),
    ("MODIFY short VARCHAR(63)", (8, 4), NO_COPY),
    ("MODIFY short VARCHAR(64)", (8, 4), COPY),
    ("MODIFY v64 VARCHAR(300)", (8, 4), NO_COPY),
    ("MODIFY state ENUM('a', 'b', 'c')", (8, 4), INSTANT),
    ("MODIFY state ENUM('b', 'a')", (8, 4), COPY),
    ("ALTER number SET DEFAULT 5", (8, 4), INSTANT),
    ("ADD INDEX i (number)", (8, 4), NO_COPY),
    ("RENAME INDEX of_indexed TO renamed", (8, 4), NO_COPY),
    ("ADD FOREIGN KEY (number) REFERENCES p (id)", (8, 4), COPY),
    ("ENGINE=InnoDB", (8, 4), REBUILD),
    ("COMMENT='x'", (8, 4), NO_COPY),
]


@pytest.mark.parametrize(("clause", "version", "expected"), MYSQL_ROWS)
def test_mysql_does_what_its_manual_says(
    clause: str, version: tuple[int, ...], expected: Algorithm
) -> None:
    (action,) = read_other(f"ALTER TABLE t {clause}", "mysql")
    target = Target("mysql", version, charset="utf8mb4")
    assert expected == algorithm(action, target, table_of(BOOKS))


def test_mysql_copies_for_not_null_where_the_mode_is_not_strict() -> None:
    (action,) = read_other("ALTER TABLE t MODIFY number INT NOT NULL", "mysql")
    target = Target("mysql", (8, 4), strict=False)
    assert algorithm(action, target, table_of(BOOKS)) == COPY


def test_a_column_that_is_not_known_may_have_had_any_type() -> None:
    (action,) = read_other("ALTER TABLE t MODIFY number INT", "mariadb")
    assert algorithm(action, Target("mariadb", (10, 11)), None) == COPY


def test_what_is_said_in_the_words_of_postgresql_is_no_lighter() -> None:
    target = Target("mariadb", (10, 11))
    actions = [SetType("t", "a", SqlType("bigint")), SetNotNull("t", "a")]
    assert [algorithm(action, target) for action in actions] == [COPY, REBUILD]


def test_what_changes_no_table_is_instant() -> None:
    actions = [*read_other("SELECT 1", "mariadb"), *read_other("DROP TABLE t", "mariadb")]
    assert [algorithm(action, Target("mariadb")) for action in actions] == [INSTANT, INSTANT]


def test_a_directive_says_what_it_changes() -> None:
    existing = Column("a", SqlType("varchar", ("10",)), nullable=None)
    definition = Column("a", SqlType("varchar", ("20",)))
    action = ModifyColumn("t", "a", definition, existing, frozenset({"type"}))
    assert algorithm(action, Target("mariadb", (10, 11)), None) == INSTANT


def test_the_length_of_a_text_counts_in_bytes_of_any_character_set_that_is_possible() -> None:
    table = Table("t", {"a": Column("a", SqlType("varchar", ("100",)))})
    (action,) = read_other("ALTER TABLE t MODIFY a VARCHAR(200)", "mysql")
    assert algorithm(action, Target("mysql", (8, 4), charset="latin1"), table) == NO_COPY
    assert algorithm(action, Target("mysql", (8, 4)), table) == COPY


def test_an_index_is_built_as_its_options_say() -> None:
    target = Target("mariadb", (10, 11))
    options = ["", "ALGORITHM=COPY", "LOCK=SHARED", "LOCK=EXCLUSIVE"]
    actions = [read_other(f"CREATE INDEX i ON t (a) {each}", "mariadb")[0] for each in options]
    assert [algorithm(action, target) for action in actions] == [
        NO_COPY,
        COPY,
        NO_COPY_READS_ONLY,
        Algorithm("inplace", "everything", False),
    ]


def test_mariadb_11_2_copies_while_rows_are_written() -> None:
    (action,) = read_other("ALTER TABLE t MODIFY number BIGINT", "mariadb")
    found = algorithm(action, Target("mariadb", (11, 2)), table_of(BOOKS))
    assert found == ONLINE_COPY


def test_a_full_text_index_that_is_known_by_its_method_slows_a_new_column() -> None:
    table = Table("t", indexes={"i": Index("i", ("note",), method="fulltext")})
    action = AddColumn("t", Column("x", SqlType("integer")))
    assert algorithm(action, Target("mysql", (8, 4)), table) == REBUILD_READS_ONLY
