"""A type of which every value is converted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alembic_guard.finding import Severity
from tests.rules.altering import (
    ASSUMED,
    EMPTY,
    LARGE,
    NEW,
    ORDERS,
    beside,
    column,
    finding,
)
from tests.rules.judging import found

NAME = "type-change-rewrites"
UNTIL = "It is done under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done.\n"
ON_ORDERS = UNTIL + LARGE.format("orders")
TO_BIGINT = "ALTER TABLE orders ALTER shop_id TYPE bigint"
AT = ORDERS.with_column(column("at", "timestamptz"))


def test_another_type_rewrites_the_table_and_the_fix_is_a_column_beside_it() -> None:
    assert found(TO_BIGINT, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Changing orders.shop_id to bigint rewrites all of orders.",
            f"Integer is not stored as bigint is. {ON_ORDERS}",
            *beside("shop_id", "shop_id_as_bigint", "sa.BigInteger()", "CAST(shop_id AS bigint)"),
        )
    ]


def test_the_new_column_gets_the_values_of_using_where_that_gives_one() -> None:
    sql = "ALTER TABLE orders ALTER note TYPE integer USING nullif(note, '')::int"
    value = "(NULLIF(note, ''))::int"
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Changing orders.note to integer rewrites all of orders.",
            f"USING {value} computes each value. {ON_ORDERS}",
            *beside("note", "note_as_integer", "sa.Integer()", value, f"({value}) IS NOT NULL"),
        )
    ]


def test_another_collation_builds_the_indexes_anew() -> None:
    sql = 'ALTER TABLE orders ALTER status TYPE varchar(20) COLLATE "C"'
    value = "CAST(status AS varchar(20))"
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Changing orders.status to varchar(20) builds its indexes anew.",
            f"The values stay, but not the order of the indexes. {ON_ORDERS}",
            *beside("status", "status_as_varchar", "sa.String(20)", value),
        )
    ]


def test_a_type_before_that_nobody_says_is_a_warning_that_says_what_it_assumes() -> None:
    assert found(TO_BIGINT, only=NAME) == [
        finding(
            NAME,
            "Changing orders.shop_id to bigint may rewrite all of orders.",
            "The type before is not known; assumed is that values are converted. "
            + UNTIL
            + ASSUMED.format("orders"),
            *beside("shop_id", "shop_id_as_bigint", "sa.BigInteger()", "CAST(shop_id AS bigint)"),
            severity=Severity.WARNING,
        )
    ]


@pytest.mark.parametrize("new", ["text", "varchar(100)", "numeric(12, 2)", "timestamp"])
def test_what_may_be_a_widening_is_a_note_where_nobody_says_the_type_before(new: str) -> None:
    (one,) = found(f"ALTER TABLE orders ALTER note TYPE {new}", only=NAME)
    assert (one.name, one.severity) == (NAME, Severity.NOTE)


def test_a_type_of_its_own_is_a_warning() -> None:
    sql = "ALTER TABLE orders ALTER shop_id TYPE amount"
    add, fill = beside("shop_id", "shop_id_as_amount", "", "CAST(shop_id AS amount)")
    add = (
        add.splitlines()[0]
        + '\nop.execute("ALTER TABLE orders ADD COLUMN shop_id_as_amount amount")'
    )
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Changing orders.shop_id to amount may rewrite all of orders.",
            "Amount is a type of its own, perhaps a domain; assumed is that values are converted. "
            + ON_ORDERS,
            add,
            fill,
            severity=Severity.WARNING,
        )
    ]


@pytest.mark.parametrize(
    ("timezone", "severities"),
    [(None, [Severity.WARNING]), ("europe/oslo", [Severity.ERROR]), ("utc", [])],
)
def test_a_time_zone_less_is_free_in_a_session_in_utc(
    timezone: str | None, severities: list[Severity]
) -> None:
    sql = "ALTER TABLE orders ALTER at TYPE timestamp"
    judged = found(sql, tables=[AT], target={"timezone": timezone}, only=NAME)
    assert [each.severity for each in judged] == severities


@pytest.mark.parametrize(
    "change",
    [
        "status TYPE varchar(60)",
        "status TYPE text",
        "status TYPE text USING status::text",
        "note TYPE varchar",
        "total TYPE numeric(12, 2), DROP CONSTRAINT orders_total_check",
    ],
)
def test_a_widening_and_a_conversion_to_text_raise_nothing(change: str) -> None:
    assert found(f"ALTER TABLE orders ALTER {change}", tables=[ORDERS], only=NAME) == []


def test_a_widening_raises_nothing_from_any_rule() -> None:
    assert found("ALTER TABLE orders ALTER status TYPE varchar(60)", tables=[ORDERS]) == []


def test_an_empty_table_is_rewritten_in_a_moment() -> None:
    assert found(TO_BIGINT, tables=[EMPTY], only=NAME) == []


def test_a_new_table_is_nobodys_yet() -> None:
    assert found(NEW, "ALTER TABLE orders ALTER id TYPE bigint", only=NAME) == []


def test_a_small_table_is_a_note() -> None:
    (one,) = found(TO_BIGINT, tables=[replace(ORDERS, rows=5)], small=10, only=NAME)
    assert one.severity is Severity.NOTE
