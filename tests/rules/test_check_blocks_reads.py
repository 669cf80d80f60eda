"""A valid check on a table in use."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import ASSUMED, EMPTY, NEW, said, validate
from tests.rules.judging import found

NAME = "check-blocks-reads"
SQL = "ALTER TABLE orders ADD CONSTRAINT c CHECK (shop_id > 0)"


def test_reads_wait_and_the_fix_validates_it_later() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "The check c makes every read and write of orders wait until all rows are tested.",
            f"ADD CONSTRAINT holds ACCESS EXCLUSIVE while it reads the whole table.\n{ASSUMED}",
            (f'op.execute("{SQL} NOT VALID")', validate("c")),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_directive_stays_a_directive() -> None:
    (one,) = said(lambda op: op.create_check_constraint("c", "orders", "a > 0", schema="s"))
    assert one.next == (
        'op.create_check_constraint("c", "orders", "a > 0", schema="s", postgresql_not_valid=True)',
        validate("c", "s.orders"),
    )


def test_one_without_a_name_gets_the_one_that_postgresql_makes_up() -> None:
    (one,) = found("ALTER TABLE orders ADD CHECK (number <> ':a')")
    assert one.message.startswith("The check orders_number_check makes")
    assert one.next == (
        'op.create_check_constraint("orders_number_check", "orders", "number <> \'\\\\:a\'", '
        "postgresql_not_valid=True)",
        validate("orders_number_check"),
    )


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_one_that_is_not_valid_or_not_enforced_is_silent() -> None:
    assert found(f"{SQL} NOT VALID", only=NAME) == []
    assert found(f"{SQL} NOT ENFORCED", only=NAME) == []
