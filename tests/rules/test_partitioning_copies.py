"""Partitions of MariaDB and MySQL."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "partitioning-copies"
SQL = "ALTER TABLE shops PARTITION BY HASH (id) PARTITIONS 4"


def test_all_rows_are_copied() -> None:
    assert found(SQL, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "PARTITION BY copies all of shops, and every write waits.",
            (
                "The rows are written into partitions under LOCK=SHARED.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops PARTITION BY HASH (id) PARTITIONS 4") '
                    " # guard: allow(partitioning-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER TABLE shops REMOVE PARTITIONING", kind="mysql", only=NAME) == [
        Finding(
            NAME,
            "REMOVE PARTITIONING copies all of shops, and every write waits.",
            (
                "The rows are written into partitions under LOCK=SHARED.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops REMOVE PARTITIONING")  # guard: '
                    "allow(partitioning-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_or_those_of_some_partitions() -> None:
    assert found("ALTER TABLE shops COALESCE PARTITION 2", kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "COALESCE PARTITION copies partitions of shops, and every write waits.",
            (
                "The rows are written into partitions under LOCK=SHARED.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops COALESCE PARTITION 2")  # guard: '
                    "allow(partitioning-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_is_added_or_dropped_and_new_tables_are_silent() -> None:
    assert found("ALTER TABLE shops DROP PARTITION p1", kind="mariadb", only=NAME) == []
    assert (
        found(
            "ALTER TABLE shops ADD PARTITION (PARTITION p1 VALUES LESS THAN (9))",
            kind="mariadb",
            only=NAME,
        )
        == []
    )
    assert found("CREATE TABLE shops (id integer)", SQL, kind="mariadb", only=NAME) == []
