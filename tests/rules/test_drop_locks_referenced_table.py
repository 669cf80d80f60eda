"""What drops a foreign key, and the lock on the table that it refers to."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import EMPTY, ORDERS, USERS, said
from tests.rules.judging import found

NAME = "drop-locks-referenced-table"
SQL = "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey"
TIMEOUT = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
DROPPED = 'op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")'
BOTH = [ORDERS, USERS]


def finding(what: str, *fix: str, table: str = "users") -> Finding:
    return Finding(
        NAME,
        f"Dropping {what} makes every read and write of {table} wait until it has its lock.",
        f"It takes ACCESS EXCLUSIVE on {table} too, and while it waits behind a long query, every "
        "other one waits behind it.",
        fix,
        Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_dropping_a_foreign_key_locks_the_other_table_and_the_fix_waits_no_longer() -> None:
    allowed = "  # guard: allow(dropped-constraint) no code relies on it any more"
    fix = TIMEOUT + DROPPED + allowed
    assert found(SQL, tables=BOTH, only=NAME) == [finding("orders_user_id_fkey", fix)]


def test_the_other_table_need_not_be_known() -> None:
    fix = (
        f'{TIMEOUT}op.drop_constraint("f", "orders", type_="foreignkey")'
        "  # guard: allow(dropped-constraint) no code relies on it any more"
    )
    dropped = said(lambda op: op.drop_constraint("f", "orders", type_="foreignkey"), only=NAME)
    assert dropped == [finding("f", fix, table="the table it refers to")]


def test_one_that_is_replaced_needs_no_reason() -> None:
    again = (
        "ALTER TABLE orders ADD CONSTRAINT g FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID"
    )
    assert found(SQL, again, tables=BOTH, only=NAME) == [
        finding("orders_user_id_fkey", TIMEOUT + DROPPED)
    ]


def test_dropping_its_column_or_its_table_drops_the_foreign_keys_first() -> None:
    assert found("ALTER TABLE orders DROP COLUMN user_id", tables=BOTH, only=NAME) == [
        finding(
            "orders.user_id",
            TIMEOUT + DROPPED,
            'op.drop_column("orders", "user_id")'
            "  # guard: allow(drop-column) nothing reads it any more",
        )
    ]
    assert found("DROP TABLE orders", tables=BOTH, only=NAME) == [
        finding(
            "orders",
            TIMEOUT + DROPPED,
            'op.drop_table("orders")  # guard: allow(drop-table) nothing reads it',
        )
    ]


def test_an_empty_table_needs_no_reason_to_be_dropped() -> None:
    (one,) = found("DROP TABLE orders", tables=[EMPTY, USERS], only=NAME)
    assert one.next == (TIMEOUT + DROPPED, 'op.drop_table("orders")')


@pytest.mark.parametrize("set_it", ["SET LOCAL lock_timeout = '2s'", "SET lock_timeout = 2000"])
def test_a_short_wait_is_silent(set_it: str) -> None:
    assert found(set_it, SQL, tables=BOTH, only=NAME) == []


def test_a_wait_of_another_transaction_or_for_ever_is_no_short_one() -> None:
    local = "SET LOCAL lock_timeout = '2s'"
    assert [each.name for each in found([local], [SQL], tables=BOTH, only=NAME)] == [NAME]
    assert [each.name for each in found("SET lock_timeout = 0", SQL, tables=BOTH, only=NAME)] == [
        NAME
    ]


def test_a_database_that_waits_no_longer_is_silent() -> None:
    assert found(SQL, tables=BOTH, only=NAME, target={"lock_timeout": 5.0}) == []


def test_a_constraint_that_refers_to_nothing_and_another_column_are_silent() -> None:
    for sql in (
        "ALTER TABLE orders DROP CONSTRAINT orders_number_key",
        "ALTER TABLE orders DROP COLUMN total",
        "ALTER TABLE orders DROP CONSTRAINT unknown",
        "DROP TABLE users",
    ):
        assert found(sql, tables=BOTH, only=NAME) == []


def test_new_tables_and_the_table_itself_are_silent() -> None:
    add = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES"
    drop = "ALTER TABLE orders DROP CONSTRAINT f"
    assert found(f"{add} orders (id)", drop, tables=BOTH, only=NAME) == []
    new = "CREATE TABLE shops (id integer PRIMARY KEY)"
    assert found(new, f"{add} shops (id)", drop, tables=BOTH, only=NAME) == []
    own = "CREATE TABLE items (a integer CONSTRAINT f REFERENCES users (id))"
    assert found(own, "DROP TABLE items", tables=BOTH, only=NAME) == []
