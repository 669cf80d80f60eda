"""Foreign keys to several tables in one transaction."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import EMPTY, NEW, validate
from tests.rules.judging import found

NAME = "several-foreign-keys"
FIRST = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id) NOT VALID"
SECOND = "ALTER TABLE orders ADD CONSTRAINT g FOREIGN KEY (b) REFERENCES shops (id) NOT VALID"
THIRD = "ALTER TABLE orders ADD CONSTRAINT h FOREIGN KEY (c) REFERENCES cities (id) NOT VALID"


def test_two_tables_are_locked_and_the_fix_locks_one_at_a_time() -> None:
    assert found(FIRST, SECOND, only=NAME) == [
        Finding(
            NAME,
            "g is one of several foreign keys in a transaction: writes to users and shops wait "
            "until all are added.",
            "Each keeps SHARE ROW EXCLUSIVE on the table that it refers to until the transaction "
            "ends; a transaction that writes to these tables in another order ends in a deadlock.",
            (
                f'op.execute("{FIRST}")',
                f'op.execute("{SECOND}")',
                f"{validate('f')}\n{validate('g')}",
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_it_is_told_once() -> None:
    assert [each.place for each in found(FIRST, SECOND, THIRD, only=NAME)] == [Place("a1.py", 2)]


def test_another_revision_and_another_transaction_are_silent() -> None:
    assert found([FIRST], [SECOND], only=NAME) == []
    assert found(FIRST, "SELECT 1", SECOND, autocommit=[2], only=NAME) == []


def test_the_same_table_twice_is_silent() -> None:
    again = SECOND.replace("shops", "users")
    assert found(FIRST, again, only=NAME) == []


def test_its_own_table_and_a_new_one_are_not_others() -> None:
    assert found(FIRST, SECOND.replace("shops", "orders"), only=NAME) == []
    assert found("CREATE TABLE shops (id integer)", FIRST, SECOND, only=NAME) == []
    assert found(NEW, FIRST, SECOND, only=NAME) == []


def test_one_that_reads_rows_is_told_of_by_that_and_an_empty_table_is_not() -> None:
    valid = SECOND.removesuffix(" NOT VALID")
    assert found(FIRST, valid, only=NAME) == []
    assert [each.name for each in found(FIRST, valid, tables=[EMPTY], only=NAME)] == [NAME]
