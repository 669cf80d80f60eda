"""Schemas that the models have things in: made before those, and never dropped.

Alembic creates tables in a schema that is not there. What else is in a schema is not looked at, so
nothing says that it could go; the way back of a new one drops it, and fails if it is not empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.operations import SqlOp, quoted

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make the schemas that are missing."""
    subject = subject_of(context)
    if subject is not None:
        for difference in subject.comparison.of("schema"):
            thing = difference.thing
            if difference.live is None and thing.name and subject.filters.include(thing):
                made, gone = (f"{verb} SCHEMA {quoted(thing.name)}" for verb in ("CREATE", "DROP"))
                operation = SqlOp(made, gone, f"adds {thing}", f"drops {thing}")
                add(upgrade_ops, [at("schemas", operation)])
    return PriorityDispatchResult.CONTINUE
