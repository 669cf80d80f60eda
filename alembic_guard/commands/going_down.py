"""What a database and the files are asked before anything is reverted.

The same questions as before an upgrade, as far as they are about what is reverted: whether a file
was edited since the database got it counts for its ``downgrade()`` too. Then whether each revision
has a way back, and what would be lost on it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard.commands.lint_cases import recorded
from alembic_guard.commands.losing import lost_by
from alembic_guard.commands.preflight import connection_facts, history_facts
from alembic_guard.commands.selecting import Selection
from alembic_guard.guards._downgrading import (
    EmptyDowngrades,
    LosingDowngrade,
    RefusingDowngrades,
)
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.recorded import RecordedHistory
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call

_NO_WAY_BACK = re.compile(r"downgrade\(\) raised NotImplementedError\b")
"""A gap's reason, as :mod:`alembic_guard.runtime.gaps` words it."""


def subjects_down(
    target: str,
) -> Callable[[Config, ScriptDirectory, Settings, Call, Sequence[Revision]], Iterator[Any]]:
    """What the guards judge before revisions are reverted.

    :param target: as it was typed.
    """

    def subjects(
        _config: Config,
        script: ScriptDirectory,
        settings: Settings,
        call: Call,
        pending: Sequence[Revision],
    ) -> Iterator[Any]:
        if not pending:
            return
        yield connection_facts(call)
        yield _only(history_facts(call, script, settings), {each.id for each in pending})
        walked = tuple(script.get_revision(each.id) for each in reversed(pending))
        selection = Selection(walked, frozenset(each.id for each in pending))
        recording = recorded(call, script, selection, upgrade=False, each_in_its_own=True)
        refusing = {gap.revision: gap for gap in recording.gaps if _NO_WAY_BACK.match(gap.reason)}
        yield RefusingDowngrades(
            tuple((each, refusing[each.id].place) for each in pending if each.id in refusing)
        )
        done = {step.revision for step in recording.steps} | {
            gap.revision for gap in recording.gaps
        }
        idle = [each for each in pending if each.id not in done]
        empty = tuple(each for each in idle if _does(call, script, each))
        yield EmptyDowngrades(target, empty, settings.forward_only)
        yield from (gap for gap in recording.gaps if gap.revision not in refusing)
        yield LosingDowngrade(target, tuple(lost_by(call, recording.steps, pending)))

    return subjects


def _only(history: RecordedHistory, names: Collection[str]) -> RecordedHistory:
    """What is known of the revisions that are reverted: no other file of the past is run."""
    return replace(
        history,
        edited=tuple(each for each in history.edited if each.revision.id in names),
        incomparable=tuple(each for each in history.incomparable if each.id in names),
        skipped=tuple(each for each in history.skipped if each.revision.id in names),
    )


def _does(call: Call, script: ScriptDirectory, revision: Revision) -> bool:
    """Whether ``upgrade()`` does something.

    The database has it already, so that one which asks ``has_table()`` first does nothing there:
    it is recorded without answers as well.
    """
    if _is_empty(revision.path):
        return False
    selection = Selection((script.get_revision(revision.id),), frozenset({revision.id}))
    recordings = (recorded(call, script, selection, answers=there) for there in (False, True))
    return any(recording.steps or recording.gaps for recording in recordings)


def _is_empty(path: str) -> bool:
    """Whether the text of ``upgrade()`` has nothing but ``pass`` and a docstring, as of a merge."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    return any(
        isinstance(node, ast.FunctionDef)
        and node.name == "upgrade"
        and all(isinstance(each, ast.Pass) or _is_text(each) for each in node.body)
        for node in tree.body
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
