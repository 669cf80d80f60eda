"""An index is rebuilt while writes wait, and nearly every query: each kind of REINDEX."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Index, Table
from tests.rules.judging import found

RULE = "reindex-blocks-writes"
WHY = (
    "REINDEX takes a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the index, which "
    "a query waits for while it is planned."
)
ORDERS = Table("orders", rows=7, indexes={"ix": Index("ix", ("status",))})
SIZE = "\norders has about 7 rows."


def finding(name: str, whose: str, line: str, size: str = "") -> Finding:
    return Finding(
        RULE,
        f"Reindexing {name} makes writes to {whose}, and most queries, wait until it is done.",
        WHY + size,
        (f"with op.get_context().autocommit_block():\n    {line}",),
        revision="a1",
        place=Place("a1.py", 1),
    )


@pytest.mark.parametrize(
    ("kind", "name", "whose", "size"),
    [
        ("INDEX", "ix", "orders", SIZE),
        ("INDEX", "iy", "its table", ""),
        ("TABLE", "orders", "orders", SIZE),
        ("SCHEMA", "sales", "each of its tables", ""),
        ("DATABASE", "shop", "each of its tables", ""),
    ],
)
def test_each_kind_is_found(kind: str, name: str, whose: str, size: str) -> None:
    line = f'op.execute("REINDEX {kind} CONCURRENTLY {name}")'
    assert found(f"REINDEX {kind} {name}", tables=[ORDERS], only=RULE) == [
        finding(name, whose, line, size)
    ]


def test_the_indexes_of_the_system_have_no_other_way() -> None:
    line = (
        'op.execute("REINDEX SYSTEM shop")  # guard: allow(reindex-blocks-writes) '
        "the system's indexes have no other way"
    )
    assert found("REINDEX SYSTEM shop", only=RULE) == [finding("shop", "each of its tables", line)]


def test_nothing_is_found_of_a_concurrent_one_or_of_a_table_without_rows() -> None:
    assert found("REINDEX TABLE CONCURRENTLY orders", autocommit=True, only=RULE) == []
    assert found("CREATE TABLE fresh (a int)", "REINDEX TABLE fresh", only=RULE) == []
    assert found("REINDEX TABLE orders", tables=[Table("orders", rows=0)], only=RULE) == []
