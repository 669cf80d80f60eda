"""A new column that is the primary key."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW, backfill, counted, not_null, unique
from tests.rules.judging import found

NAME = "primary-key-column-blocks-reads"
SQL = "ALTER TABLE orders ADD COLUMN key {} PRIMARY KEY"
NUMBERS = (
    counted("key", "sa.BigInteger()"),
    backfill("key"),
    *not_null("key"),
    *unique("key", "orders_pkey", "PRIMARY KEY"),
)


@pytest.mark.parametrize("type_", ["bigserial", "bigint GENERATED ALWAYS AS IDENTITY"])
def test_a_key_that_counts_rewrites_the_table_and_the_fix_makes_it_in_steps(type_: str) -> None:
    assert found(SQL.format(type_)) == [
        Finding(
            NAME,
            "Adding orders.key as the primary key rewrites all of orders.",
            "Nobody reads or writes it until each row has its value and every index is built "
            f"anew, under ACCESS EXCLUSIVE.\n{ASSUMED}",
            NUMBERS,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("type_", "rows", "fix"),
    [
        ("bigint", "rows", NUMBERS),
        ("bigint DEFAULT 1", "two rows", NUMBERS),
        (
            "uuid",
            "rows",
            (
                'op.add_column("orders", sa.Column("key", sa.Uuid()))\n'
                'op.alter_column("orders", "key", server_default=sa.text("gen_random_uuid()"))',
                *NUMBERS[1:],
            ),
        ),
    ],
)
def test_a_key_without_a_value_of_its_own_for_each_row_fails(
    type_: str, rows: str, fix: tuple[str, ...]
) -> None:
    assert found(SQL.format(type_)) == [
        Finding(
            NAME,
            f"Adding orders.key as the primary key fails if orders has {rows}.",
            "A key needs another value in each row, and nothing gives it to those of before.",
            fix,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_and_an_empty_table_are_silent() -> None:
    sql = SQL.format("bigserial")
    assert found(NEW, sql, only=NAME) == []
    assert found(sql, tables=[EMPTY], only=NAME) == []
