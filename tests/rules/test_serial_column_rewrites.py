"""A new serial column."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW, backfill, counted, not_null
from tests.rules.judging import found

NAME = "serial-column-rewrites"


def test_a_serial_column_rewrites_the_table_and_the_fix_counts_by_a_sequence() -> None:
    assert found("ALTER TABLE orders ADD COLUMN ticket serial") == [
        Finding(
            NAME,
            "Adding orders.ticket as serial rewrites all of orders.",
            "Nobody reads or writes it until each row has its number and every index is built "
            f"anew, under ACCESS EXCLUSIVE.\n{ASSUMED}",
            (counted("ticket", "sa.Integer()"), backfill("ticket"), *not_null("ticket")),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_bigserial_and_smallserial_do_too() -> None:
    for type_, plain in (("bigserial", "sa.BigInteger()"), ("smallserial", "sa.SmallInteger()")):
        judged = found(f"ALTER TABLE orders ADD COLUMN ticket {type_}")
        assert [(each.name, each.next[0]) for each in judged] == [(NAME, counted("ticket", plain))]


def test_a_new_and_an_empty_table_and_a_plain_integer_are_silent() -> None:
    sql = "ALTER TABLE orders ADD COLUMN ticket serial"
    assert found(NEW, sql, only=NAME) == []
    assert found(sql, tables=[EMPTY], only=NAME) == []
    assert found("ALTER TABLE orders ADD COLUMN ticket bigint") == []


def test_a_serial_key_is_told_of_as_a_key() -> None:
    judged = found("ALTER TABLE orders ADD COLUMN ticket serial PRIMARY KEY")
    assert [each.name for each in judged] == ["primary-key-column-blocks-reads"]
