"""A column that is replaced at once."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Table
from tests.rules.judging import found

NAME = "expand-and-contract-together"


def test_a_column_that_is_copied_and_dropped() -> None:
    body = (
        "ALTER TABLE shops ADD COLUMN town text",
        "UPDATE shops SET town = city WHERE true",
        "ALTER TABLE shops DROP COLUMN city",
    )
    assert found(*body, only=NAME) == [
        Finding(
            NAME,
            "This revision moves shops.city to shops.town, and leaves no time to deploy "
            "code that uses shops.town.",
            "Code that runs still uses shops.city when it is gone, and nothing writes "
            "shops.town before.",
            (
                'op.execute("ALTER TABLE shops DROP COLUMN city")  # guard: allow(drop-column) '
                "every instance has used shops.town since the last release",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 3),
        )
    ]
    assert found(body[0], body[2], only=NAME) == []
    assert found(list(body[:2]), [body[2]], only=NAME) == []


def test_a_table_that_is_copied_and_dropped() -> None:
    body = (
        "CREATE TABLE stores (id bigint)",
        "INSERT INTO stores SELECT id FROM shops",
        "DROP TABLE shops",
    )
    assert found(*body, only=NAME) == [
        Finding(
            NAME,
            "This revision moves shops to stores, and leaves no time to deploy code that "
            "uses stores.",
            "Code that runs still uses shops when it is gone, and nothing writes stores before.",
            (
                'op.execute("DROP TABLE shops")  # guard: allow(drop-table) every instance has '
                "used stores since the last release",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 3),
        )
    ]
    assert found(*body, "ALTER TABLE stores RENAME TO shops", only=NAME) == []


def test_new_and_empty_tables_raise_nothing() -> None:
    body = (
        "ALTER TABLE shops ADD COLUMN town text",
        "UPDATE shops SET town = city WHERE true",
        "ALTER TABLE shops DROP COLUMN city",
    )
    assert found("CREATE TABLE shops (city text)", *body, only=NAME) == []
    empty = Table("shops", rows=0, complete=True, columns={"city": Column("city")})
    assert found(*body, tables=[empty], only=NAME) == []
