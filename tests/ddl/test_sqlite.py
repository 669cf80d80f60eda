"""Every fact on SQLite is asked of SQLite, in memory."""

from __future__ import annotations

import sqlite3

import pytest

from alembic_guard.ddl.actions import CreateIndex, CreateTable, DropColumn, RenameColumn
from alembic_guard.ddl.other_text import read_other
from alembic_guard.ddl.sqlite import rebuilds
from alembic_guard.schema import Index, Table

PARENT = "CREATE TABLE p (id INTEGER PRIMARY KEY)"
BOOKS = """CREATE TABLE t (
    id INTEGER PRIMARY KEY, plain INT, other INT, single INT UNIQUE,
    checked INT CHECK (checked > 0), parent INT REFERENCES p (id), indexed INT,
    generated INT AS (other + 1), part_of_key INT, part_of_check INT,
    part_of_reference INT, viewed INT,
    UNIQUE (part_of_key, id), CHECK (part_of_check > 0),
    FOREIGN KEY (part_of_reference) REFERENCES p (id)
)"""
INDEXES = "CREATE INDEX i ON t (indexed)"
VIEW = "CREATE VIEW v AS SELECT viewed FROM t"
ROW = "INSERT INTO t (id, checked) VALUES (1, 1)"

# Whether SQLite 3.35 and later must build the table anew.
ROWS = [
    ("ADD x INT", False),
    ("ADD x TEXT COLLATE NOCASE", False),
    ("ADD x INT PRIMARY KEY", True),
    ("ADD x INT UNIQUE", True),
    ("ADD x INT NOT NULL", True),
    ("ADD x INT NOT NULL DEFAULT NULL", True),
    ("ADD x INT NOT NULL DEFAULT 5", False),
    ("ADD x INT DEFAULT NULL", False),
    ("ADD x INT DEFAULT (NULL)", False),
    ("ADD x INT DEFAULT -1", False),
    ("ADD x INT DEFAULT (5)", False),
    ("ADD x INT DEFAULT 0x1F", False),
    ("ADD x REAL DEFAULT 1.5e3", False),
    ("ADD x TEXT DEFAULT 'it''s'", False),
    ("ADD x BLOB DEFAULT x'00'", False),
    ("ADD x BOOLEAN DEFAULT TRUE", False),
    ("ADD x TEXT DEFAULT CURRENT_TIMESTAMP", True),
    ("ADD x TEXT DEFAULT CURRENT_DATE", True),
    ("ADD x INT DEFAULT (1 + 2)", True),
    ("ADD x TEXT DEFAULT ('a' || 'b')", True),
    ("ADD x INT DEFAULT (random())", True),
    ("ADD x TEXT DEFAULT (date('now'))", True),
    ("ADD x INT REFERENCES p (id)", False),
    ("ADD x INT REFERENCES p (id) DEFAULT NULL", False),
    ("ADD x INT REFERENCES p (id) DEFAULT 1", True),
    ("ADD x INT CHECK (x > 0)", False),
    ("ADD x INT AS (other + 1)", False),
    ("ADD x INT NOT NULL AS (id + 1) VIRTUAL", False),
    ("ADD x INT AS (other + 1) STORED", True),
    ("DROP plain", False),
    ("DROP id", True),
    ("DROP single", True),
    ("DROP checked", False),
    ("DROP parent", False),
    ("DROP indexed", True),
    ("DROP part_of_key", True),
    ("DROP part_of_check", True),
    ("DROP part_of_reference", True),
    ("DROP viewed", True),
    ("DROP generated", False),
    ("RENAME plain TO x", False),
    ("RENAME COLUMN viewed TO x", False),
    ("RENAME TO x", False),
]


def table_of(*statements: str) -> Table:
    """The table that these statements make."""
    found = Table("t", complete=True)
    for sql in statements:
        (action,) = read_other(sql, "sqlite")
        if isinstance(action, CreateTable):
            columns = {column.name: column for column in action.columns}
            constraints = {str(place): each for place, each in enumerate(action.constraints)}
            found = Table("t", columns, constraints, complete=True)
        elif isinstance(action, CreateIndex):
            indexes = {action.index.name or "": action.index}
            found = Table("t", found.columns, found.constraints, indexes, complete=True)
    return found


def refuses(clause: str, *statements: str) -> bool:
    """Whether SQLite refuses a clause on a table with a row, with foreign keys on."""
    connection = sqlite3.connect(":memory:")
    try:
        for sql in ("PRAGMA foreign_keys = ON", PARENT, *statements):
            connection.execute(sql)
        connection.execute(f"ALTER TABLE t {clause}")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


@pytest.mark.parametrize(("clause", "expected"), ROWS)
def test_sqlite_refuses_what_is_told_to_need_a_new_table(clause: str, expected: bool) -> None:
    (action,) = read_other(f"ALTER TABLE t {clause}", "sqlite")
    books = table_of(BOOKS, INDEXES)
    table = Table(
        "t",
        books.columns,
        books.constraints,
        books.indexes,
        complete=True,
        used_by_views=frozenset({"viewed"}),
    )
    assert rebuilds(action, sqlite3.sqlite_version_info, table) == expected
    assert refuses(clause, BOOKS, INDEXES, VIEW, ROW) == expected


@pytest.mark.parametrize(
    "clause",
    [
        "ALTER COLUMN plain SET DEFAULT 5",
        "ALTER COLUMN plain DROP DEFAULT",
        "MODIFY plain TEXT",
        "ADD CONSTRAINT u UNIQUE (plain)",
        "ADD FOREIGN KEY (plain) REFERENCES p (id)",
        "ADD PRIMARY KEY (plain)",
        "DROP CONSTRAINT u",
        "ALTER plain SET NOT NULL",
        "ALTER plain DROP NOT NULL",
        "ADD CHECK (plain > 0)",
    ],
)
def test_sqlite_has_no_words_for_what_changes_columns_and_constraints(clause: str) -> None:
    (action,) = read_other(f"ALTER TABLE t {clause}", "sqlite")
    assert rebuilds(action, (3, 52))
    assert rebuilds(action, sqlite3.sqlite_version_info) == refuses(clause, BOOKS)


@pytest.mark.parametrize(
    ("create", "index"),
    [
        ("CREATE TABLE t (a INT)", None),
        ("CREATE TABLE t (a INT, b INT)", "CREATE INDEX i ON t (b) WHERE a > 1"),
        ("CREATE TABLE t (a INT, b INT)", "CREATE INDEX i ON t (abs(a))"),
        ("CREATE TABLE t (a INT, b INT, CHECK (a > b))", None),
    ],
)
def test_sqlite_drops_no_column_that_something_else_needs(create: str, index: str | None) -> None:
    statements = (create, index) if index else (create,)
    assert rebuilds(DropColumn("t", "a"), sqlite3.sqlite_version_info, table_of(*statements))
    assert refuses("DROP a", *statements)


def test_checks_and_not_null_need_no_new_table_from_3_53() -> None:
    clauses = ["ALTER a SET NOT NULL", "ADD CHECK (a > 0)", "ADD UNIQUE (a)", "DROP CHECK c"]
    actions = [read_other(f"ALTER TABLE t {clause}", "sqlite")[0] for clause in clauses]
    assert [rebuilds(action, (3, 53)) for action in actions] == [False, False, True, False]


def test_a_column_is_dropped_from_3_35_and_renamed_from_3_25() -> None:
    drop, rename = DropColumn("t", "a"), RenameColumn("t", "a", "b")
    assert [rebuilds(drop, version) for version in ((3, 34, 1), (3, 35))] == [True, False]
    assert [rebuilds(rename, version) for version in ((3, 24), (3, 25))] == [True, False]


def test_an_index_needs_no_new_table() -> None:
    assert not rebuilds(CreateIndex("t", Index("i", ("a",))), (3, 40))
