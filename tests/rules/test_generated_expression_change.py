"""A generated column whose expression is changed, or lost."""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.finding import Severity
from tests.rules.altering import ASSUMED, EMPTY, ORDERS, column, finding
from tests.rules.judging import found

NAME = "generated-expression-change"
SET = "ALTER TABLE orders ALTER gross SET EXPRESSION AS (total * 2)"
DROP = "ALTER TABLE orders ALTER gross DROP EXPRESSION"


def test_another_expression_rewrites_the_table() -> None:
    assert found(SET, version=(17, 0), only=NAME) == [
        finding(
            NAME,
            "Giving orders.gross another expression rewrites all of orders.",
            "SET EXPRESSION computes the value of each row under ACCESS EXCLUSIVE.\n"
            + ASSUMED.format("orders"),
            'op.execute("ALTER TABLE orders ALTER gross SET EXPRESSION AS (total * 2)")'
            "  # guard: allow(generated-expression-change) "
            "nobody uses the table while it is deployed",
            severity=Severity.WARNING,
        )
    ]


def test_a_column_without_its_expression_is_null_for_those_who_do_not_write_it() -> None:
    assert found(DROP, only=NAME) == [
        finding(
            NAME,
            "orders.gross is not computed from then on: code that leaves it out stores NULL.",
            "DROP EXPRESSION keeps the values that are there; "
            "instances of the last release do not write it.",
            'op.execute("ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION")'
            "  # guard: allow(generated-expression-change) "
            "every running instance writes the column",
            severity=Severity.WARNING,
        )
    ]


def test_a_virtual_column_has_no_values_to_compute() -> None:
    virtual = ORDERS.with_column(column("gross", "numeric", generated="virtual"))
    assert found(SET, version=(18, 0), tables=[virtual], only=NAME) == []


def test_an_empty_table_and_other_changes_of_a_column_are_left_alone() -> None:
    assert found(SET, DROP, tables=[EMPTY], only=NAME) == []
    statistics = "ALTER TABLE orders ALTER total SET STATISTICS 100"
    assert found(statistics, tables=[replace(ORDERS)], only=NAME) == []
