"""DROP DEFAULT of a column that is NOT NULL."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, NEW, ORDERS, altered, finding
from tests.rules.judging import found

NAME = "dropped-default"
DROPPED = "ALTER TABLE orders ALTER number DROP DEFAULT"


def said(column: str) -> list[object]:
    return [
        finding(
            NAME,
            f"INSERTs that leave orders.{column} out fail from then on.",
            f"{column} is NOT NULL and has no default any more; "
            "instances of the last release may not write it.",
            f'op.alter_column("orders", "{column}", server_default=None)'
            "  # guard: allow(dropped-default) every running instance writes the column",
            severity=Severity.WARNING,
        )
    ]


def test_inserts_that_leave_the_column_out_fail() -> None:
    assert found(DROPPED, tables=[ORDERS], only=NAME) == said("number")


def test_the_directive_may_say_that_the_column_is_not_null() -> None:
    changes = {"modify_server_default": None, "existing_nullable": False}
    assert altered("orders", "state", **changes, only=NAME) == said("state")
    assert altered("orders", "state", modify_server_default=None, only=NAME) == []


def test_the_last_release_does_not_know_a_column_that_was_added_just_now() -> None:
    added = "ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new'"
    drop = "ALTER TABLE orders ALTER state DROP DEFAULT"
    assert [each.message for each in found(added, drop, only=NAME)] == [
        "INSERTs that leave orders.state out fail from then on."
    ]


@pytest.mark.parametrize(
    "next",
    [
        "ALTER TABLE orders ALTER number SET DEFAULT '1'",
        "ALTER TABLE orders ALTER number DROP NOT NULL",
        "ALTER TABLE orders ALTER number ADD GENERATED ALWAYS AS IDENTITY",
    ],
)
def test_a_revision_may_go_on_to_give_it_a_value(next: str) -> None:
    assert found(DROPPED, next, tables=[ORDERS], only=NAME) == []
    assert len(found([DROPPED], [next], tables=[ORDERS], only=NAME)) == 1


def test_a_column_that_takes_null_or_has_no_default_loses_nothing() -> None:
    assert found("ALTER TABLE orders ALTER status DROP DEFAULT", tables=[ORDERS], only=NAME) == []
    assert found("ALTER TABLE orders ALTER user_id DROP DEFAULT", tables=[ORDERS], only=NAME) == []


def test_nobody_writes_to_a_new_table_or_an_empty_one() -> None:
    assert found(DROPPED, tables=[EMPTY], only=NAME) == []
    new = "CREATE TABLE orders (number text NOT NULL DEFAULT '')"
    assert found(new, DROPPED, only=NAME) == []
    assert found(NEW, DROPPED, only=NAME) == []
