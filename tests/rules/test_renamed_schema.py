"""A schema that gets another name."""

from __future__ import annotations

from tests.rules.altering import LAST_RELEASE, finding
from tests.rules.judging import found

NAME = "renamed-schema"
RENAMED = "ALTER SCHEMA archive RENAME TO attic"


def test_none_of_its_tables_is_found_any_more() -> None:
    assert found(RENAMED, only=NAME) == [
        finding(
            NAME,
            "Code that still uses the schema archive fails once it is attic.",
            f"{LAST_RELEASE}look for their tables where they were.",
            f'op.execute("{RENAMED}")'
            "  # guard: allow(renamed-schema) no running instance uses archive",
        )
    ]


def test_nobody_uses_a_schema_that_this_run_made() -> None:
    assert found("CREATE SCHEMA archive", RENAMED, only=NAME) == []
    assert len(found(["CREATE SCHEMA archive"], [RENAMED], only=NAME, together=False)) == 1


def test_what_is_no_schema_is_another_rules() -> None:
    assert found("ALTER VIEW archive RENAME TO attic", only=NAME) == []
