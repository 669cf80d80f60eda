"""What ``alembic_utils`` and ``sqlalchemy-declarative-extensions`` declare is compared once: by us.

Their own comparators would propose it again, and lock the live objects. They are left out of this
autogenerate, unless the database cannot be compared by ours at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.declarations import stood_in_for
from alembic_guard.runtime.others_comparators import comparators_of, leave_out

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps


def compare(context: AutogenContext, _upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Leave their own comparators out, before Alembic calls any."""
    theirs = comparators_of(context, stood_in_for(context))
    if theirs and subject_of(context) is not None:
        leave_out(context, theirs)
    return PriorityDispatchResult.CONTINUE
