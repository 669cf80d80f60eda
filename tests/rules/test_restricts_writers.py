"""Constraints that refuse what running code writes."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import NEW, ORDERS, USERS, index, validate
from tests.rules.judging import found

NAME = "restricts-writers"
SQL = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID"
ALLOWED = f"  # guard: allow({NAME}) the code that runs keeps to it"


def test_one_that_is_not_valid_refuses_new_rows_too() -> None:
    assert found(SQL, enable=[NAME], only=NAME) == [
        Finding(
            NAME,
            "Code that is still running fails where it writes rows to orders that break c.",
            "A constraint holds for every row that is written from then on, also as NOT VALID.",
            (f'op.execute("{SQL}"){ALLOWED}', validate("c")),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_foreign_key_gets_its_index_first() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)"
    (one,) = found(sql, tables=[ORDERS, USERS], enable=[NAME], only=NAME)
    assert one.next == (
        index("user_id"),
        f'op.execute("{sql} NOT VALID"){ALLOWED}',
        validate("f"),
    )


def test_a_new_table_and_one_that_is_not_enforced_are_silent() -> None:
    assert found(NEW, SQL, enable=[NAME], only=NAME) == []
    enforced = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED"
    assert found(enforced, enable=[NAME], only=NAME) == []


def test_a_unique_constraint_is_told_of_by_other_rules() -> None:
    assert found("ALTER TABLE orders ADD UNIQUE (a)", enable=[NAME], only=NAME) == []


def test_it_is_judged_only_where_somebody_asks() -> None:
    assert found(SQL, only=NAME) == []
