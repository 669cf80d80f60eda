"""A varchar that grows beyond 255 bytes."""

from __future__ import annotations

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "varchar-threshold-copies"
SQL = "ALTER TABLE users MODIFY email varchar({})"


def users(length: int, collation: str = "utf8mb4_general_ci") -> list[Table]:
    email = Column("email", SqlType("varchar", (str(length),)), collation=collation)
    return [Table("users", {"email": email}, complete=True, rows=9_000)]


def test_it_copies_and_the_fix_is_a_column_beside() -> None:
    assert found(SQL.format(64), kind="mysql", tables=users(63), only=NAME) == [
        Finding(
            NAME,
            "A longer users.email copies all of users, and every write waits.",
            (
                "From 63 to 64 it crosses 255 bytes: 63 characters of 4 bytes fit in.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    "# After this, let every instance write email and email_as_varchar.\n"
                    'op.add_column("users", sa.Column("email_as_varchar", sa.String(64)))'
                ),
                (
                    "# Once they do; after this, let every instance read email_as_varchar, and "
                    "drop users.email when none uses it.\n"
                    'batch = sa.text("UPDATE users SET email_as_varchar = email WHERE '
                    'email_as_varchar IS NULL AND email IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_in_latin1_a_character_is_a_byte() -> None:
    assert found(
        SQL.format(256), kind="mysql", tables=users(255, "latin1_swedish_ci"), only=NAME
    ) == [
        Finding(
            NAME,
            "A longer users.email copies all of users, and every write waits.",
            (
                "From 255 to 256 it crosses 255 bytes: 255 bytes fit in.\n"
                "users has about 9,000 rows."
            ),
            (
                (
                    "# After this, let every instance write email and email_as_varchar.\n"
                    'op.add_column("users", sa.Column("email_as_varchar", sa.String(256)))'
                ),
                (
                    "# Once they do; after this, let every instance read email_as_varchar, and "
                    "drop users.email when none uses it.\n"
                    'batch = sa.text("UPDATE users SET email_as_varchar = email WHERE '
                    'email_as_varchar IS NULL AND email IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_without_a_database_and_a_character_set_any_width_is_possible() -> None:
    assert found(
        ModifyColumn(
            "users",
            "email",
            Column("email", SqlType("varchar", ("100",))),
            existing=Column("email", SqlType("varchar", ("50",))),
        ),
        kind="mariadb",
        only=NAME,
    ) == [
        Finding(
            NAME,
            "A longer users.email copies all of users, and every write waits.",
            (
                "From 50 to 100 it crosses 255 bytes: 63 characters of 4 bytes fit in.\n"
                "No database was asked how large users is: it is judged as a large table."
            ),
            (
                (
                    "# After this, let every instance write email and email_as_varchar.\n"
                    'op.add_column("users", sa.Column("email_as_varchar", sa.String(100)))'
                ),
                (
                    "# Once they do; after this, let every instance read email_as_varchar, and "
                    "drop users.email when none uses it.\n"
                    'batch = sa.text("UPDATE users SET email_as_varchar = email WHERE '
                    'email_as_varchar IS NULL AND email IS NOT NULL LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_mariadb_crosses_it_from_127_bytes() -> None:
    assert found(SQL.format(64), kind="mariadb", tables=users(31), only=NAME) == []
    assert [
        each.name for each in found(SQL.format(64), kind="mariadb", tables=users(32), only=NAME)
    ] == ["varchar-threshold-copies"]


def test_on_one_side_of_it_and_when_it_shrinks_it_is_silent() -> None:
    assert found(SQL.format(63), kind="mysql", tables=users(20), only=NAME) == []
    assert found(SQL.format(900), kind="mysql", tables=users(64), only=NAME) == []
    assert found(SQL.format(9), kind="mysql", tables=users(64), only=NAME) == []
    assert found(SQL.format(64), kind="mysql", only=NAME) == []
