"""Before Alembic compares: tables that the database has to the last word, it need not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.runtime.passing_by import may_pass_by, pass_by

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

_DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb")


def compare(context: AutogenContext, _upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Let Alembic pass them by."""
    dialect = "" if context.dialect is None else context.dialect.name
    if dialect in _DIALECTS and may_pass_by(context):
        subject = subject_of(context, dialect)
        if subject is not None and subject.comparison.settled:
            pass_by(
                context,
                {(each.schema or None, each.name) for each in subject.comparison.settled},
            )
    return PriorityDispatchResult.CONTINUE
