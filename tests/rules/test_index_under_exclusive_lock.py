"""An index is built while its transaction keeps a table locked against reads and writes."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "index-under-exclusive-lock"
CREATE = "CREATE INDEX ix ON orders (status)"
ALTER = "ALTER TABLE orders ADD x int"


BUILT = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix", "orders", ["status"], postgresql_concurrently=True)'
)


def finding(whose: str, *before: str) -> Finding:
    return Finding(
        RULE,
        f"Building ix keeps every query on {whose} waiting until it is done.",
        "The transaction holds an ACCESS EXCLUSIVE lock by then, and keeps it to the commit. "
        "Build the index in a revision of its own.\n"
        "No database was asked how large orders is: it is judged as a large table.",
        ("\n".join(f'op.execute("{each}")' for each in before), BUILT),
        revision="a1",
        place=Place("a1.py", len(before) + 1),
    )


def test_it_is_found_instead_of_an_index_that_only_blocks_writes() -> None:
    assert found(ALTER, CREATE, only=RULE) == [finding("orders", ALTER)]
    others = ["index-blocks-writes", "work-under-exclusive-lock"]
    assert [each for name in others for each in found(ALTER, CREATE, only=name)] == []


def test_it_names_the_tables_that_are_held() -> None:
    users, shops = (ALTER.replace("orders", name) for name in ("users", "shops"))
    assert found(users, CREATE, only=RULE) == [finding("users", users)]
    assert found(ALTER, users, CREATE, only=RULE) == [finding("orders and users", ALTER, users)]
    (one,) = found(ALTER, users, shops, CREATE, only=RULE)
    assert one == finding("orders and 2 other tables", ALTER, users, shops)


def test_each_index_gets_a_revision_of_its_own_and_what_is_around_it_keeps_its_place() -> None:
    other = "CREATE INDEX iy ON users (name)"
    one, two = found(ALTER, CREATE, "SELECT 1", other, "SELECT 2", only=RULE)
    assert one.next == two.next
    assert one.next == (
        f'op.execute("{ALTER}")',
        BUILT,
        'op.execute("SELECT 1")',
        BUILT.replace("ix", "iy").replace("orders", "users").replace("status", "name"),
        'op.execute("SELECT 2")',
    )


def test_of_a_statement_that_does_more_only_the_index_is_written() -> None:
    (one,) = found(f"{ALTER}; {CREATE}", only=RULE)
    assert one.next == (BUILT,)


def test_a_lock_ends_with_its_transaction() -> None:
    statements = [ALTER, "SELECT 1", CREATE]
    assert found(*statements, only=RULE, autocommit=[2]) == []
    assert found(*statements, only=RULE) == [finding("orders", ALTER, "SELECT 1")]


@pytest.mark.parametrize(
    "statements",
    [
        [CREATE],
        [CREATE, ALTER],
        ["ALTER TABLE orders VALIDATE CONSTRAINT c", CREATE],
        ["CREATE TABLE orders (status text)", ALTER, CREATE],
        [ALTER, "CREATE TABLE fresh (a int)", "CREATE INDEX ix ON fresh (a)"],
        ["DROP TABLE users", CREATE],
        [ALTER, "CREATE INDEX ix ON ONLY orders (status)"],
        ["DO $$ BEGIN CREATE INDEX ix ON orders (status); ALTER TABLE orders ADD x int; END $$"],
    ],
)
def test_nothing_is_found_where_no_table_is_held_or_nothing_is_built(statements: list[str]) -> None:
    assert found(*statements, only=RULE) == []


@pytest.mark.parametrize(
    "table",
    [
        Table("orders", rows=0),
        Table("orders", partitioned=True),
        Table("orders", indexes={"ix": Index("ix", ("status",))}),
    ],
)
def test_nothing_is_found_where_the_database_knows_better(table: Table) -> None:
    create = CREATE.replace("INDEX", "INDEX IF NOT EXISTS")
    assert found(ALTER, create, only=RULE, tables=[table]) == []
