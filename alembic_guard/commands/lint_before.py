"""What the rules say of pending revisions before ``safe-upgrade`` applies them.

It refuses what the live database proves: a lock that blocks for long, on a table that is not small.
All else that a rule would call an error is a warning then, unless the setting ``lint_on_upgrade``
is ``error``. A linter that fails stops no deployment: it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from alembic_guard.commands.lint_cases import case_of, recorded
from alembic_guard.commands.linting import Linter, facts_of
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.commands.selecting import Selection
from alembic_guard.errors import GuardError
from alembic_guard.finding import Finding, Severity
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call


def lint_before(
    call: Call, script: ScriptDirectory, settings: Settings, pending: Sequence[str]
) -> list[Finding]:
    """Judge what is about to be applied.

    :param pending: identifiers, in the order of application.
    """
    walked = [script.get_revision(name) for name in pending]
    selection = Selection(tuple(walked), frozenset(pending))
    try:
        recording = recorded(call, script, selection, each_in_its_own=True)
        case = case_of(call, selection, recording, only_proved=settings.lint_on_upgrade != "error")
        linter = Linter(settings, own_rules(settings))
        return linter.judge(case, call.context.dialect, partial(facts_of, call, settings))
    except GuardError:
        raise
    except Exception as error:
        return [_failed(error)]


def _failed(error: Exception) -> Finding:
    return Finding(
        "not-recorded",
        f"The pending revisions could not be judged: {type(error).__name__}.",
        why="It is a defect of alembic_guard, and no reason to stop; alembic guard-lint shows it.",
        next=("alembic guard-lint --raiseerr",),
        severity=Severity.WARNING,
    )
