"""A foreign key whose columns begin no index."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Index
from tests.rules.constraining import EMPTY, ORDERS, PARTITIONED, SIZE, USERS, index, validate
from tests.rules.judging import found

NAME = "foreign-key-without-index"
WHY = (
    "PostgreSQL makes no index for a foreign key, and looks for the rows that refer to one that is "
    "deleted."
)
SQL = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (total) REFERENCES users (id) NOT VALID"
PAIR = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES users (c, d) NOT VALID"
TABLE = "CREATE TABLE items (id bigint PRIMARY KEY, user_id integer REFERENCES users (id))"


def test_a_table_without_an_index_on_them_is_found_and_the_fix_builds_it_first() -> None:
    assert found(SQL, tables=[ORDERS, USERS], only=NAME) == [
        Finding(
            NAME,
            "Every delete in users reads all of orders: no index begins with total.",
            f"{WHY}\n{SIZE}",
            (index("total"), f'op.execute("{SQL}")', validate("f")),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_is_found_and_the_fix_makes_the_index_with_it() -> None:
    assert found(TABLE, only=NAME) == [
        Finding(
            NAME,
            "Every delete in users reads all of items: no index begins with user_id.",
            WHY,
            (
                'op.create_table("items", sa.Column("id", sa.BigInteger(), nullable=False, '
                'autoincrement=False), sa.Column("user_id", sa.Integer()), '
                'sa.PrimaryKeyConstraint("id"), sa.ForeignKeyConstraint(["user_id"], '
                '["users.id"]))\n'
                'op.create_index("ix_items_user_id", "items", ["user_id"])',
            ),
            Severity.NOTE,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_key_that_a_new_table_gets_later_is_found_too() -> None:
    sql = "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)"
    (one,) = found("CREATE TABLE items (user_id integer)", sql, only=NAME)
    assert one.next == (
        f'op.create_index("ix_items_user_id", "items", ["user_id"])\nop.execute("{sql}")',
    )


def test_a_reference_behind_a_new_column_is_found() -> None:
    sql = "ALTER TABLE orders ADD COLUMN a integer REFERENCES users (id)"
    (one,) = found(sql, tables=[ORDERS, USERS], only=NAME)
    assert one.next == (
        'op.add_column("orders", sa.Column("a", sa.Integer()))',
        index("a"),
        'op.create_foreign_key("orders_a_fkey", "orders", "users", ["a"], ["id"], '
        "postgresql_not_valid=True)",
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_a_fkey")',
    )
    assert found(f"{sql} UNIQUE", tables=[ORDERS, USERS], only=NAME) == []


@pytest.mark.parametrize(
    ("columns", "options", "is_found"),
    [
        (("a", "b"), {}, False),
        (("b", "a", "c"), {}, False),
        (("a", "c", "b"), {}, True),
        (("a",), {}, True),
        (("a", "b"), {"where": "a > 0"}, True),
        (("a", "b"), {"valid": False}, True),
        (("a", "b"), {"method": "gin"}, True),
    ],
)
def test_an_index_counts_that_begins_with_its_columns(
    columns: tuple[str, ...], options: dict[str, str | bool], is_found: bool
) -> None:
    table = replace(ORDERS, indexes={"i": replace(Index("i", columns), **options)})  # type: ignore[arg-type]
    assert bool(found(PAIR, tables=[table, USERS], only=NAME)) is is_found


@pytest.mark.parametrize(
    "later",
    [
        "CREATE INDEX i ON items (user_id, id)",
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE (user_id)",
    ],
)
def test_an_index_that_the_run_makes_later_counts(later: str) -> None:
    assert found([TABLE], [later], only=NAME) == []
    assert found([TABLE], [later.replace("items", "orders")], only=NAME) != []


def test_a_primary_key_counts() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES users (id) NOT VALID"
    assert found(sql, tables=[ORDERS, USERS], only=NAME) == []


def test_what_is_not_known_is_silent() -> None:
    assert found(SQL, only=NAME) == []
    assert found(SQL, tables=[replace(ORDERS, complete=False)], only=NAME) == []
    for table in ("CREATE TEMP TABLE", "CREATE TABLE"):
        like = "" if "TEMP" in table else ", LIKE orders"
        sql = f"{table} items (user_id integer REFERENCES users (id){like})"
        assert found(sql, only=NAME) == []


def test_an_empty_and_a_partitioned_table_are_silent() -> None:
    assert found(SQL, tables=[EMPTY], only=NAME) == []
    assert found(SQL, tables=[PARTITIONED], only=NAME) == []


def test_a_key_that_is_dropped_and_made_again_makes_nothing_slower() -> None:
    drop = "ALTER TABLE orders DROP CONSTRAINT f"
    assert found(drop, SQL, tables=[ORDERS, USERS], only=NAME) == []
    assert len(found([drop], [SQL], tables=[ORDERS, USERS], only=NAME)) == 1
