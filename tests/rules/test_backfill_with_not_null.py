"""A backfill and NOT NULL in one transaction."""

from __future__ import annotations

from alembic_guard.rules._altering import assigned
from tests.rules.altering import EMPTY, LARGE, NEW, ORDERS, checked, finding, not_null
from tests.rules.judging import found

NAME = "backfill-with-not-null"
REQUIRED = "ALTER TABLE orders ALTER note SET NOT NULL"
FILL = "UPDATE orders SET note = '' WHERE note IS NULL"
WHY = (
    "The rows that the UPDATE wrote stay locked until SET NOT NULL, under ACCESS EXCLUSIVE, "
    f"has read all of orders.\n{LARGE.format('orders')}"
)
MESSAGE = "orders.note is filled and made NOT NULL in one transaction."


def batch(value: str, more: str = "") -> str:
    return (
        f'batch = sa.text("UPDATE orders SET note = {value} WHERE id IN '
        f'(SELECT id FROM orders WHERE note IS NULL{more} LIMIT 10000)")\n'
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().execute(batch).rowcount:\n"
        "        pass"
    )


def test_the_fix_fills_in_batches_and_sets_not_null_later() -> None:
    assert found(FILL, REQUIRED, tables=[ORDERS], only=NAME) == [
        finding(NAME, MESSAGE, WHY, batch("''"), *not_null("note"), line=2)
    ]


def test_rows_for_which_there_is_no_value_are_left_out_of_the_batches() -> None:
    (one,) = found("UPDATE orders SET note = status", REQUIRED, tables=[ORDERS], only=NAME)
    assert one.next == (batch("status", " AND (status) IS NOT NULL"), *not_null("note"))


def test_a_value_that_is_not_in_the_text_is_left_to_the_user() -> None:
    (one,) = found("UPDATE orders SET note = $1", REQUIRED, tables=[ORDERS], only=NAME)
    assert one.next == (
        "# The UPDATE of orders here, in batches, each in its transaction.\npass",
        *not_null("note"),
    )


def test_what_is_committed_in_between_is_not_one_transaction() -> None:
    assert found([FILL], [REQUIRED], tables=[ORDERS], only=NAME) == []
    assert found(FILL, REQUIRED, tables=[ORDERS], only=NAME, autocommit={1}) == []


def test_another_column_and_a_table_that_nobody_uses_are_left_alone() -> None:
    other = "UPDATE orders SET status = ''"
    assert found(other, REQUIRED, tables=[ORDERS], only=NAME) == []
    assert found(FILL, REQUIRED, tables=[EMPTY], only=NAME) == []
    assert found(NEW, FILL, REQUIRED, only=NAME) == []


def test_where_a_check_says_so_already_no_row_is_looked_at() -> None:
    said = checked(ORDERS, "note IS NOT NULL")
    assert found(FILL, REQUIRED, tables=[said], only=NAME) == []


def test_only_what_a_row_itself_can_say_is_taken_as_its_value() -> None:
    assert [
        assigned(sql, "note")
        for sql in (
            "UPDATE orders SET total = 1, note = lower(status) || 'x'",
            "UPDATE orders SET note = $1",
            "UPDATE orders SET note = users.name FROM users",
            "UPDATE orders o SET note = o.status",
            "SELECT 1",
            "no SQL at all",
        )
    ] == ["lower(status) || 'x'", None, None, None, None, None]


def test_the_queries_that_wait_for_an_earlier_lock_are_told_of_here_only() -> None:
    add = "ALTER TABLE orders ADD COLUMN memo text"
    fill = "UPDATE orders SET memo = ''"
    required = "ALTER TABLE orders ALTER memo SET NOT NULL"
    judged = found(add, fill, required, tables=[ORDERS])
    assert [each.name for each in judged] == [NAME, "not-null-breaks-writers"]
    assert judged[0].why == WHY.replace(
        "all of orders.", "all of orders. Every query on orders waits meanwhile."
    )
    assert judged[0].next == (
        f'op.execute("{add}")',
        batch("''").replace("note", "memo"),
        *not_null("memo"),
    )
