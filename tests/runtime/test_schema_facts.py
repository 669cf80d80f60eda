"""The schema as facts: the same for what behaves alike, and different for what does not."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from sqlalchemy import text

from alembic_guard.runtime.schema_facts import (
    Difference,
    changed,
    changes,
    differences,
    schema_facts,
)
from tests.project import Project

COMMON = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) DEFAULT 'x' NOT NULL)",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER)",
    "CREATE INDEX ix_notes ON notes (user_id)",
    "CREATE VIEW named AS SELECT name FROM users",
]


def facts(project: Project, *statements: str) -> dict[str, str]:
    with project.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        return schema_facts(connection)


CHANGES: list[tuple[str, str, tuple[str, ...]]] = [
    ("ALTER TABLE users ADD COLUMN age INTEGER", "", ("column users.age",)),
    ("CREATE UNIQUE INDEX u ON users (name)", "", ("index users.u",)),
    ("DROP VIEW named", "", ("view named",)),
    ("DROP INDEX ix_notes", "mariadb", ("index notes.ix_notes",)),
    ("CREATE TABLE other (id INTEGER)", "", ("table other",)),
    ("CREATE TYPE mood AS ENUM ('a', 'b')", "sqlite mariadb", ("enum mood",)),
    ("ALTER TABLE users ALTER COLUMN name DROP NOT NULL", "sqlite mariadb", ("column users.name",)),
    ("ALTER TABLE users MODIFY name VARCHAR(60)", "sqlite postgresql", ("column users.name",)),
    (
        "ALTER TABLE notes ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id)",
        "sqlite",
        ("constraint notes.fk",),
    ),
    (
        "CREATE FUNCTION one() RETURNS INT LANGUAGE sql AS 'SELECT 1'",
        "sqlite mariadb",
        ("function one()",),
    ),
    ("CREATE FUNCTION one() RETURNS INT RETURN 1", "sqlite postgresql", ("function one",)),
    ("DROP TABLE notes", "", ("table notes",)),
]


def test_each_change_is_a_difference_of_its_own(request: pytest.FixtureRequest) -> None:
    for server in ("sqlite", "postgresql", "mariadb"):
        project: Project = request.getfixturevalue(f"{server}_project")
        now = facts(project, *COMMON)
        for statement, not_on, names in CHANGES:
            if server in not_on.split():
                continue
            before, now = now, facts(project, statement)
            found = tuple(each.name for each in differences(before, now))
            assert found == names, (server, statement)
            assert changed(before, changes(before, now)) == now
            assert changed(now, changes(before, now), back=True) == before


def test_what_cannot_come_back_is_no_difference(project: Project) -> None:
    before = facts(project, *COMMON)
    again = facts(
        project,
        "ALTER TABLE notes ADD COLUMN last INTEGER",
        "DROP VIEW named",
        "DROP TABLE users",
        "CREATE TABLE users (name VARCHAR(50) DEFAULT 'x' NOT NULL, id INTEGER PRIMARY KEY)",
        "INSERT INTO users (name, id) VALUES ('a', 7)",
        "CREATE VIEW named AS SELECT name FROM users",
        "ALTER TABLE notes DROP COLUMN last",
    )
    assert differences(before, again) == ()


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        (None, "integer", "column users.age is there, and was not"),
        ("integer", None, "column users.age is missing"),
        ("integer", "text", "column users.age is text, and was integer"),
        ("x" * 200, "", f"column users.age is without definition, and was {'x' * 117}..."),
    ],
)
def test_a_difference_is_said_in_words(expected: Any, found: Any, said: str) -> None:
    assert str(Difference("column users.age", expected, found)) == said


def test_an_index_by_expression_is_read_without_a_warning(sqlite_project: Project) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = facts(sqlite_project, "CREATE TABLE t (a)", "CREATE INDEX i ON t (lower(a))")
    assert found == {"table t": "", "column t.a": "", "index t.i": "CREATE INDEX i ON t(lower(a))"}
