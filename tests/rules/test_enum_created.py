"""A new enum."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "enum-created"
SQL = """CREATE TYPE color AS ENUM ('red', 'dark "blue"')"""


def test_its_values_are_a_table_in_the_fix() -> None:
    assert found(SQL, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "The values of the enum color are hard to change later.",
            ("PostgreSQL adds and renames values of an enum, but removes and moves none."),
            (
                (
                    'values = op.create_table("color", sa.Column("name", sa.Text(), '
                    "primary_key=True))\n"
                    'op.bulk_insert(values, [{"name": "red"}, {"name": "dark \\"blue\\""}])'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_one_without_values_is_an_empty_table() -> None:
    assert found("CREATE TYPE shop.color AS ENUM ()", enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "The values of the enum shop.color are hard to change later.",
            ("PostgreSQL adds and renames values of an enum, but removes and moves none."),
            (
                (
                    'op.create_table("color", sa.Column("name", sa.Text(), '
                    'primary_key=True), schema="shop")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_it_is_a_policy() -> None:
    assert found(SQL, only=NAME) == []


def test_one_that_takes_the_place_of_another_is_silent() -> None:
    assert (
        found(
            "CREATE TYPE mood AS ENUM ()",
            "DROP TYPE mood",
            "CREATE TYPE mood AS ENUM ('a')",
            enable=[NAME],
            only=NAME,
        )[1:]
        == []
    )
