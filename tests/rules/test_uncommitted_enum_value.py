"""A value of an enum that is used too early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from alembic.operations.ops import BulkInsertOp

from alembic_guard import rules
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Insert
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Column, Table, Target
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "uncommitted-enum-value"
ADD = "ALTER TYPE mood ADD VALUE 'fine'"
USE = "INSERT INTO users (id, mood) VALUES (9, 'fine')"
USERS = Table("users", {"mood": Column("mood", SqlType("mood"))}, complete=True)
NAMES = Table("users", {"mood": Column("mood", SqlType("text"))}, complete=True)


def test_a_row_of_a_column_of_the_enum_fails() -> None:
    assert found(ADD, USE, tables=[USERS], only=NAME) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"INSERT INTO users (id, mood) VALUES (9, 'fine')\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_of_a_table_that_is_not_known_it_is_a_warning() -> None:
    assert found(ADD, USE, only=NAME) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"INSERT INTO users (id, mood) VALUES (9, 'fine')\")",
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_default_and_a_condition_and_a_check_and_a_new_column_fail() -> None:
    assert found(
        ADD, "ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'fine'", tables=[USERS], only=NAME
    ) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'fine'\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found(ADD, "UPDATE users SET id = 1 WHERE mood = 'fine'", tables=[USERS], only=NAME) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"UPDATE users SET id = 1 WHERE mood = 'fine'\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found(
        ADD, "ALTER TABLE users ADD CHECK (mood <> 'fine')", tables=[USERS], only=NAME
    ) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"ALTER TABLE users ADD CHECK (mood <> 'fine')\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found(
        ADD, "ALTER TABLE users ADD COLUMN n mood DEFAULT 'fine'", tables=[NAMES], only=NAME
    ) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"ALTER TABLE users ADD COLUMN n mood DEFAULT 'fine'\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found(ADD, "CREATE TABLE moods (mood mood DEFAULT 'fine')", only=NAME) == [
        Finding(
            NAME,
            "moods can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"CREATE TABLE moods (mood mood DEFAULT 'fine')\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found(ADD, "SELECT id FROM users WHERE mood = 'fine'", only=NAME) == [
        Finding(
            NAME,
            ("This statement can't use the value fine of mood yet: it is not committed."),
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"SELECT id FROM users WHERE mood = 'fine'\")",
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_in_one_text_it_is_found_too() -> None:
    assert found(ADD + "; " + USE, tables=[USERS], only=NAME) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_type_of_the_same_transaction_is_free_from_postgresql_18_on() -> None:
    assert found("CREATE TYPE mood AS ENUM ('ok')", ADD, USE, version=(18,), only=NAME) == []
    assert found("CREATE TYPE mood AS ENUM ('ok')", ADD, USE, version=(17,), only=NAME) == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            (
                "PostgreSQL fails with 55P04, unsafe use of new value, in the "
                "transaction that added it."
            ),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")"
                ),
                "op.execute(\"INSERT INTO users (id, mood) VALUES (9, 'fine')\")",
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 3),
        )
    ]


def test_once_it_is_committed_it_is_silent() -> None:
    assert found([ADD], [USE], only=NAME) == []
    assert found(ADD, USE, autocommit=[1], only=NAME) == []
    assert found(ADD, USE, autocommit=True, only=NAME) == []


def test_other_values_and_tables_without_the_enum_are_silent() -> None:
    assert found(ADD, USE.replace("fine", "ok"), tables=[USERS], only=NAME) == []
    assert found(ADD, USE, tables=[NAMES], only=NAME) == []
    assert found(USE, ADD, only=NAME) == []


def test_rows_of_bulk_insert_are_looked_at_and_the_fix_commits_the_value() -> None:
    users = sa.table("users", sa.column("id"), sa.column("mood"))
    steps: list[tuple[Step, Sequence[Action]]] = [
        (Step(None, (ADD,), Place("a1.py", 1), 0, "a1"), read_sql(ADD, "postgresql")),
        (
            Step(
                BulkInsertOp(cast("sa.Table", users), [{"id": 9, "mood": "fine"}]),
                ("INSERT INTO users (id, mood) VALUES ($1, $2)",),
                Place("a1.py", 2),
                0,
                "a1",
            ),
            (Insert("users"),),
        ),
    ]
    run = Run(Target(version=(15,), live=True), {"users": USERS})
    judged = [each.finding for each in rules.judge(steps, run) if each.finding.name == NAME]
    assert judged == [
        Finding(
            NAME,
            "users can't use the value fine of mood yet: it is not committed.",
            "PostgreSQL fails with 55P04, unsafe use of new value, in the transaction that "
            "added it.",
            (
                "with op.get_context().autocommit_block():\n"
                "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'\")",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
