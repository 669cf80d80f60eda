"""A type that the other side of a foreign key waits for."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.altering import LARGE, NEW, ORDERS, USERS, beside, finding
from tests.rules.judging import found

NAME = "type-change-of-referenced-key"
TABLES = [ORDERS, USERS]
PARENT = "ALTER TABLE users ALTER id TYPE bigint"
CHILD = "ALTER TABLE orders ALTER user_id TYPE bigint"


def test_the_tables_that_refer_to_a_key_wait_until_it_is_changed() -> None:
    fix = beside("id", "id_as_bigint", "sa.BigInteger()", "CAST(id AS bigint)")
    assert found(PARENT, tables=TABLES, only=NAME) == [
        finding(
            NAME,
            "Changing users.id to bigint makes everybody who uses orders wait.",
            "A foreign key is between users and orders: it is made anew and checked, "
            f"with both under ACCESS EXCLUSIVE.\n{LARGE.format('orders')}",
            *(each.replace("orders", "users") for each in fix),
        )
    ]


def test_the_table_that_a_foreign_key_refers_to_waits_as_well() -> None:
    value = "CAST(user_id AS bigint)"
    assert found(CHILD, tables=TABLES, only=NAME) == [
        finding(
            NAME,
            "Changing orders.user_id to bigint makes everybody who uses users wait.",
            "A foreign key is between orders and users: it is made anew and checked, "
            f"with both under ACCESS EXCLUSIVE.\n{LARGE.format('users')}",
            *beside("user_id", "user_id_as_bigint", "sa.BigInteger()", value),
        )
    ]


def test_a_column_without_a_foreign_key_keeps_no_other_table_waiting() -> None:
    sql = "ALTER TABLE orders ALTER shop_id TYPE bigint"
    assert found(sql, tables=TABLES, only=NAME) == []


def test_a_change_that_costs_nothing_keeps_nobody_waiting_for_long() -> None:
    assert found("ALTER TABLE users ALTER id TYPE integer", tables=TABLES, only=NAME) == []


def test_an_empty_table_on_the_other_side_is_nobodys_harm() -> None:
    tables = [replace(ORDERS, rows=0), USERS]
    assert found(PARENT, tables=tables, only=NAME) == []


def test_a_table_that_is_new_itself_is_nobodys_yet() -> None:
    sql = "CREATE TABLE orders (id integer, user_id integer REFERENCES users (id))"
    assert found(sql, CHILD, tables=[USERS], only=NAME) == []
    assert found(NEW, CHILD, only=NAME) == []
