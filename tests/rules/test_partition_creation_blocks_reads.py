"""A partition that is created as one."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "partition-creation-blocks-reads"
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

SQL = (
    "CREATE TABLE events_2030 PARTITION OF events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"
)


def test_it_locks_the_partitioned_table_and_the_fix_attaches_the_partition() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            "Creating the partition events_2030 makes every query on events wait.",
            (
                "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on it, which "
                "waits for every query."
            ),
            (
                (
                    'op.execute("CREATE TABLE events_2030 (LIKE events INCLUDING '
                    'DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)")\n'
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2030 FOR '
                    "VALUES FROM ('2030-01-01') TO ('2031-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_default_partition_is_read_and_a_check_spares_it() -> None:
    assert found(SQL, tables=[EVENTS, REST], only=NAME) == [
        Finding(
            NAME,
            "Creating the partition events_2030 makes every query on events wait.",
            (
                "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on it, which "
                "waits for every query. Under the lock it reads all of events_rest."
            ),
            (
                (
                    'op.create_check_constraint("events_rest_bounds", "events_rest", '
                    "\"NOT (at IS NOT NULL AND at >= '2030-01-01' AND at < "
                    "'2031-01-01')\", postgresql_not_valid=True)"
                ),
                ('op.execute("ALTER TABLE events_rest VALIDATE CONSTRAINT events_rest_bounds")'),
                (
                    'op.execute("CREATE TABLE events_2030 (LIKE events INCLUDING '
                    'DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)")\n'
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2030 FOR '
                    "VALUES FROM ('2030-01-01') TO ('2031-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_can_not_be_said_in_two_steps_stays() -> None:
    assert found(SQL.replace("events FOR", "events (PRIMARY KEY (at)) FOR"), only=NAME) == [
        Finding(
            NAME,
            "Creating the partition events_2030 makes every query on events wait.",
            (
                "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on it, which "
                "waits for every query."
            ),
            (
                (
                    'op.execute("CREATE TABLE events_2030 PARTITION OF events (PRIMARY '
                    "KEY (at)) FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')\")  # "
                    "guard: allow(partition-creation-blocks-reads) nobody uses it at "
                    "that hour"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(SQL + " PARTITION BY LIST (kind)", only=NAME) == [
        Finding(
            NAME,
            "Creating the partition events_2030 makes every query on events wait.",
            (
                "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on it, which "
                "waits for every query."
            ),
            (
                (
                    'op.execute("CREATE TABLE events_2030 PARTITION OF events FOR VALUES '
                    "FROM ('2030-01-01') TO ('2031-01-01') PARTITION BY LIST (kind)\")  # "
                    "guard: allow(partition-creation-blocks-reads) nobody uses it at "
                    "that hour"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_partitioned_table_and_a_partition_that_is_there_are_silent() -> None:
    assert found("CREATE TABLE events (at date) PARTITION BY RANGE (at)", SQL, only=NAME) == []
    assert (
        found(
            SQL.replace("TABLE", "TABLE IF NOT EXISTS"),
            tables=[EVENTS, Table("events_2030")],
            only=NAME,
        )
        == []
    )
    assert found("CREATE TABLE events_2030 (at date)", only=NAME) == []
