"""What is no change of a SQLite, in whatever words the database has it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    Boolean,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    String,
    Text,
    text,
)

from tests.autogenerate.compare.rows import both, column, convention, ddl, table, users
from tests.autogenerate.compare.sqlite.files import NOTHING, Same, unchanged
from tests.autogenerate.compare.sqlite.states import ages, ck, fk, ix, t, uq

REF = ("CREATE TABLE ages (id INTEGER NOT NULL, PRIMARY KEY (id))",)

SAME = {
    "everything that models can say": Same(
        both(
            ages,
            users(
                ck("age > 0"),
                ck("name <> 'x'", "n"),
                uq("email"),
                uq("name", "age", name="u"),
                fk(ondelete="CASCADE", onupdate="SET NULL"),
                ix("i", "name", unique=True, sqlite_where=text("age IS NOT NULL")),
                ix("j", lambda: text("lower(name) DESC")),
            ),
        )
    ),
    "a table typed with other spaces, quotes, case and comments": Same(
        t(column("a", String(5), ck("a <> 'X'", "c"), server_default="x", nullable=False)),
        typed=(
            (
                "create table [t] (id integer not null /* the key */, `a` varchar ( 5 "
                ") default 'x' not null constraint c check ((\"a\" != 'X')), -- the "
                'rest\n primary key ("id"))'
            ),
        ),
    ),
    "constraints behind their columns": Same(
        both(ages, users(ck("age > 0"), uq("name"), fk())),
        typed=(
            *REF,
            (
                "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, name VARCHAR(50) "
                "UNIQUE, age INTEGER REFERENCES ages (id) CHECK (age > 0), email "
                "VARCHAR)"
            ),
        ),
    ),
    "constraints without commas": Same(
        users(ck("age > 0"), uq("name")),
        typed=(
            (
                "CREATE TABLE users (id INTEGER, name VARCHAR(50), age INTEGER, email "
                "VARCHAR, PRIMARY KEY (id) CHECK (age > 0) UNIQUE (name))"
            ),
        ),
    ),
    "a rowid that is not said to be NOT NULL": Same(
        t(), typed=("CREATE TABLE t (id INTEGER PRIMARY KEY)",)
    ),
    "a column that ALTER TABLE has added behind the constraints": Same(
        t(column("a", String), column("b", Integer)),
        typed=(
            "CREATE TABLE t (id INTEGER NOT NULL, a VARCHAR, PRIMARY KEY (id))",
            "ALTER TABLE t ADD COLUMN b INTEGER",
        ),
    ),
    "a table that was renamed": Same(
        t(column("a", String, ck("a <> ''")), ix("i", "a")),
        typed=(
            (
                "CREATE TABLE u (id INTEGER NOT NULL, a VARCHAR, PRIMARY KEY (id), "
                "CHECK (u.a <> ''))"
            ),
            "CREATE INDEX i ON u (a)",
            "ALTER TABLE u RENAME TO t",
        ),
    ),
    "a column that was renamed": Same(
        t(column("a", String, ck("a <> ''")), ix("i", "a", sqlite_where=text("a > 'b'"))),
        typed=(
            ("CREATE TABLE t (id INTEGER NOT NULL, b VARCHAR, PRIMARY KEY (id), CHECK (b <> ''))"),
            "CREATE INDEX i ON t (b) WHERE b > 'b'",
            "ALTER TABLE t RENAME COLUMN b TO a",
        ),
    ),
    "INT and INTEGER": Same(
        t(column("a", Integer)), typed=("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)",)
    ),
    "a number as the default of a column of numbers": Same(
        t(
            column("a", Integer, server_default="1"),
            column("b", Boolean, server_default=sa.false()),
        ),
        typed=(
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER DEFAULT 1, b "
                "BOOLEAN DEFAULT FALSE)"
            ),
        ),
    ),
    "a default in brackets, and one that is NULL": Same(
        t(column("a", DateTime, server_default=sa.func.now()), column("b", Integer)),
        typed=(
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a DATETIME DEFAULT "
                "current_timestamp, b INTEGER DEFAULT NULL)"
            ),
        ),
    ),
    "a default with quotes, colons and percent signs": Same(
        t(
            column("a", String, server_default="it's :5%"),
            column("b", String, server_default=text("('a' || ':b')")),
        )
    ),
    "a default of json": Same(t(column("a", JSON, server_default='{"a": 1}'))),
    "a foreign key to a primary key that is not named": Same(
        both(ages, users(fk())),
        typed=(
            *REF,
            (
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50), age "
                "INTEGER REFERENCES ages ON DELETE NO ACTION NOT DEFERRABLE, email "
                "VARCHAR)"
            ),
        ),
    ),
    "names in the database alone": Same(
        both(ages, users(ck("age > 0"), uq("name"), fk())),
        typed=(
            *REF,
            (
                "CREATE TABLE users (id INTEGER, name VARCHAR(50), age INTEGER, email "
                "VARCHAR, CONSTRAINT a PRIMARY KEY (id), CONSTRAINT b CHECK (age > 0), "
                "CONSTRAINT c UNIQUE (name), CONSTRAINT d FOREIGN KEY (age) REFERENCES "
                "ages (id))"
            ),
        ),
    ),
    "a naming convention": Same(
        convention(
            users(ck("age > 0", "x"), uq("name"), ix("i", "email")),
            ck="ck_%(table_name)s_%(constraint_name)s",
            uq="uq_%(table_name)s_%(column_0_name)s",
            pk="pk_%(table_name)s",
        )
    ),
    "a primary key that is unique, too": Same(
        table("t", column("id", Integer, primary_key=True, unique=True))
    ),
    "an index with an expression that Alembic reads otherwise": Same(
        users(
            ix("i", lambda: text("CASE WHEN name = 'A' THEN 1 ELSE 0 END")),
            ix("j", lambda: text("coalesce(name, 'X') COLLATE NOCASE DESC")),
            ix("k", lambda: text("age BETWEEN 1 AND 2"), "name"),
        )
    ),
    "an index typed in other words": Same(
        users(ix("i", "name", sqlite_where=text("age != 1"))),
        typed=(
            (
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50), age "
                "INTEGER, email VARCHAR)"
            ),
            ('create index if not exists [i] on "users" ([name] asc) where (age <> 1)'),
        ),
    ),
    "booleans and enums that are a CHECK": Same(
        t(
            column("a", Boolean(create_constraint=True)),
            column("b", Enum("x", "y", native_enum=False, create_constraint=True)),
            column("c", Enum("x", "y", name="e", native_enum=False, create_constraint=True)),
        )
    ),
    "generated columns": Same(
        t(
            column("a", Integer),
            column("b", Integer, lambda: Computed("a * 2")),
            column("c", Integer, lambda: Computed("a || '\\:x%'", persisted=True)),
        ),
        typed=(
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS "
                "((a*2)), c INTEGER GENERATED ALWAYS AS (a||':x%') STORED)"
            ),
        ),
    ),
    "STRICT tables, and those without ROWID": Same(
        both(
            t(column("a", Text), sqlite_strict=True),
            table("u", column("a", Text, primary_key=True), sqlite_with_rowid=False),
        ),
        typed=(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) strict",
            "CREATE TABLE u (a TEXT PRIMARY KEY) without rowid",
        ),
    ),
    "AUTOINCREMENT": Same(t(sqlite_autoincrement=True), sql=("INSERT INTO t VALUES (5)",)),
    "a virtual table and its shadow tables": Same(
        t(),
        sql=(
            "CREATE VIRTUAL TABLE d USING fts5 (x)",
            "CREATE VIRTUAL TABLE r USING rtree (id, a, b)",
        ),
    ),
    "a virtual table that the models declare": Same(
        both(t(), ddl("CREATE VIRTUAL TABLE d USING fts5 (x)"))
    ),
    "views and triggers that nobody declares": Same(
        t(column("a", String)),
        sql=(
            "CREATE VIEW v AS SELECT * FROM t",
            "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
        ),
    ),
    "views and triggers in other words": Same(
        both(
            t(column("a", String)),
            ddl(
                "CREATE VIEW v AS SELECT a AS b FROM t WHERE a <> 'X'",
                "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 'x;'; END",
            ),
        ),
        typed=(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR)",
            ("create view [v] as select \"a\" as b /* the other */ from t where a != 'X'"),
            "create trigger r after insert on t begin select 'x;' ; end",
        ),
    ),
    "a view on what is gone": Same(t(), sql=("CREATE VIEW v AS SELECT * FROM gone",)),
    "a table mapped to a view": Same(
        both(
            t(column("a", String)),
            table("v", column("a", String), info={"is_view": True}),
            ddl("CREATE VIEW v AS SELECT a FROM t"),
        ),
        typed=(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR)",
            "CREATE VIEW v AS SELECT a FROM t",
        ),
    ),
    "a table that is typed, not mapped": Same(both(t(), ddl("CREATE TABLE u (a, b DEFAULT 1)"))),
    "a table that was made of a query": Same(
        table("u", column("a", Text), column("b", Integer)),
        typed=(
            "CREATE TABLE t (a TEXT, b INTEGER)",
            "CREATE TABLE u AS SELECT a, b FROM t",
            "DROP TABLE t",
        ),
    ),
    "names that must be quoted": Same(
        table(
            'my "t"',
            column("id", Integer, primary_key=True),
            column("a b", String),
            column("order", Integer),
            ck("\"a b\" <> 'x'"),
            uq("a b", "order"),
            ix("i.x", "a b"),
        )
    ),
    "a table in the schema main": Same(t(column("a", String), uq("a"), schema="main")),
    "strings in double quotes": Same(
        t(column("a", String, ck("a <> 'x'"))),
        typed=('CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR CHECK (a <> "x"))',),
    ),
    "a table that refers to itself, and two that refer to each other": Same(
        both(
            t(column("a", Integer, lambda: ForeignKey("t.id"))),
            table("u", column("a", Integer, lambda: ForeignKey("w.a"), primary_key=True)),
            table("w", column("a", Integer, lambda: ForeignKey("u.a"), primary_key=True)),
        )
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_changes_nothing(name: str, tmp_path: Path) -> None:
    row = SAME[name]
    assert unchanged(tmp_path, row.state, row.sql, row.typed, **row.options) == NOTHING
