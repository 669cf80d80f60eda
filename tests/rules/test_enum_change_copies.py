"""Another list of values of an enum or a set."""

from __future__ import annotations

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "enum-change-copies"
SQL = "ALTER TABLE users MODIFY mood {}"
OLD = SqlType("enum", ("sad", "ok"))


def users(type_: SqlType = OLD, rows: int = 9_000) -> list[Table]:
    return [Table("users", {"mood": Column("mood", type_)}, complete=True, rows=rows)]


def enum(count: int, name: str = "enum") -> SqlType:
    return SqlType(name, tuple(f"v{number}" for number in range(count)))


def test_a_value_in_between_is_put_at_the_end_by_the_fix() -> None:
    assert found(
        SQL.format("enum('sad', 'fine', 'ok')"), kind="mariadb", tables=users(), only=NAME
    ) == [
        Finding(
            NAME,
            (
                "Adding a value to users.mood before the last one copies all of "
                "users, and every write waits."
            ),
            (
                "The rows hold the place of a value in the list; only the end of the "
                "list is free.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    'op.alter_column("users", "mood", '
                    'type_=sa.dialects.mysql.ENUM("sad", "ok", "fine"), '
                    'existing_type=sa.dialects.mysql.ENUM("sad", "ok"), '
                    "existing_nullable=True)"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(
        SQL.format("enum('sad', 'fine', 'ok')"), kind="mysql", tables=users(), only=NAME
    ) == [
        Finding(
            NAME,
            (
                "Adding a value to users.mood before the last one copies all of "
                "users, and every write waits."
            ),
            (
                "The rows hold the place of a value in the list; only the end of the "
                "list is free.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    'op.alter_column("users", "mood", '
                    'type_=sa.dialects.mysql.ENUM("sad", "ok", "fine"), '
                    'existing_type=sa.dialects.mysql.ENUM("sad", "ok"), '
                    "existing_nullable=True)"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_is_taken_out_or_moved_stays_as_it_is_written() -> None:
    assert found(SQL.format("enum('sad')"), kind="mariadb", tables=users(), only=NAME) == [
        Finding(
            NAME,
            ("Taking 'ok' out of users.mood copies all of users, and every write waits."),
            (
                "The rows hold the place of a value in the list; only the end of the "
                "list is free.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    "op.execute(\"ALTER TABLE users MODIFY mood enum('sad')\")  # guard: "
                    "allow(enum-change-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL.format("enum('ok', 'sad')"), kind="mariadb", tables=users(), only=NAME) == [
        Finding(
            NAME,
            ("Reordering the values of users.mood copies all of users, and every write waits."),
            (
                "The rows hold the place of a value in the list; only the end of the "
                "list is free.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    "op.execute(\"ALTER TABLE users MODIFY mood enum('ok', 'sad')\")  # "
                    "guard: allow(enum-change-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_null_and_a_default_are_kept_by_the_fix() -> None:
    assert found(
        ModifyColumn(
            "users",
            "mood",
            Column("mood", SqlType("enum", ("a", "sad", "ok"))),
            existing=Column("mood", OLD, nullable=False, default="'ok'"),
        ),
        kind="mariadb",
        only=NAME,
    ) == [
        Finding(
            NAME,
            (
                "Adding a value to users.mood before the last one copies all of "
                "users, and every write waits."
            ),
            (
                "The rows hold the place of a value in the list; only the end of the "
                "list is free.\n"
                "No database was asked how large users is: it is judged as a large table."
            ),
            (
                (
                    'op.alter_column("users", "mood", '
                    'type_=sa.dialects.mysql.ENUM("sad", "ok", "a"), '
                    'existing_type=sa.dialects.mysql.ENUM("sad", "ok"), '
                    "existing_nullable=False, existing_server_default=sa.text(\"'ok'\"))"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_another_byte_copies() -> None:
    assert [
        each.message
        for each in found(SQL.format(enum(256)), kind="mariadb", tables=users(enum(255)), only=NAME)
    ] == [
        (
            "Giving users.mood a value that needs another byte copies all of "
            "users, and every write waits."
        )
    ]
    assert [
        each.message
        for each in found(
            SQL.format(enum(9, "set")), kind="mariadb", tables=users(enum(8, "set")), only=NAME
        )
    ] == [
        (
            "Giving users.mood a value that needs another byte copies all of "
            "users, and every write waits."
        )
    ]
    assert [
        each.message
        for each in found(
            SQL.format(enum(33, "set")), kind="mariadb", tables=users(enum(32, "set")), only=NAME
        )
    ] == [
        (
            "Giving users.mood a value that needs another byte copies all of "
            "users, and every write waits."
        )
    ]
    assert [
        each.message
        for each in found(
            SQL.format(enum(41, "set")), kind="mariadb", tables=users(enum(40, "set")), only=NAME
        )
    ] == []


def test_values_at_the_end_and_empty_and_unknown_tables_are_silent() -> None:
    assert (
        found(SQL.format("enum('sad', 'ok', 'fine')"), kind="mariadb", tables=users(), only=NAME)
        == []
    )
    assert found(SQL.format("enum('ok')"), kind="mariadb", tables=users(rows=0), only=NAME) == []
    assert found(SQL.format("enum('ok')"), kind="mariadb", only=NAME) == []
    assert (
        found(SQL.format("enum('ok')"), kind="mariadb", version=(11, 4), tables=users(), only=NAME)
        == []
    )
    assert found(SQL.format("varchar(9)"), kind="mariadb", tables=users(), only=NAME) == []
