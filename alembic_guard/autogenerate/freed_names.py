"""Lets tables go before others come, where these take over names of indexes and constraints.

Alembic creates tables before it drops any; the names of indexes, and of what rests on one, are
those of the whole schema.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import claims, leaves
from alembic_guard.autogenerate.complement import phase
from alembic_guard.runtime.comparing.unnamed import RELATIONS

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Facts, Thing

_TABLES = ops.CreateTableOp, ops.DropTableOp


def free_names(upgrade_ops: ops.UpgradeOps, subject: Subject) -> None:
    """Put the drops first, where a name would be taken twice meanwhile."""
    comparison = subject.comparison
    whole = [each for _, each in leaves(upgrade_ops) if isinstance(each, _TABLES)]
    came, went = (
        {_table(each, subject) for each in whole if isinstance(each, kind)} - {None}
        for kind in _TABLES
    )
    if _names(comparison.model, came) & _names(comparison.live, went):
        upgrade_ops.ops.sort(key=lambda each: (phase(each), not _goes(each, went, subject)))


def _names(facts: Facts, tables: Collection[Thing | None]) -> set[tuple[str, str]]:
    return {
        (each.schema, each.name)
        for each in facts
        if each.table and each.kind in RELATIONS and each.owner in tables
    }


def _goes(operation: Any, tables: Collection[Thing | None], subject: Subject) -> bool:
    """Whether an operation drops one of these tables, or its indexes."""
    inner = [each for _, each in leaves(operation)] if hasattr(operation, "ops") else [operation]
    if not all(isinstance(each, (ops.DropTableOp, ops.DropIndexOp)) for each in inner):
        return False
    return bool(inner) and all(_table(each, subject) in tables for each in inner)


def _table(operation: Any, subject: Subject) -> Thing | None:
    """The table that an operation is about."""
    said = claims(operation, subject.comparison.live, subject.sources, subject.default)
    things = sorted(said, key=lambda each: each.kind != "table")
    return (things[0].owner if things[0].table else things[0]) if things else None
