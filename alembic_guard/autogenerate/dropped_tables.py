"""One order for tables that are dropped: what rests on others goes before them, else by name.

Alembic has them in a set, so that the order was another one in each run, and often one in which
PostgreSQL refuses: a table can't go while a foreign key of another one aims at it, or while it has
heirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.cycles import target_of
from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Facts


def put_in_order(upgrade_ops: ops.UpgradeOps, subject: Subject) -> None:
    """Let the drops of tables, each with what is dropped for it, change places."""
    ranks = _ranks(upgrade_ops, subject)
    if len(ranks) < 2:
        return
    places, drops = [], []
    for place, operation in enumerate(upgrade_ops.ops):
        table = _dropped(operation, ranks, subject)
        if table is not None:
            places.append(place)
            drops.append((ranks[table], operation))
    drops.sort(key=lambda each: each[0])  # stable: indexes before their table
    for place, (_, operation) in zip(places, drops, strict=True):
        upgrade_ops.ops[place] = operation


def _ranks(upgrade_ops: ops.UpgradeOps, subject: Subject) -> Mapping[Thing, int]:
    gone = {
        _table(each, subject)
        for _, each in leaves(upgrade_ops)
        if isinstance(each, ops.DropTableOp)
    }
    needs = _needs(subject.comparison.live, gone, subject.default)
    # what is needed comes first in an order of dependencies, and goes last
    backwards = {table: place for place, table in enumerate(sorted(gone, reverse=True))}
    order = Dependencies(needs).ordered(gone, backwards.__getitem__)
    return {table: rank for rank, table in enumerate(reversed(order))}


def _needs(live: Facts, gone: set[Thing], default: str | None) -> dict[Thing, frozenset[Thing]]:
    """For each table that goes, the others without which it could not be."""
    by_name = {live[each].notes.get("on"): each for each in gone if each in live}
    needs: dict[Thing, set[Thing]] = {each: set() for each in gone}
    for thing, fact in live.items():
        if thing.kind == "foreign key" and thing.owner in gone:
            needs[thing.owner].add(target_of(fact, default))
        elif thing in gone:
            parents = fact.parts.get("inherits") or ()
            needs[thing] |= {by_name[each] for each in parents if each in by_name}
    return {table: frozenset(used & gone - {table}) for table, used in needs.items()}


def _dropped(operation: Any, ranks: Mapping[Thing, int], subject: Subject) -> Thing | None:
    """The table that goes by an operation, or by the one that it stands before."""
    if isinstance(operation, ops.DropTableOp):
        return _table(operation, subject)
    inner = operation.ops if isinstance(operation, ops.ModifyTableOps) else ()
    if inner and all(isinstance(each, ops.DropIndexOp) for each in inner):
        table = _table(operation, subject)
        return table if table in ranks else None
    return None


def _table(operation: Any, subject: Subject) -> Thing:
    schema = "" if operation.schema in (None, subject.default) else str(operation.schema)
    return Thing("table", str(operation.table_name), schema=schema)
