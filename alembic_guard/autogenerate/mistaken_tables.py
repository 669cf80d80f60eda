"""Takes out of autogenerate what it says of tables that are none of its business, or none at all.

Alembic reads one schema, unless ``include_schemas`` is on, and knows tables only: so it drops
partitions and the tables of extensions, and creates what another schema, a foreign server or a view
has by that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import leaves
from alembic_guard.runtime.comparing.comparison import TYPED
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject

IN_PLACE = ("table", "foreign table", "view", "materialized view")
"""Kinds that share their names: where one is, a table can't be created."""


def without_mistaken(subject: Subject, upgrade_ops: ops.UpgradeOps) -> None:
    """Take those operations out, and what belongs to their tables with them."""
    found = list(leaves(upgrade_ops))
    mistaken = {_table(subject, each) for _, each in found if _is_mistaken(subject, each)}
    mistaken |= {
        table for _, each in found if (table := _table(subject, each)) and _is_part(subject, table)
    }
    for container, each in found:
        if _table(subject, each) in mistaken:
            container.ops.remove(each)
    upgrade_ops.ops[:] = [
        each
        for each in upgrade_ops.ops
        if not isinstance(each, ops.ModifyTableOps) or not each.is_empty()
    ]


def _table(subject: Subject, operation: Any) -> tuple[str, str] | None:
    """Schema and name of the table that an operation is about."""
    name = getattr(operation, "table_name", None) or getattr(operation, "source_table", None)
    schema = getattr(operation, "schema", None) or getattr(operation, "source_schema", None)
    return None if name is None else ("" if schema in (None, subject.default) else schema, name)


def _is_mistaken(subject: Subject, operation: Any) -> bool:
    comparison = subject.comparison
    table = _table(subject, operation)
    if table is None:
        return False
    schema, name = table
    if isinstance(operation, ops.CreateTableOp):
        found = (Thing(kind, name, schema=schema) for kind in IN_PLACE)
        return any(each in comparison.live and not _gives_way(subject, each) for each in found)
    if isinstance(operation, ops.DropTableOp):
        # in the models by another name, such as public.users where public is the default schema
        thing = Thing("table", name, schema=schema)
        return thing in comparison.model or Thing("left alone", name, schema=schema) in (
            comparison.live
        )
    return False


def _gives_way(subject: Subject, thing: Thing) -> bool:
    """Whether what bears the name of a new table is a view that is dropped for it."""
    comparison = subject.comparison
    return (
        thing.kind in TYPED
        and thing not in comparison.model
        and comparison.declares(thing.kind)
        and comparison.knows(thing)
        and subject.filters.include(thing)
    )


def _is_part(subject: Subject, table: tuple[str, str]) -> bool:
    """Whether a table is a partition on both sides, or in the database, and nobody's table."""
    schema, name = table
    return any(
        thing.kind == "partition" and (thing.schema, thing.name) == (schema, name)
        for thing in subject.comparison.live
    )
