"""Notes, at the end of an autogenerate, what the header in ``script.py.mako`` will have to judge.

The template is rendered when env.py is over and its connection closed, so what is known of the
database is left for it in the template's own arguments. ``alembic check`` and ``compare_metadata``
render nothing: there it does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.runtime.observation import Observation, observe
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

KEY = "alembic_guard"
"""The name of the note among the arguments of ``script.py.mako``."""


@dataclass
class Note:
    """What the header is told.

    :param revision_context: Alembic's own; its directives are final when the template is rendered.
    :param observations: one for each database, in env.py's order.
    """

    revision_context: Any
    observations: list[Observation] = field(default_factory=list)


def compare(autogen_context: AutogenContext, _upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Leave a note for the header, where a revision is about to be written by plain Alembic."""
    options = autogen_context.opts
    arguments, revision_context = options.get("template_args"), options.get("revision_context")
    if isinstance(arguments, dict) and revision_context is not None:
        note = arguments.setdefault(KEY, Note(revision_context))
        context = autogen_context.migration_context
        if isinstance(note, Note) and context.config is not None:
            journal = Settings.load(context.config).journal_table
            note.observations.append(observe(context, context.get_current_heads(), journal))
    return PriorityDispatchResult.CONTINUE
