"""An index is dropped before the one that takes its place is there.

Until the new one is built, queries that used the old one read the whole table, and a unique one
keeps no duplicates out. On a large table that takes minutes, or for ever if building it fails.

Fix: create the new one under another name, then drop the old one.

Bad::

    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", "orders", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_orders_status", "orders", ["status", "total"], postgresql_concurrently=True
        )

Good::

    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_status_total", "orders", ["status", "total"], postgresql_concurrently=True
        )
    # next revision
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", "orders", postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateIndex, DropIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._code import built, dropped, index_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Index, Table

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = DropIndex
SEVERITY = Severity.WARNING
GROWS = True


def judge(action: DropIndex, run: Run) -> Iterator[Harm]:
    """Found where the old index is known to begin with the same column, and nothing stands in."""
    key, name, kind = action.table, action.name.rpartition(".")[2], run.target.kind
    table = run.table(key)
    old = table.indexes.get(name) if table is not None else None
    if table is None or old is None or not old.valid or run.is_new(key) or run.is_empty(key):
        return
    created = (each for step, each in run.later(CreateIndex) if _is_apart(step, run))
    new = next((each.index for each in created if _replaces(each, old, key)), None)
    if new is None or _stands_in(table, old):
        return
    if new.name in (None, name):
        fresh = index_name(key, replace(new, name=None))
        new = replace(new, name=f"{fresh}_new" if fresh == name else fresh)
    yield Harm(
        f"From the drop of {name} until the next one is built, {key} has no index on "
        f"{old.columns[0]}.",
        why="Queries that used it read the whole table meanwhile.",
        fix=(built(key, new, kind), dropped(key, action.name, kind)),
        table=key,
    )


def _is_apart(step: Step, run: Run) -> bool:
    """Whether a step commits at another time; within one transaction nobody sees a gap."""
    alone = run.step.transaction is None or step.transaction != run.step.transaction
    return step is not run.step and alone


def _replaces(new: CreateIndex, old: Index, key: str) -> bool:
    """Whether an index serves the queries of one that is dropped; InnoDB's full text has its own."""
    same = new.table == key and new.index.columns[:1] == old.columns[:1]
    return same and new.index.method not in ("fulltext", "spatial")


def _stands_in(table: Table, old: Index) -> bool:
    """Whether another index, or a key, serves the same queries."""
    others = [each for each in table.indexes.values() if each.valid and each.where is None]
    columns = [each.columns for each in others if each.name != old.name]
    for kind in ("primary key", "unique"):
        columns += [each.columns for each in table.constraints_of(kind) if each.name != old.name]
    return any(each[: len(old.columns)] == old.columns for each in columns)
