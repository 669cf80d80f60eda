"""What the rules say of pending revisions before ``safe-upgrade`` applies them.

It refuses what the live database proves: a lock that blocks for long, on a table that is not small.
All else that a rule would call an error is a warning then, unless the setting ``lint_on_upgrade``
is ``error``. A linter that fails stops no deployment: it says so. From the same recording it is
told which tables each revision locks, and what it builds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alembic_guard.commands.lint_cases import case_of, recorded
from alembic_guard.commands.linting import Facts, Linter, done_by, facts_of
from alembic_guard.commands.lock_requests import requests_of
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.commands.room_needed import Needs, room_needed
from alembic_guard.commands.selecting import Selection
from alembic_guard.ddl.lock_request import Transactions
from alembic_guard.errors import GuardError
from alembic_guard.finding import Finding, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.database import kind_of
from alembic_guard.runtime.stand_in import no_collection
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.ddl.actions import Action
    from alembic_guard.runtime.environment import Call


_NOT_DOWNWARDS = frozenset({"drop-column", "drop-table", "truncated-table", "unused-allowance"})
"""What ``loses-data`` tells with counts; and what a file lets through counts for its upgrade."""


@dataclass(frozen=True)
class Judged:
    """What is known of pending revisions.

    :param locks: what each locks, by revision; those of which it is not known are left out.
    :param needs: what each builds, and how large that is.
    """

    findings: Sequence[Finding] = ()
    locks: Mapping[str, Transactions] = field(default_factory=dict)
    needs: Needs = field(default_factory=dict)


@no_collection()
def lint_before(
    call: Call,
    script: ScriptDirectory,
    settings: Settings,
    pending: Sequence[str],
    *,
    upgrade: bool = True,
) -> Judged:
    """Judge what is about to be applied.

    :param pending: identifiers, in the order in which they will run.
    :param upgrade: False for ``downgrade()``, the newest first.
    """
    oldest_first = pending if upgrade else reversed(pending)
    walked = [script.get_revision(name) for name in oldest_first]
    selection = Selection(tuple(walked), frozenset(pending))
    asked: list[Facts] = []

    def ask(actions: Sequence[Action]) -> Facts:
        asked.append(facts_of(call, settings, actions))
        return asked[-1]

    try:
        recording = recorded(call, script, selection, upgrade=upgrade, each_in_its_own=True)
        case = case_of(call, selection, recording, only_proved=settings.lint_on_upgrade != "error")
        linter = Linter(settings, own_rules(settings))
        steps = done_by(recording.steps, call.context.dialect)
        findings = linter.judge(case, steps, ask)
        if not upgrade:
            findings = [each for each in findings if each.name not in _NOT_DOWNWARDS]

        def fresh() -> Run:
            return Run(asked[-1].target, asked[-1].tables, small=settings.small_table_rows)

        needs = room_needed(steps, fresh())
        if kind_of(call.context.dialect) != "postgresql":
            return Judged(findings, needs=needs)
        return Judged(findings, requests_of(recording, steps, fresh()), needs)
    except GuardError:
        raise
    except Exception as error:
        return Judged([_failed(error)])


def _failed(error: Exception) -> Finding:
    return Finding(
        "not-recorded",
        f"The pending revisions could not be judged: {type(error).__name__}.",
        why="It is a defect of alembic_guard, and no reason to stop; alembic guard-lint shows it.",
        next=("alembic guard-lint --raiseerr",),
        severity=Severity.WARNING,
    )
