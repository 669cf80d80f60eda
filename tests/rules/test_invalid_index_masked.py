"""IF NOT EXISTS takes an invalid index for the one that is wanted: it may, and it does."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "invalid-index-masked"
CREATE = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON orders (status)"
INVALID = Table("orders", rows=7, indexes={"ix": Index("ix", ("status",), valid=False)})
VALID = Table("orders", rows=7, indexes={"ix": Index("ix", ("status",))})


def finding(message: str) -> Finding:
    return Finding(
        RULE,
        message,
        "No query uses an invalid index, every write pays for it, and the migration succeeds.",
        (
            "with op.get_context().autocommit_block():\n"
            '    op.drop_index("ix", table_name="orders", if_exists=True, '
            "postgresql_concurrently=True)\n"
            '    op.create_index("ix", "orders", ["status"], postgresql_concurrently=True)',
        ),
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_one_that_a_retry_would_keep_is_found() -> None:
    message = "IF NOT EXISTS would keep ix if an attempt that failed left it invalid."
    assert found(CREATE, autocommit=True, only=RULE) == [finding(message)]


def test_one_that_the_database_has_is_found_also_without_concurrently() -> None:
    message = "IF NOT EXISTS keeps ix, which the database has as an invalid index."
    assert found(CREATE, autocommit=True, tables=[INVALID], only=RULE) == [finding(message)]
    plain = "CREATE INDEX IF NOT EXISTS ix ON orders (status)"
    assert found(plain, tables=[INVALID], only=RULE) == [finding(message)]


def test_nothing_is_found_behind_a_drop_of_the_same_one() -> None:
    drop = "DROP INDEX CONCURRENTLY IF EXISTS ix"
    assert found(drop, CREATE, autocommit=True, only=RULE) == []
    assert found(drop.replace("ix", "iy"), CREATE, autocommit=True, only=RULE) != []


def test_nothing_is_found_of_one_that_is_valid_or_of_a_new_table_or_without_the_words() -> None:
    assert found(CREATE, autocommit=True, tables=[VALID], only=RULE) == []
    assert found("CREATE TABLE orders (status text)", CREATE, only=RULE) == []
    assert found(CREATE.replace("IF NOT EXISTS", ""), autocommit=True, only=RULE) == []
    plain = CREATE.replace("CONCURRENTLY", "")
    assert found(plain, only=RULE) == []
