"""NOT NULL that reads the whole table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alembic_guard.schema import Table
from tests.rules.altering import ASSUMED, EMPTY, LARGE, NEW, ORDERS, checked, finding, not_null
from tests.rules.judging import found

NAME = "not-null-scans"
REQUIRED = "ALTER TABLE orders ALTER note SET NOT NULL"
WHY = (
    "SET NOT NULL looks at every row under ACCESS EXCLUSIVE; "
    "from PostgreSQL 12 on a valid CHECK spares it that.\n"
)
CHECK = "ALTER TABLE orders ADD CONSTRAINT said CHECK (note IS NOT NULL) NOT VALID"
VALIDATE = "ALTER TABLE orders VALIDATE CONSTRAINT said"


@pytest.mark.parametrize(
    ("tables", "size"), [([], ASSUMED), ([ORDERS], LARGE)], ids=["no database", "database"]
)
def test_every_row_is_looked_at_and_the_fix_is_a_check(tables: list[Table], size: str) -> None:
    assert found(REQUIRED, tables=tables, only=NAME) == [
        finding(
            NAME,
            "Making orders.note NOT NULL reads all of orders while nobody else can.",
            WHY + size.format("orders"),
            *not_null("note"),
        )
    ]


def test_a_check_that_was_validated_before_spares_the_scan() -> None:
    assert found([CHECK], [VALIDATE], [REQUIRED], tables=[ORDERS], only=NAME) == []
    assert found([CHECK], [VALIDATE], [REQUIRED], only=NAME) == []


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("note IS NOT NULL", []),
        ("note IS NOT NULL AND note <> ''", []),
        ("note <> ''", [NAME]),
        ("shop_id IS NOT NULL", [NAME]),
    ],
)
def test_a_valid_check_of_the_database_spares_the_scan_where_it_says_so(
    expression: str, names: list[str]
) -> None:
    judged = found(REQUIRED, tables=[checked(ORDERS, expression)], only=NAME)
    assert [each.name for each in judged] == names


def test_a_check_that_is_not_valid_proves_nothing() -> None:
    table = checked(ORDERS, "note IS NOT NULL", valid=False)
    assert len(found(REQUIRED, tables=[table], only=NAME)) == 1
    assert len(found([CHECK], [REQUIRED], only=NAME)) == 1


def test_a_column_that_is_not_null_already_is_not_looked_at() -> None:
    assert found("ALTER TABLE orders ALTER id SET NOT NULL", tables=[ORDERS], only=NAME) == []


def test_an_empty_table_and_a_new_one_are_looked_at_in_a_moment() -> None:
    assert found(REQUIRED, tables=[EMPTY], only=NAME) == []
    assert found(NEW, REQUIRED, only=NAME) == []


def test_a_table_that_another_revision_made_is_somebodys_where_each_is_deployed_by_itself() -> None:
    assert len(found([NEW], [REQUIRED], together=False, only=NAME)) == 1


def test_a_backfill_in_its_transaction_is_said_by_another_rule() -> None:
    fill = "UPDATE orders SET note = ''"
    assert found(fill, REQUIRED, tables=[ORDERS], only=NAME) == []
    assert len(found([fill], [REQUIRED], tables=[replace(ORDERS, rows=None)], only=NAME)) == 1
