"""Up or down: what differs between the two, in one value.

Whoever plans, runs, counts and words a run is handed it; nothing else tells a downgrade from an
upgrade.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic_guard.runtime.downward import downgrade_steps, pinned_downwards
from alembic_guard.runtime.history import upgrade_steps

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call


@dataclass(frozen=True)
class Direction:
    """One of :data:`UP` and :data:`DOWN`.

    :param name: as the journal has it.
    :param steps: the revisions of a run in their order, as Alembic would take them.
    :param pinned: what a relative target means, once planned, however often it is asked again.
    :param label: of the plan's list, for people; :param done: of a revision that was committed.
    :param command: of ours that goes this way.
    :param checked: whether a migration's precheck and postcheck are run: they are the upgrade's.
    """

    name: str
    steps: Callable[[ScriptDirectory, str, tuple[str, ...], Call | None], list[RevisionStep]]
    pinned: Callable[[ScriptDirectory, str, tuple[str, ...], list[RevisionStep]], str]
    label: str
    done: str
    command: str
    checked: bool

    def achieved(self, asked: Collection[str], present: Collection[str]) -> set[str]:
        """Of these revisions those that the database is through with.

        :param present: the revisions that are in the database.
        """
        return {one for one in asked if (one in present) is (self is UP)}


def _pinned_upwards(
    _script: ScriptDirectory, target: str, _current: tuple[str, ...], steps: list[RevisionStep]
) -> str:
    return steps[-1].revision.revision if "+" in target and steps else target


UP = Direction(
    "upgrade",
    upgrade_steps,
    _pinned_upwards,
    "Pending",
    "Applied",
    "alembic safe-upgrade",
    checked=True,
)
DOWN = Direction(
    "downgrade",
    downgrade_steps,
    pinned_downwards,
    "Reverts",
    "Reverted",
    "alembic safe-downgrade",
    checked=False,
)
