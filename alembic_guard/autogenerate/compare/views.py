"""Views, by their query, options and comments.

Where the columns allow it, one takes the place of the other; else it is dropped and made again,
with all that is built on it. A ``CreateView`` of SQLAlchemy 2.1, and a table with
``info={"is_view": True}``, are views and no tables.
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
    return compare_typed(context, upgrade_ops, "view")
