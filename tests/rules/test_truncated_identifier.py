"""Names that are too long."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "truncated-identifier"
LONG = "orders_that_were_paid_late_and_were_not_delivered_before_the_year_ended"


def test_postgresql_cuts_a_name_to_63_bytes() -> None:
    assert found(f"CREATE VIEW {LONG} AS SELECT 1", only=NAME) == [
        Finding(
            NAME,
            "orders_that_were_paid_late_and_were_not_delivered_before_the_year_ended is "
            "longer than 63 bytes: PostgreSQL calls it "
            "orders_that_were_paid_late_and_were_not_delivered_before_the_ye.",
            "It cuts the name, and says so in a notice only.",
            (
                'op.execute("CREATE VIEW '
                'orders_that_were_paid_late_and_were_not_delivered_before_the_ye AS SELECT 1")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_mariadb_and_mysql_refuse_a_name_of_more_than_64_characters() -> None:
    sql = f"ALTER TABLE orders ADD COLUMN {LONG} int"
    assert found(sql, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "orders_that_were_paid_late_and_were_not_delivered_before_the_year_ended is "
            "longer than 64 characters, so the statement fails.",
            next=(
                'op.execute("ALTER TABLE orders ADD COLUMN '
                'orders_that_were_paid_late_and_were_not_delivered_before_the_yea int")',
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_quoted_names_are_counted_in_bytes_without_their_quotes() -> None:
    sql = f'ALTER TABLE orders ADD COLUMN "{"ä" * 40}" int'
    assert [each.message for each in found(sql, only=NAME)] == [
        "ääääääääääääääääääääääääääääääääääääääää is longer than 63 bytes: PostgreSQL "
        "calls it äääääääääääääääääääääääääääääää."
    ]
    assert found(f'ALTER TABLE orders ADD COLUMN "{"a" * 63}" int', only=NAME) == []


def test_texts_comments_and_short_names_raise_nothing() -> None:
    assert found(f"UPDATE orders SET note = '{LONG}' WHERE id = 1 -- {LONG}", only=NAME) == []
    assert found(f"DROP VIEW {LONG[:63]}", only=NAME) == []
    assert found(f"DROP TABLE {LONG[:64]}", kind="mariadb", only=NAME) == []
