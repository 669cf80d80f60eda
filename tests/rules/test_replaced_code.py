"""A view or a function that is replaced."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "replaced-code"
VIEW = "CREATE OR REPLACE VIEW paid AS SELECT 1"
FUNCTION = "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'"


def test_a_view_and_a_function_are_found() -> None:
    assert found(VIEW, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "The view paid does something else from now on, for running code too.",
            "Old instances and new ones meet the new definition from the commit on.",
            (
                (
                    'op.execute("CREATE OR REPLACE VIEW paid AS SELECT 1")  # guard: '
                    "allow(replaced-code) old code works with the new definition"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(FUNCTION, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "The function one does something else from now on, for running code too.",
            "Old instances and new ones meet the new definition from the commit on.",
            (
                (
                    'op.execute("CREATE OR REPLACE FUNCTION one() RETURNS integer '
                    "LANGUAGE sql AS 'SELECT 1'\")  # guard: allow(replaced-code) old "
                    "code works with the new definition"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(VIEW, enable=[NAME], kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "The view paid does something else from now on, for running code too.",
            "Old instances and new ones meet the new definition from the commit on.",
            (
                (
                    'op.execute("CREATE OR REPLACE VIEW paid AS SELECT 1")  # guard: '
                    "allow(replaced-code) old code works with the new definition"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_it_is_a_policy() -> None:
    assert found(VIEW, only=NAME) == []


def test_what_was_not_there_is_silent() -> None:
    assert found("CREATE VIEW paid AS SELECT 2", VIEW, enable=[NAME], only=NAME) == []
    assert found(VIEW, enable=[NAME], tables=[Table("orders", complete=True)], only=NAME) == []
    assert found("CREATE VIEW paid AS SELECT 1", enable=[NAME], only=NAME) == []
