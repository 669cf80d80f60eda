"""One column and two values."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "duplicate-assignment"


def test_an_update_that_sets_a_column_twice() -> None:
    sql = "UPDATE shops SET city = 'a', name = 'b', city = 'c' WHERE id = 1"
    assert found(sql, only=NAME) == [
        Finding(
            NAME,
            "This UPDATE gives shops.city two values, so it fails.",
            "PostgreSQL refuses it when the statement runs.",
            ("op.execute(\"UPDATE shops SET name = 'b', city = 'c' WHERE id = 1\")",),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_an_insert_that_lists_a_column_twice() -> None:
    assert found("INSERT INTO shops (city, city) VALUES ('a', 'b')", only=NAME) == [
        Finding(
            NAME,
            "This INSERT gives shops.city two values, so it fails.",
            "PostgreSQL refuses it when the statement runs.",
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_elements_of_arrays_parts_of_rows_and_single_values_raise_nothing() -> None:
    assert found("UPDATE t SET a[1] = 1, a[2] = 2, b.c = 1, b.d = 2 WHERE id = 1", only=NAME) == []
    assert found("UPDATE t SET (a, b) = (1, 2) WHERE id = 1", only=NAME) == []
