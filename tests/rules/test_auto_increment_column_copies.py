"""A new AUTO_INCREMENT column."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.judging import found

NAME = "auto-increment-column-copies"
SQL = "ALTER TABLE orders ADD COLUMN ticket integer NOT NULL AUTO_INCREMENT UNIQUE"
MESSAGE = "Adding orders.ticket as AUTO_INCREMENT rewrites all of orders, and writes wait."
WHY = (
    "Adding an auto-increment column requires LOCK=SHARED; a replica may give the rows other "
    f"numbers.\n{ASSUMED}"
)


def test_mariadb_counts_by_a_sequence_instead() -> None:
    assert found(SQL, kind="mariadb") == [
        Finding(
            NAME,
            MESSAGE,
            WHY,
            (
                'op.execute("CREATE SEQUENCE orders_ticket_seq")',
                'op.add_column("orders", sa.Column("ticket", sa.Integer()))',
                'op.execute("ALTER TABLE orders ALTER COLUMN ticket '
                'SET DEFAULT nextval(orders_ticket_seq)")',
                'batch = sa.text("UPDATE orders SET ticket = DEFAULT '
                'WHERE ticket IS NULL LIMIT 10000")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_mysql_has_no_sequence_and_needs_an_hour_without_writes() -> None:
    assert found(SQL, kind="mysql") == [
        Finding(
            NAME,
            MESSAGE,
            WHY,
            (
                f'op.execute("{SQL}")'
                "  # guard: allow(auto-increment-column-copies) nobody writes at that hour",
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_new_and_empty_tables_are_silent() -> None:
    assert found(NEW, SQL, kind="mariadb", only=NAME) == []
    assert found(SQL, kind="mariadb", tables=[EMPTY], only=NAME) == []
