"""NOT VALID without a later VALIDATE."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import said, validate
from tests.rules.judging import found

NAME = "never-validated"
SQL = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID"


def test_nothing_validates_it_and_the_fix_does() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "c is added as NOT VALID, and nothing validates it: the rows of orders that are there "
            "may break it.",
            "The planner and SET NOT NULL make no use of a constraint that is not validated.",
            (f'op.execute("{SQL}")', validate("c")),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_directive_stays_a_directive() -> None:
    (one,) = said(
        lambda op: op.create_foreign_key(
            "f", "orders", "users", ["a"], ["id"], postgresql_not_valid=True
        )
    )
    assert one.next == (
        'op.create_foreign_key("f", "orders", "users", ["a"], ["id"], postgresql_not_valid=True)',
        validate("f"),
    )


@pytest.mark.parametrize(
    "later",
    [
        ("ALTER TABLE orders VALIDATE CONSTRAINT c",),
        ("ALTER TABLE orders DROP CONSTRAINT c",),
        ("DROP TABLE orders",),
        ("ALTER TABLE orders RENAME TO sales", "ALTER TABLE sales VALIDATE CONSTRAINT c"),
        ("ALTER TABLE orders SET SCHEMA s", "ALTER TABLE s.orders VALIDATE CONSTRAINT c"),
    ],
)
def test_what_a_later_revision_ends_is_silent(later: tuple[str, ...]) -> None:
    assert found([SQL], [*later], only=NAME) == []


def test_one_without_a_name_is_known_by_the_one_that_postgresql_makes_up() -> None:
    sql = "ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users NOT VALID"
    assert found([sql], ["ALTER TABLE orders VALIDATE CONSTRAINT orders_a_fkey"]) == []


def test_another_table_does_not_count_and_a_valid_one_is_silent() -> None:
    (one,) = found([SQL], ["ALTER TABLE users VALIDATE CONSTRAINT c"])
    assert one.name == NAME
    assert found(SQL.removesuffix(" NOT VALID"), only=NAME) == []
