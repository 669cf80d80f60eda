"""An index on a partitioned table: both harms, the fix for a tree, and where it is silent."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

RULE = "partitioned-index-blocks-writes"
EVENTS = Table("events", rows=9, partitioned=True, partitions=("events_2025", "archive.old"))
OLD = Table("archive.old", partitioned=True, partitions=("archive.older",))
FIX = (
    'op.execute("CREATE UNIQUE INDEX ix ON ONLY events (id, at)")\n'
    'op.execute("CREATE UNIQUE INDEX ix_old ON ONLY archive.old (id, at)")',
    "with op.get_context().autocommit_block():\n"
    '    op.drop_index("ix_events_2025", table_name="events_2025", if_exists=True, '
    "postgresql_concurrently=True)\n"
    '    op.create_index("ix_events_2025", "events_2025", ["id", "at"], unique=True, '
    "postgresql_concurrently=True)\n"
    '    op.drop_index("ix_old_older", table_name="older", schema="archive", if_exists=True, '
    "postgresql_concurrently=True)\n"
    '    op.create_index("ix_old_older", "older", ["id", "at"], schema="archive", unique=True, '
    "postgresql_concurrently=True)",
    'op.execute("ALTER INDEX ix ATTACH PARTITION ix_events_2025")\n'
    'op.execute("ALTER INDEX archive.ix_old ATTACH PARTITION archive.ix_old_older")\n'
    'op.execute("ALTER INDEX ix ATTACH PARTITION archive.ix_old")',
)


def test_all_partitions_wait_and_the_fix_builds_them_one_by_one() -> None:
    assert found("CREATE UNIQUE INDEX ix ON events (id, at)", tables=[EVENTS, OLD], only=RULE) == [
        Finding(
            RULE,
            "Building ix makes every write to events and to each of its partitions wait until all "
            "are done.",
            "CREATE INDEX takes a SHARE lock on every partition and keeps all to the commit.\n"
            "events has about 9 rows.",
            FIX,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_concurrently_is_refused_on_a_partitioned_table() -> None:
    create = "CREATE UNIQUE INDEX CONCURRENTLY ix ON events (id, at)"
    assert found(create, tables=[EVENTS, OLD], autocommit=True, only=RULE) == [
        Finding(
            RULE,
            "Building ix concurrently fails: events is partitioned.",
            "PostgreSQL builds an index concurrently on each partition only.",
            FIX,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_where_no_partition_is_known_there_is_no_other_way() -> None:
    (one,) = found(
        "CREATE INDEX ON events (kind)", tables=[Table("events", partitioned=True)], only=RULE
    )
    assert one.next == (
        'op.create_index("ix_events_kind", "events", ["kind"])  # guard: allow('
        "partitioned-index-blocks-writes) its partitions are not known, or there are none",
    )


def test_long_names_of_partitions_stay_apart() -> None:
    index = "ix_" + "a" * 60
    parts = ("events_of_january", "events_of_february")
    table = Table("events", partitioned=True, partitions=parts)
    (one,) = found(f"CREATE INDEX {index} ON events (kind)", tables=[table], only=RULE)
    assert one.next[2] == (
        f'op.execute("ALTER INDEX {index} ATTACH PARTITION {index[:45]}_events_of_january")\n'
        f'op.execute("ALTER INDEX {index} ATTACH PARTITION {index[:44]}_events_of_february")'
    )


def test_nothing_is_found_where_nothing_is_built_or_nobody_writes() -> None:
    create = "CREATE INDEX ix ON events (kind)"
    assert found("CREATE INDEX ix ON ONLY events (kind)", tables=[EVENTS], only=RULE) == []
    assert found(create, tables=[Table("events", rows=0, partitioned=True)], only=RULE) == []
    table = "CREATE TABLE events (kind text) PARTITION BY LIST (kind)"
    assert found(table, create, only=RULE) == []
    assert found(create, only=RULE) == []
