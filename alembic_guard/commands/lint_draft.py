"""What the rules say of a migration that is about to be written.

They refuse nothing here: the migration is not written yet, and whoever reads it may still change
it. What would be an error of ``guard-lint`` is a warning, beside the command and in the file.

A database is asked while its connection is open; judged is what env.py's hooks made of the
operations afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from alembic_guard.commands.lint_cases import mapped
from alembic_guard.commands.linting import Case, Facts, Linter, assumed, done_by, facts_of
from alembic_guard.commands.own_rules import own_rules
from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.recording import Recording, record_operations
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.operations import ops
    from sqlalchemy import Dialect

    from alembic_guard.runtime.environment import Call


INSTEAD = "alembic guard-lint  # what to write instead"


@dataclass
class DraftLint:
    """The rules over one draft.

    :param asked: each database with what it said, in env.py's order.
    """

    settings: Settings
    asked: list[tuple[Call, Facts]] = field(default_factory=list)

    def ask(self, call: Call, upgrade: ops.UpgradeOps) -> None:
        """Ask a database about the tables that operations are about."""
        done = done_by(
            _recorded(upgrade, call.context.dialect, call.context.opts).steps, call.context.dialect
        )
        actions = [each for _, actions in done for each in actions]
        self.asked.append((call, facts_of(call, self.settings, actions)))

    def judge(self, upgrades: Iterable[ops.UpgradeOps]) -> list[Finding]:
        """What the rules find in the operations that will be written, each thing once."""
        found: dict[Finding, None] = {}
        for upgrade, (call, facts) in zip(upgrades, self.asked, strict=False):
            context = call.context
            recording = _recorded(upgrade, context.dialect, context.opts)
            case = Case(recording, {}, frozenset(), models=mapped(call))
            found.update(dict.fromkeys(_judged(case, context.dialect, facts, self.settings)))
        return list(found)


def lint_unasked(upgrade: ops.UpgradeOps, dialect: Dialect, settings: Settings) -> list[Finding]:
    """What the rules find in the operations that plain Alembic writes, when env.py is over."""
    recording = _recorded(upgrade, dialect, {})
    facts = assumed(dialect, settings)
    return _judged(Case(recording, {}, frozenset()), dialect, facts, settings)


def _recorded(upgrade: ops.UpgradeOps, dialect: Dialect, options: Mapping[str, Any]) -> Recording:
    batch = bool(options.get("render_as_batch"))
    return Recording(record_operations(upgrade.ops, dialect, batch=batch, options=options), ())


def _judged(case: Case, dialect: Dialect, facts: Facts, settings: Settings) -> list[Finding]:
    steps = done_by(case.recording.steps, dialect)
    found = Linter(settings, own_rules(settings)).judge(case, steps, lambda _actions: facts)
    return [_mild(each) for each in found]


def _mild(finding: Finding) -> Finding:
    severity = finding.severity
    mild = Severity.WARNING if severity is Severity.ERROR else severity
    return replace(finding, severity=mild, next=(INSTEAD,))
