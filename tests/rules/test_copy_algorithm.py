"""A change asks for the way that makes writes to its table wait: each option, and the text left."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

RULE = "copy-algorithm"


def finding(option: str, waits: str, fix: str) -> Finding:
    return Finding(
        RULE,
        f"{option} makes every {waits} orders wait until it is done.",
        "Left alone, the server chooses what blocks least.\n"
        "No database was asked how large orders is: it is judged as a large table.",
        (f'op.execute("{fix}")',),
        revision="a1",
        place=Place("a1.py", 1),
    )


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
@pytest.mark.parametrize(
    ("statement", "option", "waits", "fix"),
    [
        (
            "ALTER TABLE orders ADD INDEX ix (a), ALGORITHM=COPY",
            "ALGORITHM=COPY",
            "write to",
            "ALTER TABLE orders ADD INDEX ix (a)",
        ),
        (
            "ALTER TABLE orders ALGORITHM = copy, ADD COLUMN lock_id int",
            "ALGORITHM=COPY",
            "write to",
            "ALTER TABLE orders ADD COLUMN lock_id int",
        ),
        (
            "ALTER TABLE orders ADD INDEX ix (a), LOCK SHARED",
            "LOCK=SHARED",
            "write to",
            "ALTER TABLE orders ADD INDEX ix (a)",
        ),
        (
            "ALTER TABLE orders ALGORITHM=COPY, ADD a int, LOCK=EXCLUSIVE, ADD b int",
            "LOCK=EXCLUSIVE",
            "query on",
            "ALTER TABLE orders ADD a int, ADD b int",
        ),
        (
            "CREATE INDEX ix ON orders (a) ALGORITHM=COPY LOCK=SHARED",
            "LOCK=SHARED",
            "write to",
            "CREATE INDEX ix ON orders (a)",
        ),
    ],
)
def test_each_option_is_found_once_and_left_out(
    statement: str, option: str, waits: str, fix: str, kind: str
) -> None:
    assert found(statement, kind=kind, only=RULE) == [finding(option, waits, fix)]


def test_mariadb_copies_without_blocking_from_11_2_on() -> None:
    copy = "ALTER TABLE orders ADD INDEX ix (a), ALGORITHM=COPY"
    assert found(copy, kind="mariadb", version=(11, 1), only=RULE) != []
    assert found(copy, kind="mariadb", version=(11, 2), only=RULE) == []
    shared = f"{copy}, LOCK=SHARED"
    assert [each.message for each in found(shared, kind="mariadb", version=(11, 2), only=RULE)] == [
        "LOCK=SHARED makes every write to orders wait until it is done."
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders ADD INDEX ix (a), ALGORITHM=INPLACE, LOCK=NONE",
        "CREATE INDEX ix ON orders (a) ALGORITHM=NOCOPY LOCK=DEFAULT",
        "ALTER TABLE orders COMMENT 'ALGORITHM=COPY'",
    ],
)
def test_nothing_is_found_of_what_blocks_nothing(statement: str) -> None:
    assert found(statement, kind="mariadb", only=RULE) == []


def test_nothing_is_found_of_a_table_without_rows() -> None:
    copy = "ALTER TABLE orders ADD INDEX ix (a), ALGORITHM=COPY"
    assert found("CREATE TABLE orders (a int)", copy, kind="mariadb", only=RULE) == []
    assert found(copy, kind="mariadb", tables=[Table("orders", rows=0)], only=RULE) == []
