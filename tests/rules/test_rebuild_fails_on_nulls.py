"""NOT NULL in batch mode."""

from __future__ import annotations

from alembic_guard.ddl.actions import SetNotNull
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "rebuild-fails-on-nulls"
CHANGE = SetNotNull("users", "age")
AGE = {"age": Column("age", SqlType("integer"))}
USERS = Table("users", AGE, complete=True, rows=5)


def test_nulls_make_it_fail_and_the_fix_gives_them_a_value() -> None:
    assert found(CHANGE, kind="sqlite", rebuilds="users", tables=[USERS], only=NAME) == [
        Finding(
            NAME,
            "Making users.age NOT NULL fails if a row has none.",
            "Batch mode copies all rows into a table where it is NOT NULL.",
            (
                (
                    'op.execute("UPDATE users SET age = 0 WHERE age IS NULL")\n'
                    'with op.batch_alter_table("users") as batch:\n'
                    '    batch.alter_column("age", nullable=False)'
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert [each.next for each in found(CHANGE, kind="sqlite", rebuilds="users", only=NAME)] == [
        (
            (
                "op.execute(\"UPDATE users SET age = '' WHERE age IS NULL\")\n"
                'with op.batch_alter_table("users") as batch:\n'
                '    batch.alter_column("age", nullable=False)'
            ),
        )
    ]


def test_rows_that_got_a_value_and_empty_tables_are_silent() -> None:
    assert (
        found(
            "UPDATE users SET age = 0 WHERE age IS NULL",
            CHANGE,
            kind="sqlite",
            rebuilds="users",
            tables=[USERS],
            only=NAME,
        )
        == []
    )
    assert (
        found(
            CHANGE, kind="sqlite", rebuilds="users", tables=[Table("users", AGE, rows=0)], only=NAME
        )
        == []
    )
    assert (
        found(
            CHANGE,
            kind="sqlite",
            rebuilds="users",
            tables=[Table("users", {"age": Column("age", nullable=False)})],
            only=NAME,
        )
        == []
    )
    assert (
        found(
            "CREATE TABLE users (age integer)", CHANGE, kind="sqlite", rebuilds="users", only=NAME
        )
        == []
    )


def test_outside_of_batch_mode_sqlite_refuses_it() -> None:
    assert found(CHANGE, kind="sqlite", tables=[USERS], only=NAME) == []
