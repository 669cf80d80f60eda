"""CONCURRENTLY in a transaction, which PostgreSQL refuses: each verb, and what mends it."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

RULE = "concurrently-in-transaction"
WHY = "CONCURRENTLY commits in the middle of its work; a migration runs in a transaction."
VERBS = {
    "CREATE INDEX CONCURRENTLY ix ON orders (status)": (
        "Building ix",
        'op.create_index("ix", "orders", ["status"], postgresql_concurrently=True)',
    ),
    "DROP INDEX CONCURRENTLY ix": (
        "Dropping ix",
        'op.drop_index("ix", postgresql_concurrently=True)',
    ),
    "REINDEX TABLE CONCURRENTLY orders": (
        "Reindexing orders",
        'op.execute("REINDEX TABLE CONCURRENTLY orders")',
    ),
    "ALTER TABLE events DETACH PARTITION old CONCURRENTLY": (
        "Detaching old from events",
        'op.execute("ALTER TABLE events DETACH PARTITION old CONCURRENTLY")',
    ),
}


@pytest.mark.parametrize("statement", VERBS)
def test_each_verb_is_found_in_a_transaction_and_not_outside_of_one(statement: str) -> None:
    what, line = VERBS[statement]
    assert found(statement, only=RULE) == [
        Finding(
            RULE,
            f"{what} concurrently fails: PostgreSQL runs it outside of a transaction only.",
            WHY,
            (f"with op.get_context().autocommit_block():\n    {line}",),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(statement, only=RULE, autocommit=True) == []


def test_a_do_block_is_in_the_transaction_too() -> None:
    (one,) = found("DO $$ BEGIN DROP INDEX CONCURRENTLY ix; END $$", only=RULE)
    assert one.message == (
        "Dropping ix concurrently fails: PostgreSQL runs it outside of a transaction only."
    )


def test_what_is_around_it_gets_revisions_of_its_own() -> None:
    create = "CREATE INDEX CONCURRENTLY ix ON orders (status)"
    (one,) = found("SELECT 1", create, "SELECT 2", only=RULE)
    assert one.next == (
        'op.execute("SELECT 1")',
        f"with op.get_context().autocommit_block():\n    {VERBS[create][1]}",
        'op.execute("SELECT 2")',
    )


def test_on_a_new_table_the_fix_does_without() -> None:
    create = "CREATE INDEX CONCURRENTLY ix ON orders (status)"
    (one,) = found("CREATE TABLE orders (status text)", create, only=RULE)
    assert one.next == ('op.create_index("ix", "orders", ["status"])',)


@pytest.mark.parametrize(
    "statement", ["CREATE INDEX ix ON orders (status)", "DROP INDEX ix", "REINDEX TABLE orders"]
)
def test_nothing_is_found_where_it_does_not_say_concurrently(statement: str) -> None:
    assert found(statement, only=RULE) == []


def test_a_partitioned_table_has_a_rule_of_its_own() -> None:
    create = "CREATE INDEX CONCURRENTLY ix ON orders (status)"
    assert found(create, only=RULE, tables=[Table("orders", partitioned=True)]) == []
