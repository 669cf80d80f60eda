"""Tables that inherit from others: new ones come after these, and columns come by the parent.

Alembic knows of foreign keys alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.cycles import target_of
from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Facts


def heirs_last(upgrade_ops: ops.UpgradeOps, subject: Subject) -> None:
    """Let new tables, each with what is made on it, change places where one inherits another."""
    new: dict[Thing, list[int]] = {}
    for place, operation in enumerate(upgrade_ops.ops):
        table = _table(operation, subject)
        if isinstance(operation, ops.CreateTableOp) or table in new:
            new.setdefault(table, []).append(place)
    parents = {table: _parents(subject, table) & new.keys() for table in new}
    if not any(parents.values()):
        return
    targets: dict[Thing, set[Thing]] = {table: set() for table in new}
    for thing, fact in subject.comparison.model.items():
        if thing.kind == "foreign key" and thing.owner in new:
            targets[thing.owner].add(target_of(fact, subject.default))
    needs = {
        table: frozenset((parents[table] | targets[table]) & new.keys() - {table}) for table in new
    }
    order = Dependencies(needs).ordered(set(new), lambda table: new[table][0])
    places = sorted(place for each in new.values() for place in each)
    moved = [upgrade_ops.ops[place] for table in order for place in new[table]]
    for place, operation in zip(places, moved, strict=True):
        upgrade_ops.ops[place] = operation


def comes_by_parent(subject: Subject, fact: Fact) -> bool:
    """Whether a column comes or goes with that of a table which its own inherits before and after.

    :param fact: of a column that one of the sides lacks.
    """
    comparison, table = subject.comparison, fact.thing.owner
    if not fact.notes.get("inherited"):
        return False
    side = comparison.model if fact.thing in comparison.model else comparison.live
    names = _inherits(comparison.live, table) & _inherits(comparison.model, table)
    return any(
        replace(fact.thing, table=each.name, schema=each.schema) in side
        for each in _named(side, names)
    )


def _parents(subject: Subject, table: Thing) -> set[Thing]:
    model = subject.comparison.model
    return _named(model, _inherits(model, table))


def _inherits(facts: Facts, table: Thing) -> set[str]:
    return set(facts[table].parts.get("inherits") or ()) if table in facts else set()


def _named(facts: Facts, names: set[str]) -> set[Thing]:
    """The tables that are called so in SQL."""
    tables = (thing for thing in facts if thing.kind == "table")
    return {thing for thing in tables if facts[thing].notes.get("on") in names}


def _table(operation: Any, subject: Subject) -> Thing:
    schema = getattr(operation, "schema", None)
    schema = "" if schema in (None, subject.default) else str(schema)
    return Thing("table", str(getattr(operation, "table_name", "")), schema=schema)
