"""A table that becomes a partition."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Constraint, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "attach-scans"
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

ALONE = Table(
    "logs",
    {"at": Column("at", SqlType("date"))},
    complete=True,
    partitioned=True,
    partition_key="RANGE (at)",
)
NEXT = Table("events_2026", {"at": Column("at", SqlType("date"))}, complete=True, rows=500)
BOUNDS = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
SQL = f"ALTER TABLE events ATTACH PARTITION events_2026 {BOUNDS}"
TO_LOGS = f"ALTER TABLE logs ATTACH PARTITION events_2026 {BOUNDS}"
CHECK = Constraint("check", "c", expression="at >= '2026-01-01'")
GUARDED = Table("events_rest", {}, {"c": CHECK}, complete=True, rows=3_000)
ELSE = Constraint("check", "c", expression="id > 0")
OTHER = Table("events_rest", {}, {"c": ELSE}, complete=True, rows=3_000)
KIND = {"kind": Column("kind")}
KINDS = Table("kinds", KIND, complete=True, partitioned=True, partition_key="LIST (kind)")
HASHED = Table("kinds", KIND, complete=True, partitioned=True, partition_key="HASH (kind)")
PAIRED = Table("kinds", KIND, complete=True, partitioned=True, partition_key="RANGE (kind, b)")
TO_KINDS = "ALTER TABLE kinds ATTACH PARTITION events_2026 FOR VALUES "
CHECKED = Table("events_2026", NEXT.columns, {"c": CHECK}, complete=True, rows=500)


def test_the_table_and_the_default_partition_are_read_and_checks_spare_it() -> None:
    assert found(SQL, tables=[EVENTS, REST, NEXT], only=NAME) == [
        Finding(
            NAME,
            (
                "Attaching events_2026 to events reads all of events_2026 and of "
                "events_rest, while nobody else can."
            ),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_rest has about 3,000 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_2026_bounds", "events_2026", "at '
                    "IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01'\", "
                    "postgresql_not_valid=True)"
                ),
                (
                    'op.create_check_constraint("events_rest_bounds", "events_rest", '
                    "\"NOT (at IS NOT NULL AND at >= '2026-01-01' AND at < "
                    "'2027-01-01')\", postgresql_not_valid=True)"
                ),
                (
                    'op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT '
                    'events_2026_bounds")\n'
                    'op.execute("ALTER TABLE events_rest VALIDATE CONSTRAINT '
                    'events_rest_bounds")'
                ),
                (
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR '
                    "VALUES FROM ('2026-01-01') TO ('2027-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_without_a_default_partition_only_the_table_is_read() -> None:
    assert found(TO_LOGS, tables=[ALONE, NEXT], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to logs reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_2026_bounds", "events_2026", "at '
                    "IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01'\", "
                    "postgresql_not_valid=True)"
                ),
                ('op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bounds")'),
                (
                    'op.execute("ALTER TABLE logs ATTACH PARTITION events_2026 FOR '
                    "VALUES FROM ('2026-01-01') TO ('2027-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_valid_check_of_the_table_leaves_the_default_partition() -> None:
    assert found(SQL, tables=[EVENTS, REST, CHECKED], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to events reads all of events_rest, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_rest has about 3,000 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_rest_bounds", "events_rest", '
                    "\"NOT (at IS NOT NULL AND at >= '2026-01-01' AND at < "
                    "'2027-01-01')\", postgresql_not_valid=True)"
                ),
                ('op.execute("ALTER TABLE events_rest VALIDATE CONSTRAINT events_rest_bounds")'),
                (
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR '
                    "VALUES FROM ('2026-01-01') TO ('2027-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_valid_check_of_the_key_spares_the_default_partition() -> None:
    assert found(SQL, tables=[EVENTS, GUARDED, CHECKED], only=NAME) == []


def test_a_check_of_something_else_does_not_spare_the_default_partition() -> None:
    assert found(SQL, tables=[EVENTS, OTHER, CHECKED], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to events reads all of events_rest, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_rest has about 3,000 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_rest_bounds", "events_rest", '
                    "\"NOT (at IS NOT NULL AND at >= '2026-01-01' AND at < "
                    "'2027-01-01')\", postgresql_not_valid=True)"
                ),
                ('op.execute("ALTER TABLE events_rest VALIDATE CONSTRAINT events_rest_bounds")'),
                (
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR '
                    "VALUES FROM ('2026-01-01') TO ('2027-01-01')\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_of_a_table_that_is_not_known_the_line_stays() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to events reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "No database was asked how large events_2026 is: it is judged as a "
                "large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR '
                    "VALUES FROM ('2026-01-01') TO ('2027-01-01')\")  # guard: "
                    "allow(attach-scans) its rows are few, or a CHECK says its bounds"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_lists_are_said_with_in() -> None:
    assert found(TO_KINDS + "IN ('a', NULL)", tables=[KINDS, NEXT], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to kinds reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_2026_bounds", "events_2026", '
                    "\"kind IS NULL OR kind IN ('a')\", postgresql_not_valid=True)"
                ),
                ('op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bounds")'),
                (
                    'op.execute("ALTER TABLE kinds ATTACH PARTITION events_2026 FOR '
                    "VALUES IN ('a', NULL)\")"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(TO_KINDS + "IN (1, 2)", tables=[KINDS, NEXT], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to kinds reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_2026_bounds", "events_2026", '
                    '"kind IS NOT NULL AND kind IN (1, 2)", postgresql_not_valid=True)'
                ),
                ('op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bounds")'),
                (
                    'op.execute("ALTER TABLE kinds ATTACH PARTITION events_2026 FOR '
                    'VALUES IN (1, 2)")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_an_open_end_has_no_condition() -> None:
    assert found(
        "ALTER TABLE logs ATTACH PARTITION events_2026 FOR VALUES FROM (MINVALUE) TO (3)",
        tables=[ALONE, NEXT],
        only=NAME,
    ) == [
        Finding(
            NAME,
            ("Attaching events_2026 to logs reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.create_check_constraint("events_2026_bounds", "events_2026", "at '
                    'IS NOT NULL AND at < 3", postgresql_not_valid=True)'
                ),
                ('op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bounds")'),
                (
                    'op.execute("ALTER TABLE logs ATTACH PARTITION events_2026 FOR '
                    'VALUES FROM (minvalue) TO (3)")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_hash_and_several_columns_have_no_check() -> None:
    assert found(TO_KINDS + "WITH (MODULUS 4, REMAINDER 1)", tables=[HASHED, NEXT], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to kinds reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.execute("ALTER TABLE kinds ATTACH PARTITION events_2026 FOR '
                    'VALUES WITH (MODULUS 4, REMAINDER 1)")  # guard: '
                    "allow(attach-scans) its rows are few, or a CHECK says its bounds"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(TO_KINDS + "FROM (1, 2) TO (3, 4)", tables=[PAIRED, NEXT], only=NAME) == [
        Finding(
            NAME,
            ("Attaching events_2026 to kinds reads all of events_2026, while nobody else can."),
            (
                "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in "
                "the wrong place.\n"
                "events_2026 has about 500 rows."
            ),
            (
                (
                    'op.execute("ALTER TABLE kinds ATTACH PARTITION events_2026 FOR '
                    'VALUES FROM (1, 2) TO (3, 4)")  # guard: allow(attach-scans) its '
                    "rows are few, or a CHECK says its bounds"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_new_and_empty_tables_and_indexes_are_silent() -> None:
    assert found("CREATE TABLE events_2026 (at date)", TO_LOGS, tables=[ALONE], only=NAME) == []
    assert (
        found(TO_LOGS, tables=[ALONE, Table("events_2026", rows=0, complete=True)], only=NAME) == []
    )
    assert found("CREATE TABLE events (at date) PARTITION BY RANGE (at)", SQL, only=NAME) == []
    assert found("ALTER INDEX ix_events ATTACH PARTITION ix_events_2026", only=NAME) == []
