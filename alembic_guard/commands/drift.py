"""What a migration would do that is made now: how models and a database at head differ.

Autogenerate compares as for ``guard-revision``; nothing is rendered, written or locked.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.compared import uncompared_in
from alembic_guard.autogenerate.phrases import phrase, together
from alembic_guard.guards._subjects import Drift, key, operations
from alembic_guard.runtime.autogenerate import DraftedRevision

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.comparing.comparison import Uncompared
    from alembic_guard.runtime.observation import Observation

_ARGUMENTS: dict[str, Any] = {
    **dict.fromkeys(("message", "branch_label", "version_path", "rev_id", "depends_on")),
    "head": "head",
    "splice": False,
}
"""As ``alembic check`` says them, which writes no revision either."""


def drift_of(
    config: Config, script: ScriptDirectory, observation: Observation, context: Any
) -> tuple[Drift, Uncompared | None]:
    """Compare the models that env.py gave with its database, which must be at head.

    :param observation: of that database; :param context: Alembic's MigrationContext on it.
    :returns: how they differ, and what could not be compared.
    """
    drafted = DraftedRevision(config, script, _ARGUMENTS)
    drafted.compare(observation.recorded, context)
    changes = tuple(together(_changes(drafted, observation.nobodys)))
    return Drift(observation.url, changes), uncompared_in(context.opts)


def _changes(drafted: DraftedRevision, nobodys: Container[str]) -> Iterator[str]:
    for upgrade, _ in drafted.operations():
        for operation in operations(upgrade):
            # partitions, and what an extension owns, are nobody's
            if not (
                isinstance(operation, ops.DropTableOp)
                and key(operation.table_name, operation.schema) in nobodys
            ):
                said = phrase(operation)
                if said:  # some have work on the way back only
                    yield said
