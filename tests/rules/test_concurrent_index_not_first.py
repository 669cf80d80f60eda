"""An index is built concurrently behind work that is committed: what a retry would fail at."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "concurrent-index-not-first"
CREATE = "CREATE INDEX CONCURRENTLY ix ON orders (status)"
USERS = Table("users", indexes={"iz": Index("iz", ("name",))})


def alone(*statements: str) -> str:
    lines = "\n".join(f'    op.execute("{each}")' for each in statements)
    return f"with op.get_context().autocommit_block():\n{lines}"


def finding(at: str, *fix: str, line: int = 2) -> Finding:
    return Finding(
        RULE,
        f"If building ix fails, the next attempt fails at {at}.",
        "That is committed by then, and the revision is not recorded.",
        fix,
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a1.py", line),
    )


@pytest.mark.parametrize(
    ("before", "at"),
    [
        ("CREATE INDEX CONCURRENTLY iy ON orders (total)", "iy"),
        ("DROP INDEX CONCURRENTLY iz", "the drop of iz"),
        ("ALTER TABLE users ADD x int", "what is done before"),
    ],
)
def test_what_a_retry_fails_at_gets_a_revision_of_its_own(before: str, at: str) -> None:
    assert found(before, CREATE, only=RULE, autocommit=True, tables=[USERS]) == [
        finding(at, alone(before), alone(CREATE))
    ]


def test_what_can_be_done_again_stays_where_it_is() -> None:
    other = "CREATE INDEX CONCURRENTLY iy ON orders (total)"
    drop = "DROP INDEX CONCURRENTLY IF EXISTS ix"
    statements = [other, drop, CREATE, "ANALYZE orders"]
    fix = [alone(other), alone(drop, CREATE, "ANALYZE orders")]
    assert found(*statements, only=RULE, autocommit=True) == [finding("iy", *fix, line=3)]


@pytest.mark.parametrize(
    "before",
    [
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS iy ON orders (total)",
        "DROP INDEX CONCURRENTLY IF EXISTS iz",
        "ALTER TABLE users ADD IF NOT EXISTS x int",
        "UPDATE orders SET total = 0 WHERE total IS NULL",
        "SET lock_timeout = '1s'",
        "ANALYZE orders",
    ],
)
def test_nothing_is_found_behind_what_can_be_done_again(before: str) -> None:
    assert found(before, CREATE, only=RULE, autocommit=True, tables=[USERS]) == []


def test_nothing_is_found_behind_an_index_that_is_dropped_before_it_is_built() -> None:
    drop = "DROP INDEX CONCURRENTLY IF EXISTS iy"
    create = "CREATE INDEX CONCURRENTLY iy ON orders (total)"
    assert found(drop, create, CREATE, only=RULE, autocommit=True) == []
    assert found(drop.replace("IF EXISTS", ""), create, CREATE, only=RULE, autocommit=True) != []


def test_an_index_that_is_dropped_for_this_one_is_a_gap() -> None:
    orders = Table("orders", indexes={"iy": Index("iy", ("status",))})
    drop = "DROP INDEX CONCURRENTLY iy"
    assert found(drop, CREATE, only=RULE, autocommit=True, tables=[orders]) == []


def test_nothing_is_found_in_another_revision_or_transaction_or_on_a_new_table() -> None:
    other = "CREATE INDEX CONCURRENTLY iy ON orders (total)"
    assert found([other], [CREATE], only=RULE, autocommit=True) == []
    assert found("ALTER TABLE users ADD x int", CREATE, only=RULE, autocommit=[2]) == []
    assert found(other, CREATE, only=RULE) == []
    assert found("CREATE TABLE orders (status text)", CREATE, only=RULE, autocommit=True) == []
    assert found(other, CREATE.replace("CONCURRENTLY", ""), only=RULE, autocommit=True) == []
