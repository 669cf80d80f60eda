"""EXCLUDE constraints, by their definition. Alembic compares none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.constraints import compare_constraints

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew what differs."""
    return compare_constraints(context, upgrade_ops, "exclude", _in_words, _in_words, _never)


def _in_words(*_: Any) -> None:
    """``op.create_exclude_constraint`` knows no operator classes: words say it all."""


def _never(*_: Any) -> bool:
    """No more does ``op.create_table``."""
    return False
