"""A new column with REFERENCES behind it."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import ASSUMED, NEW
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "column-reference-blocks-writes"
SQL = "ALTER TABLE orders ADD COLUMN seller_id bigint {}REFERENCES shops (id)"
FIX = (
    'op.create_foreign_key("orders_seller_id_fkey", "orders", "shops", ["seller_id"], ["id"], '
    "postgresql_not_valid=True)",
    'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_seller_id_fkey")',
)


def test_with_a_default_both_tables_are_read_under_their_locks() -> None:
    assert found(SQL.format("DEFAULT 1 ")) == [
        Finding(
            NAME,
            "Adding orders.seller_id with REFERENCES makes every write to shops wait.",
            "It reads orders whole under ACCESS EXCLUSIVE, and shops under SHARE ROW EXCLUSIVE, "
            f"to check the default of each row.\n{ASSUMED}",
            (
                'op.add_column("orders", sa.Column("seller_id", sa.BigInteger(), '
                'server_default=sa.text("1")))',
                *FIX,
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_without_a_default_one_table_is_locked_while_the_other_is_waited_for() -> None:
    assert found(SQL.format("")) == [
        Finding(
            NAME,
            "Adding orders.seller_id with REFERENCES makes every read of orders wait for the "
            "transactions that write shops.",
            "It holds ACCESS EXCLUSIVE on orders while it waits for SHARE ROW EXCLUSIVE on shops.",
            ('op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))', *FIX),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    "before", [NEW, "CREATE TABLE shops (id bigint PRIMARY KEY)"], ids=["own", "other"]
)
def test_a_new_table_on_either_side_is_silent(before: str) -> None:
    assert found(before, SQL.format("DEFAULT 1 "), only=NAME) == []


def test_a_table_may_refer_to_itself() -> None:
    sql = "ALTER TABLE orders ADD COLUMN parent_id integer REFERENCES orders (id)"
    assert found(sql, only=NAME) == []


def test_a_foreign_key_of_sqlalchemy_is_a_statement_of_its_own() -> None:
    column = 'sa.Column("seller_id", sa.BigInteger(), sa.ForeignKey("shops.id"))'
    assert added("orders", column, only=NAME) == []
