"""What the guards look at of each database: what would be done there, and whose its tables are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.operations import ops

from alembic_guard.guards._subjects import DatabaseDraft, operations

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.observation import Observation


def database_draft(
    observation: Observation,
    upgrade: ops.UpgradeOps,
    downgrade: ops.DowngradeOps,
    filtered: Iterable[tuple[str, str, str]] = (),
) -> DatabaseDraft:
    """What the guards look at, from what was observed and what would be written."""
    return DatabaseDraft(
        url=observation.url,
        dialect=observation.dialect,
        upgrade=upgrade,
        downgrade=downgrade,
        live=observation.live,
        nobodys=observation.nobodys,
        filtered=tuple(filtered),
        compares_defaults=observation.compares_defaults,
    )


def owned_by_history(script: ScriptDirectory, databases: Sequence[DatabaseDraft]) -> frozenset[str]:
    """The tables that the history owns; the files are read only where a table would be dropped."""
    drops = any(
        isinstance(operation, ops.DropTableOp)
        for database in databases
        for operation in operations(database.upgrade)
    )
    if not drops:
        return frozenset()
    from alembic_guard.script.replay import owned_tables

    return owned_tables(Path(found.path) for found in script.walk_revisions())
