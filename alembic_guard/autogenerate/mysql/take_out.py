"""Takes Alembic's operations on foreign keys out, for which ours stand in.

Alembic's stand among those on columns and indexes, and would come too early or go too late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from alembic_guard.autogenerate.claims import claims, leaves

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject


def take_out_keys(subject: Subject, upgrade_ops: ops.UpgradeOps) -> None:
    """Remove them, in tables that both sides have and that could be compared."""
    comparison = subject.comparison
    for container, operation in leaves(upgrade_ops):
        if not isinstance(operation, (ops.CreateForeignKeyOp, ops.DropConstraintOp)):
            continue
        for thing in claims(operation, comparison.live, subject.sources, subject.default):
            both = thing.owner in comparison.live and thing.owner in comparison.model
            known = comparison.knows(thing) and subject.filters.include(thing.owner)
            mine = thing.name == "None" or subject.filters.include(thing)
            if thing.kind == "foreign key" and both and known and mine:
                container.ops[:] = [each for each in container.ops if each is not operation]
    upgrade_ops.ops[:] = [
        each
        for each in upgrade_ops.ops
        if not isinstance(each, ops.ModifyTableOps) or not each.is_empty()
    ]
