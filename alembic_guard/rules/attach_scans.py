"""A table is read whole while it becomes a partition, and so is the DEFAULT partition.

``ATTACH PARTITION`` takes ACCESS EXCLUSIVE on the table that it attaches and on the DEFAULT
partition, and reads both under it: the one to see that its rows fit, the other for rows that belong
to the new one (PostgreSQL manual 5.11.2.2; measured on 15). The partitioned table itself stays in
use, but whatever comes to its DEFAULT partition waits.

Fix: a CHECK that says the bounds, NOT VALID at first and validated by itself, spares the scan of
the table; one that excludes them spares that of the DEFAULT partition. From then on the DEFAULT
partition refuses such rows: attach soon after it.

Bad::

    op.execute(
        "ALTER TABLE events ATTACH PARTITION events_2026"
        " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    )

Good::

    op.execute("CREATE TABLE logs_2030 (LIKE logs INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    op.execute(
        "ALTER TABLE logs ATTACH PARTITION logs_2030"
        " FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AttachPartition
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, lines
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._partitions import attach, bounds_of, checked, default_to_scan
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AttachPartition
SEVERITY = Severity.WARNING
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "attach-scans"


def judge(action: AttachPartition, run: Run) -> Iterator[Harm]:
    """Found where a table in use is read; nobody misses one that is new or empty."""
    key, partition = action.table, action.partition
    if action.index or run.is_new(key):
        return
    read = [each for each in [_own(action, run)] if each]
    default = default_to_scan(run, key)
    read += [default] if default and default != partition else []
    if not read:
        return
    yield Harm(
        f"Attaching {partition} to {key} reads all of {' and of '.join(read)}, while nobody else "
        "can.",
        why="ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in the wrong place.",
        fix=_fix(action, run, read),
        table=max(read, key=lambda each: _rows(run, each)),
    )


def _own(action: AttachPartition, run: Run) -> str | None:
    """The table that is attached, where it is read."""
    key = action.partition
    scanned = key in run.effect(action).scans
    return key if scanned and not run.is_new(key) and not run.is_empty(key) else None


def _rows(run: Run, key: str) -> int:
    table = run.table(key)
    return table.rows if table is not None and table.rows is not None else 0


def _fix(action: AttachPartition, run: Run, read: list[str]) -> tuple[str, ...]:
    """A CHECK of each that is read; the same line where its bounds can't be said."""
    key, partition = action.table, action.partition
    line = attach(run, key, partition)
    bounds = bounds_of(run, key)
    if bounds is None:
        return (allowed(line, NAME, "its rows are few, or a CHECK says its bounds"),)
    pairs = [checked(key, each, bounds, excluded=each != partition) for each in read]
    add, validate = zip(*pairs, strict=True)
    return (*add, lines(*validate), line)
