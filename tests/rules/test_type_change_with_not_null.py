"""Another type and NOT NULL in one transaction."""

from __future__ import annotations

from tests.rules.altering import EMPTY, LARGE, ORDERS, beside, checked, finding, not_null
from tests.rules.judging import found

NAME = "type-change-with-not-null"
HELD = "its ACCESS EXCLUSIVE lock is held until every row has been looked at."
REQUIRED = "ALTER TABLE orders ALTER shop_id SET NOT NULL"
BIGINT = "ALTER TABLE orders ALTER shop_id TYPE bigint"
WIDER = "ALTER TABLE orders ALTER status TYPE varchar(60)"
GIVEN = "ALTER TABLE orders ALTER status SET NOT NULL"


def test_not_null_reads_the_table_under_the_lock_of_a_change_that_costs_nothing() -> None:
    sql = "ALTER TABLE orders ALTER status TYPE varchar(60), ALTER status SET NOT NULL"
    assert found(sql, tables=[ORDERS], only=NAME) == [
        finding(
            NAME,
            "Making orders.status NOT NULL reads orders under the lock of its change of type.",
            "The same transaction changes its type to varchar(60): "
            f"{HELD}\n{LARGE.format('orders')}",
            'op.alter_column("orders", "status", type_=sa.String(60))',
            *not_null("status"),
        )
    ]


def test_a_rewrite_says_all_of_it() -> None:
    both = found(BIGINT, REQUIRED, tables=[ORDERS])
    assert [each.name for each in both] == ["type-change-rewrites", "not-null-breaks-writers"]
    (rewrites, _) = both
    value = "CAST(shop_id AS bigint)"
    assert rewrites.next == (
        *beside("shop_id", "shop_id_as_bigint", "sa.BigInteger()", value),
        *not_null("shop_id_as_bigint"),
    )


def test_the_scan_is_not_said_twice() -> None:
    names = [each.name for each in found(WIDER, GIVEN, tables=[ORDERS])]
    assert names == [NAME]


def test_what_is_committed_in_between_or_is_about_another_column_is_not_both_at_once() -> None:
    assert found([WIDER], [GIVEN], tables=[ORDERS], only=NAME) == []
    other = "ALTER TABLE orders ALTER note SET NOT NULL"
    assert found(WIDER, other, tables=[ORDERS], only=NAME) == []


def test_no_row_is_looked_at_where_a_check_says_it_or_there_is_none() -> None:
    said = checked(ORDERS, "status IS NOT NULL")
    assert found(WIDER, GIVEN, tables=[said], only=NAME) == []
    assert found(WIDER, GIVEN, tables=[EMPTY], only=NAME) == []
