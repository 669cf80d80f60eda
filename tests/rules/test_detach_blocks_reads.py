"""A partition that is detached."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "detach-blocks-reads"
EVENTS = Table(
    "events",
    {"at": Column("at", SqlType("date"))},
    complete=True,
    partitioned=True,
    partitions=("events_rest",),
    partition_key="RANGE (at)",
    default_partition="events_rest",
)
REST = Table("events_rest", complete=True, rows=3_000, partition_of="events")

SQL = "ALTER TABLE events DETACH PARTITION events_2025"


def test_it_blocks_and_the_fix_is_concurrent() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            "Detaching events_2025 makes every query on events wait.",
            ("DETACH PARTITION takes ACCESS EXCLUSIVE on events, behind every query that runs."),
            (
                (
                    "with op.get_context().autocommit_block():\n"
                    '    op.execute("ALTER TABLE events DETACH PARTITION events_2025 '
                    'CONCURRENTLY")'
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_with_a_default_partition_it_waits_only_shortly() -> None:
    assert found(SQL, tables=[EVENTS, REST], only=NAME) == [
        Finding(
            NAME,
            "Detaching events_2025 makes every query on events wait.",
            ("DETACH PARTITION takes ACCESS EXCLUSIVE on events, behind every query that runs."),
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("ALTER TABLE events DETACH PARTITION events_2025")  # '
                    "guard: allow(detach-blocks-reads) it waits for the lock only shortly"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_before_postgresql_14_it_waits_only_shortly() -> None:
    assert found(SQL, version=(13,), only=NAME) == [
        Finding(
            NAME,
            "Detaching events_2025 makes every query on events wait.",
            ("DETACH PARTITION takes ACCESS EXCLUSIVE on events, behind every query that runs."),
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("ALTER TABLE events DETACH PARTITION events_2025")  # '
                    "guard: allow(detach-blocks-reads) it waits for the lock only shortly"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_concurrently_fails_with_a_default_partition_and_before_postgresql_14() -> None:
    assert found(SQL + " CONCURRENTLY", tables=[EVENTS, REST], autocommit=True, only=NAME) == [
        Finding(
            NAME,
            ("Detaching events_2025 concurrently fails: events has a DEFAULT partition."),
            "PostgreSQL refuses it.",
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("ALTER TABLE events DETACH PARTITION events_2025")  # '
                    "guard: allow(detach-blocks-reads) it waits for the lock only shortly"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL + " CONCURRENTLY", version=(13,), autocommit=True, only=NAME) == [
        Finding(
            NAME,
            "Detaching events_2025 concurrently fails: it came with PostgreSQL 14.",
            "PostgreSQL refuses it.",
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("ALTER TABLE events DETACH PARTITION events_2025")  # '
                    "guard: allow(detach-blocks-reads) it waits for the lock only shortly"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_concurrently_and_of_a_new_table_it_is_silent() -> None:
    assert found(SQL + " CONCURRENTLY", autocommit=True, only=NAME) == []
    assert found("CREATE TABLE events (at date) PARTITION BY RANGE (at)", SQL, only=NAME) == []
