"""Everything of a MariaDB or MySQL: tables and their parts, views, routines, triggers, sequences.

Alembic's operations on a table stay where they lead to the models and back when they are tried in a
scratch database; else ALTER TABLE says the whole in the server's own words. Tables of other
databases, and events, are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add
from alembic_guard.autogenerate.mysql import keys, objects
from alembic_guard.autogenerate.mysql.take_out import take_out_keys
from alembic_guard.autogenerate.mysql.trial import put_tried
from alembic_guard.autogenerate.typed import take_out_views

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Take out what Alembic mistakes or would lose, and add what it does not see."""
    subject = subject_of(context, "mysql") or subject_of(context, "mariadb")
    if subject is None:
        return PriorityDispatchResult.CONTINUE
    take_out_views(context, upgrade_ops)
    take_out_keys(subject, upgrade_ops)
    put_tried(subject, upgrade_ops)
    add(upgrade_ops, list(keys.leaving_and_coming(subject)))
    add(upgrade_ops, list(objects.leaving_and_coming(subject)))
    return PriorityDispatchResult.CONTINUE
