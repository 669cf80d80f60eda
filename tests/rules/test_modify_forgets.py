"""A MODIFY that leaves out what a column has."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Constraint, Table
from alembic_guard.sql_types import parse_type
from tests.rules.judging import found
from tests.rules.steps import directive

NAME = "modify-forgets"
TABLE = Table(
    "users",
    {
        "id": Column("id", parse_type("int"), nullable=False, identity=True),
        "age": Column("age", parse_type("int"), nullable=False, default="0"),
    },
    {"PRIMARY": Constraint("primary key", "PRIMARY", ("id",))},
    complete=True,
    rows=5,
)


def test_a_directive_that_forgets_not_null_and_the_default() -> None:
    body = 'op.alter_column("users", "age", existing_type=sa.Integer(), type_=sa.BigInteger())'
    assert directive(body, kind="mariadb", tables=[TABLE], only=NAME) == [
        Finding(
            NAME,
            "Changing users.age drops its NOT NULL and its default 0.",
            "MODIFY defines the column anew: what is left out is gone.",
            (
                'op.alter_column("users", "age", existing_type=sa.Integer(), '
                "type_=sa.BigInteger(), existing_nullable=False, "
                'existing_server_default=sa.text("0"))',
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_where_no_database_was_asked_it_may_have_not_null() -> None:
    body = 'op.alter_column("users", "age", existing_type=sa.Integer(), type_=sa.BigInteger())'
    assert directive(body, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Changing users.age drops its NOT NULL if it has one.",
            "MODIFY defines the column anew, and existing_nullable is not said.",
            (
                'op.alter_column("users", "age", existing_type=sa.Integer(), '
                "type_=sa.BigInteger(), existing_nullable=False)",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_counter_that_is_forgotten() -> None:
    body = 'op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())'
    judged = directive(body, kind="mysql", tables=[TABLE], only=NAME)
    assert [(each.message, each.next) for each in judged] == [
        (
            "Changing users.id drops its AUTO_INCREMENT.",
            (
                'op.alter_column("users", "id", existing_type=sa.Integer(), '
                "type_=sa.BigInteger(), existing_nullable=False, existing_autoincrement=True)",
            ),
        )
    ]


def test_sql_that_leaves_out_not_null_is_a_warning() -> None:
    sql = "ALTER TABLE users MODIFY age bigint DEFAULT 0"
    assert found(sql, kind="mariadb", tables=[TABLE], only=NAME) == [
        Finding(
            NAME,
            "Changing users.age drops its NOT NULL.",
            "MODIFY defines the column anew: what is left out is gone.",
            (
                'op.alter_column("users", "age", existing_type=sa.Integer(), '
                "type_=sa.BigInteger(), existing_nullable=False, "
                'existing_server_default=sa.text("0"))',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_is_kept_or_said_to_go_raises_nothing() -> None:
    kept = 'existing_nullable=False, existing_server_default=sa.text("0")'
    for words in (
        f"existing_type=sa.Integer(), type_=sa.BigInteger(), {kept}",
        "existing_type=sa.Integer(), nullable=True, server_default=None",
        "existing_type=sa.Integer(), existing_nullable=False, server_default=None",
    ):
        body = f'op.alter_column("users", "age", {words})'
        assert directive(body, kind="mariadb", tables=[TABLE], only=NAME) == []
    sql = "ALTER TABLE users MODIFY age bigint NOT NULL DEFAULT 0"
    assert found(sql, kind="mariadb", tables=[TABLE], only=NAME) == []


def test_only_the_default_changes_no_more_than_that() -> None:
    body = 'op.alter_column("users", "age", server_default="1")'
    assert directive(body, kind="mariadb", tables=[TABLE], only=NAME) == []


def test_a_new_table_raises_nothing() -> None:
    new = "CREATE TABLE users (age int NOT NULL)"
    assert found(new, "ALTER TABLE users MODIFY age bigint", kind="mariadb", only=NAME) == []
