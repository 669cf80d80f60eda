"""A type that costs nothing but that its CHECKs are checked anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alembic_guard.finding import Severity
from tests.rules.altering import EMPTY, LARGE, ORDERS, checked, finding
from tests.rules.judging import found

NAME = "type-change-rechecks"
WIDER = "ALTER TABLE orders ALTER total TYPE numeric(12, 2)"


def test_a_valid_check_is_checked_anew_and_the_fix_puts_it_out_of_the_way() -> None:
    assert found(WIDER, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Changing orders.total to numeric(12, 2) checks every row of orders anew.",
            "The values stay as they are, but orders_total_check is made anew for the new type, "
            f"which reads the whole table under ACCESS EXCLUSIVE.\n{LARGE.format('orders')}",
            'op.drop_constraint("orders_total_check", "orders", type_="check")\n'
            'op.alter_column("orders", "total", type_=sa.Numeric(12, 2))\n'
            'op.create_check_constraint("orders_total_check", "orders", "total >= 0::numeric", '
            "postgresql_not_valid=True)",
            'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check")',
            severity=Severity.WARNING,
        )
    ]


def test_a_type_without_a_class_and_another_collation_are_written_as_sql() -> None:
    sql = 'ALTER TABLE orders ALTER note TYPE varchar COLLATE "C"'
    table = checked(replace(ORDERS, constraints={}), "note <> ''")
    (one,) = found(sql, tables=[table], only=NAME)
    assert one.next[0].splitlines()[1] == (
        'op.execute("ALTER TABLE orders ALTER COLUMN note TYPE varchar COLLATE \\"C\\"")'
    )


def test_a_check_that_is_not_known_has_no_fix() -> None:
    constraints = {
        "orders_total_check": replace(ORDERS.constraints["orders_total_check"], expression=None)
    }
    (one,) = found(WIDER, tables=[replace(ORDERS, constraints=constraints)], only=NAME)
    assert one.next == ()


def test_a_change_that_rewrites_the_table_says_enough_by_itself() -> None:
    sql = "ALTER TABLE orders ALTER total TYPE bigint"
    assert found(sql, tables=[ORDERS], only=NAME) == []


@pytest.mark.parametrize(
    "table",
    [
        EMPTY,
        replace(ORDERS, constraints={}),
        checked(replace(ORDERS, constraints={}), "total > 0", valid=False),
        checked(replace(ORDERS, constraints={}), "shop_id > 0"),
    ],
    ids=["empty", "no check", "not valid", "of another column"],
)
def test_no_row_is_looked_at_without_a_valid_check_of_the_column(table: object) -> None:
    assert found(WIDER, tables=[table], only=NAME) == []  # type: ignore[list-item]
