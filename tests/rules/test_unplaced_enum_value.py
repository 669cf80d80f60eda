"""A value of an enum without a place."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "unplaced-enum-value"
SQL = "ALTER TYPE mood ADD VALUE 'so so'"


def test_where_the_values_are_not_known_the_line_stays() -> None:
    assert found(SQL, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "so so is sorted behind all other values of mood.",
            "Neither BEFORE nor AFTER says its place, and it can't be moved later.",
            (
                (
                    "op.execute(\"ALTER TYPE mood ADD VALUE 'so so'\")  # guard: "
                    "allow(unplaced-enum-value) it belongs at the end"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s'", enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "it's is sorted behind all other values of mood.",
            "Neither BEFORE nor AFTER says its place, and it can't be moved later.",
            (
                (
                    "op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s'\")  # "
                    "guard: allow(unplaced-enum-value) it belongs at the end"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_behind_the_last_one_that_is_known_it_is_placed() -> None:
    assert found("CREATE TYPE mood AS ENUM ('sad', 'ok')", SQL, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "so so is sorted behind all other values of mood.",
            "Neither BEFORE nor AFTER says its place, and it can't be moved later.",
            ("op.execute(\"ALTER TYPE mood ADD VALUE 'so so' AFTER 'ok'\")",),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]
    assert found("ALTER TYPE mood ADD VALUE 'ok' BEFORE 'sad'", SQL, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "so so is sorted behind all other values of mood.",
            "Neither BEFORE nor AFTER says its place, and it can't be moved later.",
            ("op.execute(\"ALTER TYPE mood ADD VALUE 'so so' AFTER 'ok'\")",),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_with_a_place_and_as_a_policy_it_is_silent() -> None:
    assert found("ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok'", enable=[NAME], only=NAME) == []
    assert found(SQL, only=NAME) == []
