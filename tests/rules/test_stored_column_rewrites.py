"""A new stored generated column."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "stored-column-rewrites"
SQL = "ALTER TABLE orders ADD COLUMN cents bigint GENERATED ALWAYS AS (total * 100) STORED"
COLUMN = 'sa.Column("cents", sa.BigInteger(), sa.Computed("total * 100", persisted=True))'


def test_a_stored_column_rewrites_the_table() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "Adding orders.cents as a stored generated column rewrites all of orders.",
            "Nobody reads or writes it until each row has its value and every index is built "
            f"anew, under ACCESS EXCLUSIVE.\n{ASSUMED}",
            (
                f'op.execute("{SQL}")'
                "  # guard: allow(stored-column-rewrites) nobody uses it at that hour",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("version", "fix"),
    [
        (
            (17,),
            'op.execute("CREATE VIEW orders_with_cents AS SELECT *, total * 100 AS cents '
            'FROM orders")',
        ),
        (
            (18,),
            'op.add_column("orders", sa.Column("cents", sa.BigInteger(), '
            'sa.Computed("total * 100", persisted=False)))',
        ),
    ],
)
def test_the_fix_computes_it_when_it_is_read(version: tuple[int, ...], fix: str) -> None:
    judged = added("orders", COLUMN, version=version)
    assert [(each.name, each.next) for each in judged] == [(NAME, (fix,))]


def test_a_virtual_column_of_postgresql_18_is_silent() -> None:
    assert added("orders", COLUMN.replace("True", "False"), version=(18,)) == []


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []
