"""A primary key that takes over an index of columns that may be NULL."""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Constraint
from tests.rules.adding import not_null
from tests.rules.constraining import EMPTY, ORDERS, SIZE
from tests.rules.judging import found

NAME = "primary-key-on-nullable-index"
SQL = "ALTER TABLE orders ADD CONSTRAINT p PRIMARY KEY USING INDEX uq_orders_shop_id"


def test_every_row_is_read_for_nulls_and_the_fix_does_so_before() -> None:
    assert found(SQL, tables=[ORDERS]) == [
        Finding(
            NAME,
            "The primary key on uq_orders_shop_id makes every read and write of orders wait: "
            "shop_id may be NULL.",
            "ADD PRIMARY KEY USING INDEX holds ACCESS EXCLUSIVE while it reads every row for "
            f"NULLs.\n{SIZE}",
            (*not_null("shop_id"), f'op.execute("{SQL}")'),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_valid_check_says_that_there_is_none() -> None:
    check = Constraint("check", "c", ("shop_id",), expression="(shop_id IS NOT NULL)")
    known = replace(ORDERS, constraints={**ORDERS.constraints, "c": check})
    assert found(SQL, tables=[known], only=NAME) == []


def test_what_is_not_known_and_an_empty_table_are_silent() -> None:
    assert found(SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_columns_that_are_not_null_are_silent() -> None:
    columns = {**ORDERS.columns, "shop_id": replace(ORDERS.columns["shop_id"], nullable=False)}
    assert found(SQL, tables=[replace(ORDERS, columns=columns)], only=NAME) == []
