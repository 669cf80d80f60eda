"""A unique constraint that builds its index."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import ASSUMED, EMPTY, NEW, ORDERS, PARTITIONED, said
from tests.rules.judging import found

NAME = "unique-constraint-blocks-reads"
SQL = "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (total)"
LOOK = (
    'repeated = op.get_bind().execute(sa.text("SELECT total FROM orders WHERE total IS NOT NULL '
    'GROUP BY total HAVING count(*) > 1 LIMIT 1")).first()\n'
    "if repeated:\n"
    '    raise ValueError("several rows of orders have the same total")\n'
)


def build(columns: str) -> str:
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.create_index("u", "orders", {columns}, unique=True, postgresql_concurrently=True)'
    )


def test_reads_wait_and_the_fix_looks_and_builds_the_index_first() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "The unique constraint u makes every read and write of orders wait until its index is "
            "built.",
            "ADD CONSTRAINT holds ACCESS EXCLUSIVE while it builds the index, and fails at the end "
            f"where rows repeat.\n{ASSUMED}",
            (
                LOOK + build('["total"]'),
                'op.execute("ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u")',
            ),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_nobody_need_look_where_a_key_is_among_the_columns() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (number, total)"
    (one,) = found(sql, tables=[ORDERS])
    assert one.next[0] == build('["number", "total"]')


def test_a_constraint_that_is_deferred_stays_so() -> None:
    (one,) = said(
        lambda op: op.create_unique_constraint(
            "u", "orders", ["total"], deferrable=True, initially="DEFERRED"
        )
    )
    assert one.next[1] == (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u DEFERRABLE '
        'INITIALLY DEFERRED")'
    )


def test_a_partitioned_table_takes_over_no_index() -> None:
    (one,) = found(SQL, tables=[PARTITIONED])
    assert one.next == (
        f'op.execute("{SQL}")  # guard: allow({NAME}) reads may wait: a partitioned table takes '
        "over no index",
    )


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_one_that_takes_over_an_index_is_silent() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX uq_orders_shop_id"
    assert found(sql, tables=[ORDERS], only=NAME) == []
