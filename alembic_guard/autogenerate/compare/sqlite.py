"""Everything of a SQLite: tables and their parts, indexes, views and triggers.

ALTER TABLE can do little there, and batch mode loses what reflection does not know. Alembic's
operations on a table stay where they lead to the models and back when they are tried in memory;
else the table is made anew by statements of our own. Virtual tables are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add
from alembic_guard.autogenerate.sqlite.objects import leaving_and_coming
from alembic_guard.autogenerate.sqlite.tables import Tables
from alembic_guard.autogenerate.typed import take_out_views

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Take out what Alembic mistakes or would lose, and add what it does not see."""
    subject = subject_of(context, "sqlite")
    if subject is None:
        return PriorityDispatchResult.CONTINUE
    take_out_views(context, upgrade_ops)
    tables = Tables(subject)
    try:
        add(upgrade_ops, list(tables.operations(upgrade_ops)))
    finally:
        tables.close()
    add(upgrade_ops, list(leaving_and_coming(subject)))
    return PriorityDispatchResult.CONTINUE
