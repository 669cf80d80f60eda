"""A valid foreign key on a table in use."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import (
    ASSUMED,
    EMPTY,
    NEW,
    ORDERS,
    PARTITIONED,
    USERS,
    index,
    said,
    validate,
)
from tests.rules.judging import found

NAME = "foreign-key-blocks-writes"
SQL = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES users (id)"
NOT_VALID = f'op.execute("{SQL} NOT VALID")'


def test_writes_to_both_tables_wait_and_the_fix_validates_it_later() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "A foreign key on orders (shop_id) makes every write to orders and users wait until "
            "all rows are checked.",
            "ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on orders and users, and reads all rows "
            f"under it.\n{ASSUMED}",
            (NOT_VALID, validate("f")),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE users (id integer PRIMARY KEY)", SQL),
        (SQL.replace("users (id)", "orders (id)"),),
    ],
)
def test_only_its_own_table_is_locked_where_the_other_is_new_or_the_same(
    statements: tuple[str, ...],
) -> None:
    (one,) = found(*statements, only=NAME)
    assert one.message == (
        "A foreign key on orders (shop_id) makes every write to orders wait until all rows are "
        "checked."
    )


def test_what_is_written_beside_the_constraint_is_kept() -> None:
    (one,) = found("ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users ON DELETE CASCADE;")
    assert one.next == (
        'op.execute("ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users ON DELETE CASCADE '
        'NOT VALID")',
        validate("orders_a_fkey"),
    )


def test_what_the_directive_says_is_kept() -> None:
    (one,) = said(
        lambda op: op.create_foreign_key(
            "f",
            "orders",
            "users",
            ["a", "b"],
            ["c", "d"],
            ondelete="CASCADE",
            deferrable=True,
            source_schema="s",
            referent_schema="t",
        )
    )
    assert one.next == (
        'op.create_foreign_key("f", "orders", "users", ["a", "b"], ["c", "d"], ondelete="CASCADE", '
        'deferrable=True, source_schema="s", referent_schema="t", postgresql_not_valid=True)',
        validate("f", "s.orders"),
    )


def test_one_that_comes_with_a_column_is_added_after_it() -> None:
    column = sa.Column("x", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"))
    add = "ALTER TABLE orders ADD FOREIGN KEY(x) REFERENCES users (id) ON DELETE CASCADE"
    (one,) = said(
        lambda op: op.add_column("orders", column),
        sql=("ALTER TABLE orders ADD COLUMN x INTEGER", add),
    )
    assert one.next == (
        f'op.add_column("orders", sa.Column("x", sa.Integer()))\nop.execute("{add} NOT VALID")',
        validate("orders_x_fkey"),
    )


def test_one_clause_of_several_is_written_anew_for_the_primary_key_that_it_means() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (number) REFERENCES users"
    (one,) = found(f"{sql}, ADD COLUMN x integer", tables=[ORDERS, USERS], only=NAME)
    assert one.next == (
        'op.create_foreign_key("f", "orders", "users", ["number"], ["id"], '
        "postgresql_not_valid=True)",
        validate("f"),
    )


def test_an_index_comes_first_where_it_is_known_that_there_is_none() -> None:
    sql = SQL.replace("shop_id", "user_id")
    (one,) = found(sql, tables=[ORDERS, USERS], only=NAME)
    assert one.next == (index("user_id"), f'op.execute("{sql} NOT VALID")', validate("f"))
    (other,) = found(SQL, tables=[ORDERS, USERS], only=NAME)
    assert other.next == (NOT_VALID, validate("f"))


def test_a_partitioned_table_can_not_put_it_off_before_version_18() -> None:
    (one,) = found(SQL, tables=[PARTITIONED], only=NAME)
    assert one.next == (
        f'op.execute("{SQL}")  # guard: allow({NAME}) writes may wait: a partitioned table has no '
        "NOT VALID foreign key",
    )
    (other,) = found(SQL, tables=[PARTITIONED], version=(18, 0), only=NAME)
    assert other.next == (NOT_VALID, validate("f"))


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY, USERS], only=NAME) == []


def test_one_that_is_not_valid_or_not_enforced_is_silent() -> None:
    assert found(f"{SQL} NOT VALID", only=NAME) == []
    assert found(f"{SQL} NOT ENFORCED", only=NAME) == []


def test_a_small_table_is_noted() -> None:
    (one,) = found(SQL, tables=[ORDERS, USERS], small=10, only=NAME)
    assert one.severity is Severity.NOTE
