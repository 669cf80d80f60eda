"""Rows that are changed under the lock of an ALTER TABLE."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found
from tests.rules.steps import shared

NAME = "schema-and-data-together"
ADD = "ALTER TABLE orders ADD COLUMN memo text"


def test_an_update_of_all_rows_behind_an_alter_table_is_an_error_and_its_fix_goes_in_pages() -> (
    None
):
    assert found(ADD, "UPDATE orders SET memo = note", only=NAME) == [
        Finding(
            NAME,
            "Updating all rows of orders keeps every query on orders waiting until the commit.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                'ends = sa.text("SELECT id FROM (SELECT id FROM orders WHERE id > :after ORDER '
                'BY id LIMIT 10000) AS page ORDER BY id DESC LIMIT 1")\n'
                'page = sa.text("UPDATE orders SET memo = note WHERE id > :after AND id <= '
                ':until")\n'
                "after = -(2**31)\n"
                "with op.get_context().autocommit_block():\n"
                '    while (until := op.get_bind().scalar(ends, {"after": after})) is not '
                "None:\n"
                '        op.get_bind().execute(page, {"after": after, "until": until})\n'
                "        after = until",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_where_a_condition_says_how_many_it_is_a_warning_and_gets_a_revision_of_its_own() -> None:
    sql = "UPDATE orders SET memo = note WHERE memo IS NULL"
    assert found(ADD, sql, "ALTER TABLE orders DROP COLUMN note", only=NAME) == [
        Finding(
            NAME,
            "Updating the rows of orders keeps every query on orders waiting until the commit.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                'op.execute("UPDATE orders SET memo = note WHERE memo IS NULL")',
                'op.execute("ALTER TABLE orders DROP COLUMN note")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_another_table_that_is_held_waits_too() -> None:
    held = ["ALTER TABLE users ADD COLUMN a int", "ALTER TABLE shops ADD COLUMN a int", ADD]
    assert found(*held[:2], "DELETE FROM orders", only=NAME) == [
        Finding(
            NAME,
            "Deleting all rows of orders keeps every query on shops and users waiting "
            "until the commit.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE users ADD COLUMN a int")\n'
                'op.execute("ALTER TABLE shops ADD COLUMN a int")',
                'batch = sa.text("DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders '
                'LIMIT 10000)")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 3),
        )
    ]
    assert found(*held, "INSERT INTO orders SELECT * FROM archive.orders", only=NAME) == [
        Finding(
            NAME,
            "Inserting rows into orders keeps every query on orders and 2 other tables "
            "waiting until the commit.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE users ADD COLUMN a int")\n'
                'op.execute("ALTER TABLE shops ADD COLUMN a int")\n'
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                'op.execute("INSERT INTO orders SELECT * FROM archive.orders")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 4),
        )
    ]
    assert found(ADD, "COPY orders FROM '/tmp/orders'", only=NAME) == [
        Finding(
            NAME,
            "Copying rows into orders keeps every query on orders waiting until the commit.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                "op.execute(\"COPY orders FROM '/tmp/orders'\")",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_small_table_is_worth_a_note() -> None:
    small = Table("orders", rows=5, complete=True)
    judged = found(ADD, "DELETE FROM orders", tables=[small], small=10, only=NAME)
    assert [each.severity.value for each in judged] == ["note"]


def test_rows_before_the_alter_table_and_in_another_transaction_raise_nothing() -> None:
    update = "UPDATE orders SET note = ''"
    assert found(update, ADD, only=NAME) == []
    assert found([ADD], [update], only=NAME) == []
    assert found(ADD, update, autocommit=[2], only=NAME) == []


def test_new_and_empty_tables_and_single_rows_raise_nothing() -> None:
    assert found("CREATE TABLE orders (id int)", ADD, "DELETE FROM orders", only=NAME) == []
    empty = Table("orders", rows=0, complete=True)
    assert found(ADD, "DELETE FROM orders", tables=[empty], only=NAME) == []
    assert found(ADD, "INSERT INTO orders VALUES (1)", only=NAME) == []
    assert found(ADD, "COPY orders TO '/tmp/orders'", only=NAME) == []


def test_a_lock_that_an_earlier_revision_holds_is_another_rules() -> None:
    assert shared([ADD], ["DELETE FROM orders"], only=NAME) == []
