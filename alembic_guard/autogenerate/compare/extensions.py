"""Extensions that the models declare, by an event such as ``DDL("CREATE EXTENSION citext")``.

They are made before what uses them, and updated where a version is declared. None is dropped: it is
the whole database's, and what nobody declares may be somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.type_changes import string

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make the extensions that are missing, and update the others."""
    subject = subject_of(context)
    if subject is not None:
        for difference in subject.comparison.of("extension"):
            if difference.model is not None and subject.filters.include(difference.thing):
                add(upgrade_ops, [at("extensions", _operation(difference))])
    return PriorityDispatchResult.CONTINUE


def _operation(difference: Difference) -> Any:
    thing, live, model = difference.thing, difference.live, difference.model
    assert model is not None
    name = quoted(thing.name)
    if live is None:
        gone = f"DROP EXTENSION {name}"
        return SqlOp(model.definition, gone, f"adds {thing}", f"drops {thing}")
    old, new = live.parts["version"], model.parts["version"]
    update = f"ALTER EXTENSION {name} UPDATE TO"
    # few extensions know a way back; without one they stay, and what was there before can too
    back = (f"{update} {string(old)}",) if new in (live.notes["from"] or ()) else ()
    return ScriptOp(
        Script((f"{update} {string(new)}",), f"updates {thing} to {new}"),
        Script(back, f"takes {thing} back to {old}"),
    )
