"""Long work under the lock of an ALTER TABLE."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "work-under-exclusive-lock"
ADD = "ALTER TABLE users ADD COLUMN memo text"
VALIDATE = "ALTER TABLE orders VALIDATE CONSTRAINT c"


def test_a_constraint_that_is_validated_behind_an_alter_table() -> None:
    assert found(ADD, VALIDATE, only=NAME) == [
        Finding(
            NAME,
            "Validating c of orders keeps every query on users waiting until it is done.",
            "The transaction holds an ACCESS EXCLUSIVE lock by then, and keeps it to the "
            "commit.\n"
            "No database was asked how large orders is: it is judged as a large table.",
            (
                'op.execute("ALTER TABLE users ADD COLUMN memo text")',
                'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")',
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_tables_that_are_filled_and_statistics() -> None:
    fill = "CREATE TABLE t AS SELECT * FROM orders"
    view = "CREATE MATERIALIZED VIEW m AS SELECT * FROM orders"
    new = ("CREATE TABLE n (id int)", "INSERT INTO n SELECT id FROM orders")
    assert [each.message for each in found(ADD, fill, only=NAME)] == [
        "Filling t keeps every query on users waiting until it is done."
    ]
    assert [each.message for each in found(ADD, view, only=NAME)] == [
        "Filling m keeps every query on users waiting until it is done."
    ]
    assert [each.message for each in found(ADD, *new, only=NAME)] == [
        "Filling n keeps every query on users waiting until it is done."
    ]
    assert [each.message for each in found(ADD, "ANALYZE orders", only=NAME)] == [
        "Analyzing orders keeps every query on users waiting until it is done."
    ]


def test_a_second_alter_table_and_single_rows_raise_nothing() -> None:
    assert found(ADD, "ALTER TABLE users ADD COLUMN b text", only=NAME) == []
    assert found(ADD, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)", only=NAME) == []
    assert found(ADD, "ANALYZE", "CREATE VIEW v AS SELECT 1", only=NAME) == []


def test_what_comes_before_or_is_in_another_transaction_raises_nothing() -> None:
    assert found(VALIDATE, ADD, only=NAME) == []
    assert found([ADD], [VALIDATE], only=NAME) == []
    assert found(ADD, VALIDATE, autocommit=[2], only=NAME) == []


def test_a_constraint_of_the_same_transaction_is_another_rules() -> None:
    check = "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID"
    assert found(check, VALIDATE, only=NAME) == []
