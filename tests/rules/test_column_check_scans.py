"""A new column with a CHECK behind it."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "column-check-scans"
SQL = "ALTER TABLE orders ADD COLUMN weight integer CHECK (weight > 0)"
FINDING = Finding(
    NAME,
    "Adding orders.weight with a CHECK makes every read of orders wait.",
    f"ALTER TABLE holds ACCESS EXCLUSIVE while it tests each row.\n{ASSUMED}",
    (
        'op.add_column("orders", sa.Column("weight", sa.Integer()))',
        'op.create_check_constraint("orders_weight_check", "orders", "weight > 0", '
        "postgresql_not_valid=True)",
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_weight_check")',
    ),
    Severity.WARNING,
    revision="a1",
    place=Place("a1.py", 1),
)


def test_a_check_behind_a_column_reads_the_table_and_the_fix_validates_it_later() -> None:
    assert found(SQL) == [FINDING]


def test_a_check_of_sqlalchemy_is_written_behind_its_column_too() -> None:
    column = 'sa.Column("weight", sa.Integer(), sa.CheckConstraint("weight > 0"))'
    assert added("orders", column) == [FINDING]


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_a_column_that_rewrites_the_table_is_told_of_by_that() -> None:
    sql = "ALTER TABLE orders ADD COLUMN weight serial CHECK (weight > 0)"
    assert [each.name for each in found(sql)] == ["serial-column-rewrites"]
