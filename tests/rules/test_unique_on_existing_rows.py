"""A unique index on rows that may repeat."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import EMPTY, NEW, ORDERS, PARTITIONED
from tests.rules.judging import found

NAME = "unique-on-existing-rows"
SQL = "CREATE UNIQUE INDEX u ON orders (shop_id, total)"
LOOK = (
    'repeated = op.get_bind().execute(sa.text("SELECT shop_id, total FROM orders WHERE shop_id IS '
    "NOT NULL AND total IS NOT NULL GROUP BY shop_id, total HAVING count(*) > 1 LIMIT 1"
    '")).first()\n'
    "if repeated:\n"
    '    raise ValueError("several rows of orders have the same shop_id, total")\n'
)


@pytest.mark.parametrize(
    ("kind", "why", "code"),
    [
        (
            "postgresql",
            "It leaves an invalid index behind when it was built concurrently.",
            "with op.get_context().autocommit_block():\n"
            '    op.create_index("u", "orders", ["shop_id", "total"], unique=True, '
            "postgresql_concurrently=True)",
        ),
        (
            "mariadb",
            "It is refused after all rows were read.",
            'op.create_index("u", "orders", ["shop_id", "total"], unique=True)',
        ),
        (
            "sqlite",
            "It is refused after all rows were read.",
            'op.create_index("u", "orders", ["shop_id", "total"], unique=True)',
        ),
    ],
)
def test_it_fails_where_rows_repeat_and_the_fix_looks_first(kind: str, why: str, code: str) -> None:
    assert found(SQL, kind=kind, only=NAME) == [
        Finding(
            NAME,
            "Building u fails if two rows of orders have the same shop_id, total.",
            why,
            (LOOK + code,),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_an_expression_and_a_condition_are_looked_at_as_they_are() -> None:
    sql = "CREATE UNIQUE INDEX CONCURRENTLY u ON orders (lower(note)) WHERE total > 0"
    (one,) = found(sql, autocommit=True, only=NAME)
    assert one.next[0].splitlines()[0] == (
        'repeated = op.get_bind().execute(sa.text("SELECT lower(note) FROM orders WHERE total > 0 '
        'GROUP BY lower(note) HAVING count(*) > 1 LIMIT 1")).first()'
    )


def test_a_constraint_is_found_where_no_other_rule_tells_of_it() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (shop_id, total)"
    (one,) = found(sql, kind="mysql", only=NAME)
    assert one.next == (f'{LOOK}op.execute("{sql}")',)
    assert found(sql, only=NAME) == []


def test_a_key_among_its_columns_says_that_no_row_repeats() -> None:
    assert found("CREATE UNIQUE INDEX u ON orders (total, id)", tables=[ORDERS], only=NAME) == []
    assert found("CREATE UNIQUE INDEX u ON orders (number)", tables=[ORDERS], only=NAME) == []
    assert found("CREATE UNIQUE INDEX u ON orders (shop_id)", tables=[ORDERS], only=NAME) == []
    assert found("CREATE UNIQUE INDEX u ON orders (total)", tables=[ORDERS], only=NAME) != []


@pytest.mark.parametrize(
    "before",
    [
        "SELECT shop_id FROM orders GROUP BY shop_id, total HAVING count(*) > 1",
        "DELETE FROM orders WHERE total > 0",
        "ALTER TABLE orders ADD COLUMN total integer",
    ],
)
def test_what_the_run_looked_at_cleaned_or_added_is_silent(before: str) -> None:
    assert found([before], [SQL], only=NAME) == []
    assert found([before.replace("orders", "users")], [SQL], only=NAME) != []


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_what_says_more_than_columns_is_kept_as_sql() -> None:
    sql = "CREATE UNIQUE INDEX u ON orders (note text_pattern_ops)"
    (one,) = found(sql, only=NAME)
    assert one.next[0].splitlines()[3:] == [
        "with op.get_context().autocommit_block():",
        '    op.execute("CREATE UNIQUE INDEX CONCURRENTLY u ON orders USING btree '
        '(note text_pattern_ops)")',
    ]


def test_one_that_is_there_already_and_a_partitioned_table_are_silent() -> None:
    there = "CREATE UNIQUE INDEX IF NOT EXISTS uq_orders_shop_id ON orders (total)"
    assert found(there, tables=[ORDERS], only=NAME) == []
    assert found(SQL.replace("shop_id, ", ""), tables=[PARTITIONED], only=NAME) == []


def test_an_index_that_is_not_unique_is_silent() -> None:
    assert found("CREATE INDEX u ON orders (shop_id, total)", only=NAME) == []
    assert found("ALTER TABLE orders ADD CHECK (total > 0)", kind="mysql", only=NAME) == []
