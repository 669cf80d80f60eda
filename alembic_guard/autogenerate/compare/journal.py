"""The journals are the plugin's own tables: no autogenerate proposes to drop them.

They are hidden by a name filter, like Alembic's own version table, so that they are neither
reflected nor reported as "Detected removed table". Alembic passes its own by under the schema that
env.py says, and drops it where that is the default schema, which it reads without a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.runtime.autogenerate import add_name_filter
from alembic_guard.runtime.own_tables import own_tables
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps


def compare(autogen_context: AutogenContext, _upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Pass by our own tables in the schema of the version table."""
    context = autogen_context.migration_context
    config = context.config
    settings = Settings() if config is None else Settings.load(config)
    ours = {context.version_table, *own_tables(settings.journal_table)}
    dialect = autogen_context.dialect
    default = None if dialect is None else dialect.default_schema_name
    home = _schema(context.version_table_schema, default)

    def keep(name: str | None, type_: str, parent_names: Any) -> bool:
        if type_ != "table" or name not in ours:
            return True
        return _schema(parent_names.get("schema_name"), default) != home

    add_name_filter(autogen_context, keep)
    return PriorityDispatchResult.CONTINUE


def _schema(schema: str | None, default: str | None) -> str | None:
    return None if schema == default else schema
