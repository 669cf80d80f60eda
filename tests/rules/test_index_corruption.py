"""PostgreSQL 14.0 to 14.3 corrupts what it builds concurrently."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

RULE = "index-corruption"
WHY = (
    "Up to 14.3, rows that are updated meanwhile may be missing from the index. "
    "14.4 is free of it: upgrade the server."
)
CREATE = "CREATE INDEX CONCURRENTLY ix ON orders (status)"
REASON = "this server corrupts an index that is built concurrently"


def finding(what: str, fix: str) -> Finding:
    message = f"{what} concurrently may corrupt it: PostgreSQL is 14.2."
    return Finding(RULE, message, WHY, (fix,), revision="a1", place=Place("a1.py", 1))


def test_an_index_is_built_while_writes_wait_instead() -> None:
    fix = (
        f'op.create_index("ix", "orders", ["status"])  # guard: allow(index-blocks-writes) {REASON}'
    )
    assert found(CREATE, version=(14, 2), autocommit=True, only=RULE) == [
        finding("Building ix", fix)
    ]


def test_an_index_is_rebuilt_while_writes_wait_instead() -> None:
    fix = f'op.execute("REINDEX INDEX ix")  # guard: allow(reindex-blocks-writes) {REASON}'
    assert found("REINDEX INDEX CONCURRENTLY ix", version=(14, 2), autocommit=True, only=RULE) == [
        finding("Reindexing ix", fix)
    ]


@pytest.mark.parametrize("version", [(13, 9), (14,), (14, 4), (15, 0)])
def test_other_versions_do_not_and_of_14_alone_nothing_is_known(version: tuple[int, ...]) -> None:
    assert found(CREATE, version=version, autocommit=True, only=RULE) == []


@pytest.mark.parametrize("version", [(14, 0), (14, 3)])
def test_the_first_and_the_last_of_them_do(version: tuple[int, ...]) -> None:
    assert [each.name for each in found(CREATE, version=version, autocommit=True, only=RULE)] == [
        RULE
    ]


def test_nothing_is_found_on_a_new_table_or_without_concurrently() -> None:
    new = ["CREATE TABLE orders (status text)", CREATE]
    assert found(*new, version=(14, 2), only=RULE) == []
    assert found("CREATE INDEX ix ON orders (status)", version=(14, 2), only=RULE) == []
