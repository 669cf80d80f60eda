"""Which heads of a script directory belong together, and what their merge is called.

The rule is that of :mod:`alembic_guard.runtime.heads`, which guards share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alembic_guard.runtime import heads as rule
from alembic_guard.runtime.heads import Heads

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory


def group_heads(script: ScriptDirectory, heads: Sequence[Script]) -> Heads[Script]:
    """The heads of a script directory, in groups.

    :param heads: as ``get_revisions`` of each of ``get_heads()`` gives them.
    """
    return rule.group_heads(script.revision_map, heads, rule.version_locations(script))


def merge_message(heads: Sequence[Script]) -> str:
    """The message of a merge, naming every branch that it joins."""
    return "merge " + " and ".join(
        f"{head.revision} ({head.doc or 'no message'})" for head in heads
    )
