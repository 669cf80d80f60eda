"""An index on a partitioned table is built on all partitions while every write to them waits.

``CREATE INDEX`` on a partitioned table takes a SHARE lock on it and on each partition, and keeps
all of them until the last index is built (measured on 15). PostgreSQL refuses ``CONCURRENTLY`` for
a partitioned table (manual, CREATE INDEX, "Building Indexes Concurrently").

Fix: create it ``ON ONLY`` the partitioned table, which builds nothing; build it on each partition
concurrently; attach these. With the last one the index is valid.

Bad::

    op.create_index("ix_events_kind", "events", ["kind"])

Good::

    op.execute("CREATE INDEX ix_events_kind ON ONLY events (kind)")
    # next revision
    with op.get_context().autocommit_block():
        op.create_index("ix_1", "events_2025", ["kind"], postgresql_concurrently=True)
        op.drop_index("ix_2", "events_default", postgresql_concurrently=True, if_exists=True)
        op.create_index("ix_2", "events_default", ["kind"], postgresql_concurrently=True)
    # next revision
    op.execute("ALTER INDEX ix_events_kind ATTACH PARTITION ix_1")
    op.execute("ALTER INDEX ix_events_kind ATTACH PARTITION ix_2")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import (
    allowed,
    autocommit,
    drop_index_code,
    execute,
    index_code,
    index_name,
    index_sql,
    lines,
    named,
    quoted,
)
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._run import Run
from alembic_guard.schema import Index

DATABASES = ("postgresql",)
JUDGES = CreateIndex
GROWS = True
LOCK = Lock.SHARE


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found on a table that is known to be partitioned, unless it is new or empty."""
    key, table = action.table, run.table(action.table)
    if table is None or not table.partitioned or action.only or run.is_new(key):
        return
    fix = tuple(_fix(key, replace(action.index, name=index_name(key, action.index)), run))
    if action.concurrently:
        yield Harm(
            f"Building {called(action.index)} concurrently fails: {key} is partitioned.",
            why="PostgreSQL builds an index concurrently on each partition only.",
            fix=fix,
        )
    elif not run.is_empty(key):
        yield Harm(
            f"Building {called(action.index)} makes every write to {key} and to each of its "
            "partitions wait until all are done.",
            why="CREATE INDEX takes a SHARE lock on every partition and keeps all to the commit.",
            fix=fix,
            table=key,
        )


def _fix(key: str, index: Index, run: Run) -> Iterator[str]:
    only, build, attach = _pieces(key, index, run)
    if build:
        yield from (lines(*only), autocommit(*build), lines(*attach))
    else:
        why = "its partitions are not known, or there are none"
        yield allowed(index_code(key, index), "partitioned-index-blocks-writes", why)


def _pieces(key: str, index: Index, run: Run) -> tuple[list[str], list[str], list[str]]:
    """What is created on partitioned tables only, built on partitions, and attached, in order."""
    table = run.table(key)
    only = [execute(index_sql(key, index, only=True))]
    build, attach = list[str](), list[str]()
    for partition in table.partitions if table else ():
        below = replace(index, name=_of_partition(index.name or "", named(partition)[0]))
        known = run.table(partition)
        if known is not None and known.partitioned:
            pieces = _pieces(partition, below, run)
            for into, more in zip((only, build, attach), pieces, strict=True):
                into += more
        else:
            # What a failed one left is dropped first, so that it may be run again.
            name = below.name or ""
            build += [
                drop_index_code(partition, name, if_exists=True, postgresql_concurrently=True),
                index_code(partition, below, postgresql_concurrently=True),
            ]
        names = f"{_name(key, index)} ATTACH PARTITION {_name(partition, below)}"
        attach.append(execute(f"ALTER INDEX {names}"))
    return only, build, attach


def _of_partition(index: str, partition: str) -> str:
    """A name of at most 63 letters, which tells the partitions apart."""
    return f"{index[: max(0, 62 - len(partition))]}_{partition}"[:63]


def _name(table: str, index: Index) -> str:
    """The name of an index as SQL, with the schema of its table."""
    schema, dot, _ = table.rpartition(".")
    return quoted(f"{schema}{dot}{index.name}")
