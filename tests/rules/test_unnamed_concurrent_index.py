"""An index without a name is built concurrently."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

RULE = "unnamed-concurrent-index"
CREATE = "CREATE INDEX CONCURRENTLY ON orders (user_id)"


def test_it_is_found_and_named() -> None:
    assert found(CREATE, autocommit=True, only=RULE) == [
        Finding(
            RULE,
            "Each attempt to build an index on user_id of orders that fails leaves another invalid "
            "one.",
            "It has no name, so PostgreSQL makes up a new one each time.",
            (
                "with op.get_context().autocommit_block():\n"
                '    op.create_index("ix_orders_user_id", "orders", ["user_id"], '
                "postgresql_concurrently=True)",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_says_more_than_columns_is_named_in_sql() -> None:
    (one,) = found("CREATE INDEX CONCURRENTLY ON orders (user_id DESC)", autocommit=True, only=RULE)
    assert one.next == (
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE INDEX CONCURRENTLY ix_orders_user_id ON orders USING btree '
        '(user_id DESC)")',
    )


def test_nothing_is_found_of_one_with_a_name_or_not_concurrent_or_on_a_new_table() -> None:
    assert (
        found("CREATE INDEX CONCURRENTLY ix ON orders (user_id)", autocommit=True, only=RULE) == []
    )
    assert found("CREATE INDEX ON orders (user_id)", only=RULE) == []
    assert found("CREATE TABLE orders (user_id int)", CREATE, only=RULE) == []
