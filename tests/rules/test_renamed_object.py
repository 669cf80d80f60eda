"""What is no table and gets another name."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Severity
from alembic_guard.schema import Table
from tests.rules.altering import LAST_RELEASE, NEW, ORDERS, finding
from tests.rules.judging import found

NAME = "renamed-object"
ALLOWED = "  # guard: allow(renamed-object) no running instance names it"


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        (
            "ALTER TABLE orders RENAME CONSTRAINT orders_number_key TO b",
            "constraint orders_number_key",
        ),
        ("ALTER INDEX orders_number_key RENAME TO b", "index orders_number_key"),
        ("ALTER VIEW a RENAME TO b", "view a"),
        ("ALTER MATERIALIZED VIEW a RENAME TO b", "materialized view a"),
        ("ALTER FUNCTION a() RENAME TO b", "function a"),
        ("ALTER SEQUENCE a RENAME TO b", "sequence a"),
        ("ALTER TYPE a RENAME TO b", "type a"),
        ("ALTER DOMAIN a RENAME TO b", "domain a"),
    ],
)
def test_whoever_names_it_fails(sql: str, what: str) -> None:
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            f"Code that still uses the {what} fails once it is b.",
            f"{LAST_RELEASE}name it as it was.",
            f'op.execute("{sql}"){ALLOWED}',
            severity=Severity.WARNING,
        )
    ]


def test_whoever_looks_for_it_in_its_schema_fails() -> None:
    sql = "ALTER FUNCTION a() SET SCHEMA archive"
    assert found(sql, only=NAME) == [
        finding(
            NAME,
            "Code that still uses the function a fails once it is moved.",
            f"{LAST_RELEASE}name it as it was.",
            f'op.execute("{sql}"){ALLOWED}',
            severity=Severity.WARNING,
        )
    ]


def test_an_index_that_is_not_unique_is_named_by_no_query() -> None:
    sql = "ALTER INDEX ix_orders_status RENAME TO b"
    assert found(sql, tables=[ORDERS], only=NAME) == []
    assert len(found(sql, only=NAME)) == 1


def test_a_trigger_is_named_by_no_query() -> None:
    assert found("ALTER TRIGGER a ON orders RENAME TO b", only=NAME) == []


@pytest.mark.parametrize(
    "statements",
    [
        (NEW, "ALTER TABLE orders RENAME CONSTRAINT a TO b"),
        ("CREATE VIEW a AS SELECT 1", "ALTER VIEW a RENAME TO b"),
        ("CREATE TYPE a AS ENUM ('x')", "ALTER TYPE a RENAME TO b"),
        ("CREATE DOMAIN a AS text", "ALTER DOMAIN a RENAME TO b"),
        ("CREATE SEQUENCE a", "ALTER SEQUENCE a RENAME TO b"),
        ("CREATE MATERIALIZED VIEW a AS SELECT 1", "ALTER MATERIALIZED VIEW a RENAME TO b"),
    ],
)
def test_nobody_names_what_this_run_made(statements: tuple[str, ...]) -> None:
    assert found(*statements, only=NAME) == []


def test_a_type_that_has_the_name_again_is_enough() -> None:
    again = "CREATE TYPE a AS ENUM ('x')"
    assert found("ALTER TYPE a RENAME TO old_a", again, only=NAME) == []
    assert len(found(["ALTER TYPE a RENAME TO old_a"], [again], only=NAME)) == 1


def test_a_view_that_has_the_name_again_is_enough() -> None:
    statements = ("ALTER VIEW a RENAME TO b", "CREATE VIEW a AS SELECT * FROM b")
    assert found(*statements, tables=[Table("a", kind="view")], only=NAME) == []
