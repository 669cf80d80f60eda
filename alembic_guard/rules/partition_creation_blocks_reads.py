"""A partition is created while nobody can read the partitioned table.

``CREATE TABLE … PARTITION OF`` takes ACCESS EXCLUSIVE on the partitioned table, and reads its
DEFAULT partition under it (PostgreSQL manual 5.11.2.2; measured on 15). It is short where there is
no DEFAULT partition, but every query waits behind it while it waits for the longest transaction.

Fix: create the table by itself and attach it, which locks the partitioned table only in SHARE
UPDATE EXCLUSIVE mode; before, keep the new rows out of a DEFAULT partition by a CHECK.

Bad::

    op.execute(
        "CREATE TABLE events_2030 PARTITION OF events"
        " FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"
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

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, lines, quoted
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._partitions import attach, bounds_of, checked, default_to_scan
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = CreateTable
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "partition-creation-blocks-reads"
LIKE = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED"


def judge(action: CreateTable, run: Run) -> Iterator[Harm]:
    """Found unless the partitioned table is new, or IF NOT EXISTS finds the partition."""
    parent = action.partition_of
    if parent is None or run.is_new(parent):
        return
    if action.if_not_exists and run.table(action.table) is not None:
        return
    default = default_to_scan(run, parent)
    why = "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on it, which waits for every query."
    if default:
        why += f" Under the lock it reads all of {default}."
    yield Harm(
        f"Creating the partition {action.table} makes every query on {parent} wait.",
        why=why,
        fix=_fix(action, parent, default, run),
    )


def _fix(action: CreateTable, parent: str, default: str | None, run: Run) -> tuple[str, ...]:
    """CREATE and ATTACH; the same line where that can't be said, or would read a table."""
    bounds = bounds_of(run, parent) if default else ""
    if bounds is None or action.partitioned or action.columns or action.constraints:
        line = as_written(run, "")
        return (allowed(line, NAME, "nobody uses it at that hour"),) if line else ()
    create = execute(f"CREATE TABLE {quoted(action.table)} (LIKE {quoted(parent)} {LIKE})")
    joined = lines(create, attach(run, parent, action.table))
    if not default:
        return (joined,)
    return (*checked(parent, default, bounds, excluded=True), joined)
