"""A rewrite while another table is held."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "rewrite-under-other-lock"
ADD = "ALTER TABLE users ADD COLUMN memo text"


def test_a_type_that_rewrites_blocks_the_other_table_too() -> None:
    assert found(ADD, "ALTER TABLE orders ALTER shop_id TYPE bigint", only=NAME) == [
        Finding(
            NAME,
            "Writing all of orders anew keeps every query on users waiting too.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE users ADD COLUMN memo text")',
                "# After this, let every instance write shop_id and shop_id_as_bigint.\n"
                'op.add_column("orders", sa.Column("shop_id_as_bigint", sa.BigInteger()))',
                "# Once they do; after this, let every instance read shop_id_as_bigint, and drop "
                "orders.shop_id when none uses it.\n"
                'batch = sa.text("UPDATE orders SET shop_id_as_bigint = CAST(shop_id AS '
                "bigint) WHERE id IN (SELECT id FROM orders WHERE shop_id_as_bigint IS NULL "
                'AND shop_id IS NOT NULL LIMIT 10000)")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_volatile_default_is_added_without_a_rewrite() -> None:
    sql = "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()"
    assert found(ADD, sql, only=NAME) == [
        Finding(
            NAME,
            "Writing all of orders anew keeps every query on users waiting too.",
            "The same revision changed it before, and its ACCESS EXCLUSIVE lock is held "
            "until the transaction ends.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE users ADD COLUMN memo text")',
                'op.add_column("orders", sa.Column("token", sa.Uuid()))\n'
                'op.alter_column("orders", "token", '
                'server_default=sa.text("gen_random_uuid()"))',
                'batch = sa.text("UPDATE orders SET token = DEFAULT WHERE id IN (SELECT id '
                'FROM orders WHERE token IS NULL LIMIT 10000)")\n'
                "with op.get_context().autocommit_block():\n"
                "    while op.get_bind().execute(batch).rowcount:\n"
                "        pass",
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_what_has_no_other_way_gets_a_revision_of_its_own() -> None:
    assert found(ADD, "ALTER TABLE orders SET LOGGED", only=NAME)[0].next == (
        'op.execute("ALTER TABLE users ADD COLUMN memo text")',
        'op.execute("ALTER TABLE orders SET LOGGED")',
    )


def test_the_same_table_a_cheap_change_and_another_transaction_raise_nothing() -> None:
    rewrite = "ALTER TABLE users ALTER age TYPE bigint"
    assert found(ADD, rewrite, only=NAME) == []
    assert found(ADD, "ALTER TABLE orders ADD COLUMN b text", only=NAME) == []
    assert found([ADD], ["ALTER TABLE orders ALTER shop_id TYPE bigint"], only=NAME) == []


def test_new_and_empty_tables_raise_nothing() -> None:
    sql = "ALTER TABLE orders ALTER shop_id TYPE bigint"
    assert found(ADD, "CREATE TABLE orders (shop_id int)", sql, only=NAME) == []
    empty = Table("orders", rows=0, complete=True)
    assert found(ADD, sql, tables=[empty], only=NAME) == []
