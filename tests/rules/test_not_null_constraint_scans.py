"""The NOT NULL constraint of PostgreSQL 18."""

from __future__ import annotations

from tests.rules.altering import ASSUMED, EMPTY, ORDERS, checked, finding, not_null
from tests.rules.judging import found

NAME = "not-null-constraint-scans"
ADDED = "ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note"
MESSAGE = "Making orders.note NOT NULL reads all of orders while nobody else can."
WHY = (
    "ADD CONSTRAINT … NOT NULL looks at every row under ACCESS EXCLUSIVE unless it is NOT VALID.\n"
    + ASSUMED.format("orders")
)


def test_a_valid_one_reads_the_table_and_the_fix_validates_it_later() -> None:
    assert found(ADDED, version=(18, 1), only=NAME) == [
        finding(
            NAME,
            MESSAGE,
            WHY,
            'op.execute("ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NOT VALID")',
            'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT noted")',
        )
    ]


def test_one_without_a_name_gets_one_to_be_validated_by() -> None:
    (one,) = found("ALTER TABLE orders ADD NOT NULL note", version=(18, 1), only=NAME)
    assert one.next[1] == (
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_note_not_null")'
    )


def test_before_18_the_fix_is_a_check() -> None:
    assert found(ADDED, version=(17, 0), only=NAME) == [
        finding(NAME, MESSAGE, WHY, *not_null("note"))
    ]


def test_no_row_is_looked_at_for_what_is_not_valid_or_known_or_empty() -> None:
    assert found(f"{ADDED} NOT VALID", version=(18, 1), only=NAME) == []
    said = checked(ORDERS, "note IS NOT NULL")
    assert found(ADDED, version=(18, 1), tables=[said], only=NAME) == []
    assert found(ADDED, version=(18, 1), tables=[EMPTY], only=NAME) == []


def test_another_constraint_is_another_rules() -> None:
    assert found("ALTER TABLE orders ADD CHECK (note <> '')", only=NAME) == []
