"""Any new column, for those who want to know."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import EMPTY, NEW
from tests.rules.judging import found

NAME = "column-shape"
SQL = "ALTER TABLE orders ADD COLUMN weight integer"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_each_new_column_is_found_where_it_is_asked_for(kind: str) -> None:
    assert found(SQL, kind=kind, enable=[NAME]) == [
        Finding(
            NAME,
            "Adding orders.weight changes what SELECT * and INSERT without names mean on orders.",
            "Whatever does not name the columns gets or lacks a value.",
            (
                'op.add_column("orders", sa.Column("weight", sa.Integer()))'
                "  # guard: allow(column-shape) all of its queries name their columns",
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_nobody_who_does_not_ask_is_told() -> None:
    assert found(SQL) == []


def test_new_and_empty_tables_are_silent() -> None:
    assert found(NEW, SQL, enable=[NAME], only=NAME) == []
    assert found(SQL, tables=[EMPTY], enable=[NAME]) == []
