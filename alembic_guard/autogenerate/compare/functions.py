"""Functions, procedures and aggregates, each by the types of its arguments.

One takes the place of the other where PostgreSQL lets it; else all that calls it is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic_guard.autogenerate.typed import compare_typed

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew or replace what differs."""
    return compare_typed(context, upgrade_ops, "function", "procedure", "aggregate")
