"""A primary key that builds its index."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import not_null
from tests.rules.constraining import ASSUMED, EMPTY, NEW, ORDERS, PARTITIONED
from tests.rules.judging import found

NAME = "primary-key-blocks-reads"
SQL = "ALTER TABLE orders ADD PRIMARY KEY (code)"
TAKEN_OVER = (
    'op.execute("ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX '
    'orders_pkey")'
)


def build(columns: str) -> str:
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.create_index("orders_pkey", "orders", {columns}, unique=True, '
        "postgresql_concurrently=True)"
    )


def test_reads_wait_and_the_fix_does_it_step_by_step() -> None:
    look = (
        'repeated = op.get_bind().execute(sa.text("SELECT code FROM orders WHERE code IS NOT NULL '
        'GROUP BY code HAVING count(*) > 1 LIMIT 1")).first()\n'
        "if repeated:\n"
        '    raise ValueError("several rows of orders have the same code")\n'
    )
    assert found(SQL) == [
        Finding(
            NAME,
            "A primary key makes every read and write of orders wait until its index is built.",
            f"ADD PRIMARY KEY holds ACCESS EXCLUSIVE while it builds the index.\n{ASSUMED}",
            (*not_null("code"), look + build('["code"]'), TAKEN_OVER),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_columns_that_are_not_null_already_need_no_check() -> None:
    (one,) = found("ALTER TABLE orders ADD PRIMARY KEY (id, user_id)", tables=[ORDERS], only=NAME)
    assert one.next == (build('["id", "user_id"]'), TAKEN_OVER)


def test_a_partitioned_table_takes_over_no_index() -> None:
    (one,) = found(SQL, tables=[PARTITIONED], only=NAME)
    assert one.next == (
        f'op.execute("{SQL}")  # guard: allow({NAME}) reads may wait: a partitioned table takes '
        "over no index",
    )


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_one_that_takes_over_an_index_is_silent() -> None:
    sql = "ALTER TABLE orders ADD PRIMARY KEY USING INDEX uq_orders_shop_id"
    assert found(sql, tables=[ORDERS], only=NAME) == []
