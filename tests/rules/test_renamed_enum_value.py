"""A value of an enumeration that gets another name."""

from __future__ import annotations

from tests.rules.altering import finding
from tests.rules.judging import found

NAME = "renamed-enum-value"
RENAMED = "ALTER TYPE mood RENAME VALUE 'ok' TO 'all''s well'"


def test_the_fix_adds_the_new_value_beside_the_old_one() -> None:
    assert found(RENAMED, only=NAME) == [
        finding(
            NAME,
            "Code that still uses 'ok' of mood fails once it is \"all's well\".",
            "Instances of the last release do not know the new value when they read it, "
            "and the database does not know theirs.",
            "# Release code that knows both; then update the rows that hold 'ok'.\n"
            "with op.get_context().autocommit_block():\n"
            "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'all''s well' AFTER 'ok'\")",
        )
    ]


def test_nobody_uses_a_type_that_this_run_made() -> None:
    made = "CREATE TYPE mood AS ENUM ('ok')"
    assert found(made, RENAMED, only=NAME) == []
    assert len(found([made], [RENAMED], only=NAME, together=False)) == 1
