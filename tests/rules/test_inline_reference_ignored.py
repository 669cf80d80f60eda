"""REFERENCES behind a column, in MySQL."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "inline-reference-ignored"
ADDED = "ALTER TABLE orders ADD COLUMN seller_id bigint REFERENCES shops (id)"
CREATED = (
    "CREATE TABLE visits (id integer PRIMARY KEY, shop_id bigint NOT NULL REFERENCES shops (id))"
)


def finding(column: str, fix: tuple[str, ...]) -> Finding:
    return Finding(
        NAME,
        f"MySQL ignores the REFERENCES behind {column}: no foreign key is made.",
        "Rows that refer to nothing in shops are let in.",
        fix,
        Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_a_new_column_gets_no_foreign_key() -> None:
    assert found(ADDED, kind="mysql", only=NAME) == [
        finding(
            "orders.seller_id",
            (
                'op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))',
                'op.create_foreign_key("orders_seller_id_fkey", "orders", "shops", '
                '["seller_id"], ["id"])',
            ),
        )
    ]


def test_nor_does_a_new_table() -> None:
    assert found(CREATED, kind="mysql", only=NAME) == [
        finding(
            "visits.shop_id",
            (
                'op.create_table("visits", sa.Column("id", sa.Integer(), autoincrement=False), '
                'sa.Column("shop_id", sa.BigInteger(), nullable=False), '
                'sa.PrimaryKeyConstraint("id"), '
                'sa.ForeignKeyConstraint(["shop_id"], ["shops.id"]))',
            ),
        )
    ]


def test_the_code_of_a_table_that_has_no_class_for_a_type_is_not_guessed() -> None:
    sql = CREATED.replace("integer", "whatever")
    assert [each.next for each in found(sql, kind="mysql", only=NAME)] == [()]


def test_mysql_9_and_mariadb_make_one() -> None:
    for sql in (ADDED, CREATED):
        assert found(sql, kind="mysql", version=(9, 0, 0), only=NAME) == []
        assert found(sql, kind="mariadb", only=NAME) == []


def test_a_foreign_key_of_the_table_is_silent() -> None:
    sql = CREATED.replace("REFERENCES", ", FOREIGN KEY (shop_id) REFERENCES")
    assert found(sql, kind="mysql", only=NAME) == []
