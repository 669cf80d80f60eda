"""An index is built while every write to its table waits: each text, and where it is silent."""

from __future__ import annotations

from typing import Any

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "index-blocks-writes"
WHY = "CREATE INDEX takes a SHARE lock and reads the whole table under it."
ASSUMED = "No database was asked how large orders is: it is judged as a large table."
PLAIN = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix", "orders", ["status"], postgresql_concurrently=True)'
)


def finding(message: str, fix: str, size: str = ASSUMED, **others: Any) -> Finding:
    return Finding(
        RULE, message, f"{WHY}\n{size}", (fix,), revision="a1", place=Place("a1.py", 1), **others
    )


MESSAGE = "Building ix makes every write to orders wait until it is done."
CREATE = "CREATE INDEX ix ON orders (status)"


def test_an_index_is_found_with_the_line_that_builds_it_concurrently() -> None:
    assert found(CREATE, only=RULE) == [finding(MESSAGE, PLAIN)]


def test_the_size_of_its_table_is_said_and_a_small_one_is_a_note() -> None:
    orders = Table("orders", rows=2_000_000, bytes=300 * 1024**2)
    large = "orders has about 2,000,000 rows (300 MB)."
    assert found(CREATE, tables=[orders], only=RULE) == [finding(MESSAGE, PLAIN, large)]
    small = "orders has about 9 rows, small enough (small_table_rows is 10,000)."
    assert found(CREATE, tables=[Table("orders", rows=9)], small=10_000, only=RULE) == [
        finding(MESSAGE, PLAIN, small, severity=Severity.NOTE)
    ]


def test_the_fix_keeps_what_the_index_is_and_names_it_and_looks_for_rows_that_repeat() -> None:
    create = (
        """CREATE UNIQUE INDEX ON sales.orders USING gin (lower(a)) INCLUDE (b) WHERE c = ':x'"""
    )
    fix = (
        'repeated = op.get_bind().execute(sa.text("SELECT lower(a) FROM sales.orders WHERE '
        "c = '\\\\:x' GROUP BY lower(a) HAVING count(*) > 1 LIMIT 1\")).first()\n"
        "if repeated:\n"
        '    raise ValueError("several rows of sales.orders have the same lower(a)")\n'
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix_orders_lower_a", "orders", [sa.text("lower(a)")], schema="sales", '
        'unique=True, postgresql_using="gin", postgresql_where=sa.text("c = \'\\\\:x\'"), '
        'postgresql_include=["b"], postgresql_concurrently=True)'
    )
    assert found(create, only=RULE) == [
        finding(
            "Building an index on lower(a) makes every write to sales.orders wait until it is "
            "done.",
            fix,
            ASSUMED.replace("orders", "sales.orders"),
        )
    ]


def test_the_fix_keeps_as_sql_what_says_more_than_columns() -> None:
    create = "CREATE INDEX IF NOT EXISTS ix ON orders USING gin (note gin_trgm_ops)"
    fix = (
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE INDEX CONCURRENTLY ix ON orders USING gin (note gin_trgm_ops)")'
    )
    assert found(create, only=RULE) == [finding(MESSAGE, fix)]


@pytest.mark.parametrize("more", ["status DESC", "status NULLS FIRST", 'status COLLATE "C"'])
def test_an_order_and_a_collation_are_kept_too(more: str) -> None:
    (one,) = found(f"CREATE INDEX ix ON orders ({more})", only=RULE)
    written = more.replace('"', '\\"')
    assert f"CREATE INDEX CONCURRENTLY ix ON orders USING btree ({written})" in one.next[0]


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE INDEX CONCURRENTLY ix ON orders (status)"],
        ["CREATE INDEX ix ON ONLY orders (status)"],
        ["CREATE TABLE orders (status text)", CREATE],
        ["CREATE TEMP TABLE orders (status text)", CREATE],
        ["CREATE TABLE orders AS SELECT 1 AS status", CREATE],
        ["CREATE TABLE new (status text)", "ALTER TABLE new RENAME TO orders", CREATE],
        ["CREATE MATERIALIZED VIEW orders AS SELECT 1 AS status", CREATE],
    ],
)
def test_nothing_is_found_where_nobody_writes(statements: list[str]) -> None:
    assert found(*statements, only=RULE) == []


def test_a_table_that_was_there_is_not_made_by_if_not_exists() -> None:
    make = "CREATE TABLE IF NOT EXISTS orders (status text)"
    assert found(make, CREATE, only=RULE, tables=[Table("users")]) == []
    assert found(make, CREATE, only=RULE, tables=[Table("orders", complete=True)]) != []


@pytest.mark.parametrize(
    "table",
    [
        Table("orders", rows=0),
        Table("orders", kind="materialized view"),
        Table("orders", partitioned=True),
        Table("orders", indexes={"ix": Index("ix", ("status",))}),
    ],
)
def test_nothing_is_found_where_the_database_knows_better(table: Table) -> None:
    create = CREATE.replace("INDEX", "INDEX IF NOT EXISTS")
    assert found(create, only=RULE, tables=[table]) == []


def test_another_rule_has_an_index_in_a_transaction_that_holds_more() -> None:
    assert found("ALTER TABLE users ADD x int", CREATE, only=RULE) == []


def test_a_table_of_an_earlier_revision_is_in_use_when_each_is_deployed_by_itself() -> None:
    revisions = ["CREATE TABLE orders (status text)"], [CREATE]
    assert found(*revisions, only=RULE, together=True) == []
    assert [each.message for each in found(*revisions, only=RULE, together=False)] == [MESSAGE]
