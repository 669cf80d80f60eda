"""A foreign key of MariaDB or MySQL."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import ASSUMED, EMPTY, NEW, said
from tests.rules.judging import found

NAME = "foreign-key-copies"
SQL = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES users (id)"
OFF = 'op.execute("SET foreign_key_checks = 0")\n'
ON = '\nop.execute("SET foreign_key_checks = 1")'
LOOK = (
    'orphan = op.get_bind().execute(sa.text("SELECT 1 FROM orders c WHERE c.shop_id IS NOT NULL '
    'AND NOT EXISTS (SELECT 1 FROM users p WHERE p.id = c.shop_id) LIMIT 1")).first()\n'
    "if orphan:\n"
    '    raise ValueError("rows of orders refer to rows of users that are not there")\n'
)


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_the_table_is_copied_and_the_fix_looks_at_the_rows_by_itself(kind: str) -> None:
    assert found(SQL, kind=kind, only=NAME) == [
        Finding(
            NAME,
            "A foreign key on orders (shop_id) makes every write to orders wait until all of it is "
            "copied.",
            "ADD FOREIGN KEY copies the table and checks each row while foreign_key_checks is on.\n"
            f"{ASSUMED}",
            (f'{LOOK}{OFF}op.execute("{SQL}"){ON}',),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_several_columns_and_names_that_need_quotes_are_written_as_mysql_does() -> None:
    (one,) = said(
        lambda op: op.create_foreign_key("f", "Orders", "users", ["a", "B"], ["c", "d"]),
        kind="mysql",
        only=NAME,
    )
    first, *_, added, _last = one.next[0].splitlines()
    assert first == (
        'orphan = op.get_bind().execute(sa.text("SELECT 1 FROM `Orders` c WHERE c.a IS NOT NULL '
        "AND c.`B` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users p WHERE p.c = c.a AND p.d = "
        'c.`B`) LIMIT 1")).first()'
    )
    assert added == 'op.create_foreign_key("f", "Orders", "users", ["a", "B"], ["c", "d"])'


@pytest.mark.parametrize(
    "off", ["SET foreign_key_checks = 0", "SET SESSION FOREIGN_KEY_CHECKS=OFF"]
)
def test_without_the_checks_it_is_added_in_place(off: str) -> None:
    assert found(off, SQL, kind="mariadb", only=NAME) == []
    assert found(off, "SET foreign_key_checks = 1", SQL, kind="mariadb", only=NAME) != []


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, kind="mariadb", only=NAME) == []
    assert found(SQL, kind="mariadb", tables=[EMPTY], only=NAME) == []
