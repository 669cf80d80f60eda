"""Constraints that are dropped for good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Constraint
from tests.rules.constraining import NEW, ORDERS, USERS
from tests.rules.judging import found

NAME = "dropped-constraint"
ALLOWED = "  # guard: allow(dropped-constraint) no code relies on it any more"
TIMEOUT = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
NUMBER = "ALTER TABLE orders DROP CONSTRAINT orders_number_key"
CHECK = "ALTER TABLE orders DROP CONSTRAINT orders_total_check"


@pytest.mark.parametrize(
    ("name", "lost", "why", "fix"),
    [
        (
            "orders_number_key",
            "nothing keeps duplicates of number out of orders",
            "INSERT … ON CONFLICT on its columns fails in code that runs, and its index is gone.",
            'op.drop_constraint("orders_number_key", "orders", type_="unique")',
        ),
        (
            "orders_pkey",
            "nothing keeps duplicates of id out of orders",
            "INSERT … ON CONFLICT on its columns fails in code that runs, and its index is gone.",
            'op.drop_constraint("orders_pkey", "orders", type_="primary")',
        ),
        (
            "orders_user_id_fkey",
            "rows of orders may refer to rows of users that are not there",
            "Nothing cascades any more, and it can't come back before such rows are mended.",
            TIMEOUT + 'op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")',
        ),
        (
            "orders_total_check",
            "rows that break it can be written to orders",
            "It can't come back before such rows are mended.",
            'op.drop_constraint("orders_total_check", "orders", type_="check")',
        ),
    ],
)
def test_what_is_lost_depends_on_its_kind(name: str, lost: str, why: str, fix: str) -> None:
    sql = f"ALTER TABLE orders DROP CONSTRAINT {name}"
    assert found(sql, tables=[ORDERS, USERS], only=NAME) == [
        Finding(
            NAME,
            f"Without {name}, {lost}.",
            why,
            (fix + ALLOWED,),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_one_that_is_not_known_is_dropped_without_its_kind_and_without_what_depends_on_it() -> None:
    (one,) = found("ALTER TABLE s.orders DROP CONSTRAINT c CASCADE", only=NAME)
    assert one.message == "Without c, rows that break it can be written to s.orders."
    assert one.next == (f'op.drop_constraint("c", "orders", schema="s"){ALLOWED}',)


def test_a_foreign_key_of_mariadb_and_mysql_is_found_too() -> None:
    (one,) = found("ALTER TABLE orders DROP FOREIGN KEY f", kind="mariadb", only=NAME)
    assert (
        one.message
        == "Without f, rows of orders may refer to rows of other tables that are " + ("not there.")
    )
    assert one.next == (f'op.drop_constraint("f", "orders", type_="foreignkey"){ALLOWED}',)


@pytest.mark.parametrize(
    "instead",
    [
        "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (number)",
        "ALTER TABLE orders ADD PRIMARY KEY (number)",
        "ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number, shop_id)",
        "CREATE UNIQUE INDEX u ON orders (number)",
    ],
)
def test_one_that_is_replaced_in_the_same_revision_is_silent(instead: str) -> None:
    assert found(NUMBER, instead, tables=[ORDERS], only=NAME) == []
    assert found([NUMBER], [instead], tables=[ORDERS], only=NAME) != []


def test_what_came_first_replaces_it_too() -> None:
    assert (
        found("CREATE UNIQUE INDEX u ON orders (number)", NUMBER, tables=[ORDERS], only=NAME) == []
    )
    check = "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 1) NOT VALID"
    assert found(CHECK, check, tables=[ORDERS], only=NAME) == []


def test_another_kind_or_another_table_replaces_nothing() -> None:
    for other in (
        "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (number) REFERENCES users (name)",
        "CREATE UNIQUE INDEX u ON users (number)",
        "CREATE INDEX i ON orders (number)",
    ):
        assert found(NUMBER, other, tables=[ORDERS], only=NAME) != []


def test_what_goes_with_its_column_or_table_is_silent() -> None:
    assert found([NUMBER], ["DROP TABLE orders"], tables=[ORDERS], only=NAME) == []
    assert (
        found([NUMBER], ["ALTER TABLE orders DROP COLUMN number"], tables=[ORDERS], only=NAME) == []
    )


def test_one_that_the_run_added_is_silent() -> None:
    add = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID"
    assert found([add], ["ALTER TABLE orders DROP CONSTRAINT c"], only=NAME) == []
    assert found(NEW, "ALTER TABLE orders DROP CONSTRAINT c", only=NAME) == []


def test_a_check_that_its_column_says_by_itself_is_silent() -> None:
    check = Constraint("check", "c", ("user_id",), expression="(user_id IS NOT NULL)")
    table = replace(ORDERS, constraints={"c": check})
    sql = "ALTER TABLE orders DROP CONSTRAINT c"
    assert found(sql, tables=[table], only=NAME) == []
    nullable = replace(check, columns=("shop_id",), expression="(shop_id IS NOT NULL)")
    assert found(sql, tables=[replace(ORDERS, constraints={"c": nullable})], only=NAME) != []
