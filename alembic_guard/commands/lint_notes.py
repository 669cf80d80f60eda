"""What the rules say, for people who upgrade: in brief, and how many notes there are.

A database in which nothing is in use, in CI or in a test, has a note for every harm of its whole
history. They are in every other format, and in ``guard-lint``.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from alembic_guard import rules
from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.history import counted

_ALSO = "not-recorded"


def _brief(finding: Finding) -> Finding:
    """Without the code that would do the same otherwise: who deploys writes no migrations."""
    if finding.refuses or not finding.next:
        return finding
    command = shlex.join(["alembic", "guard-lint", *filter(None, [finding.revision])])
    return replace(finding, next=(f"{command}  # what to write instead",))


def without_notes(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], list[str]]:
    """What is shown one by one, and a line for the rest."""
    names = {*rules.names(), _ALSO}
    notes = [each for each in findings if each.severity is Severity.NOTE and each.name in names]
    shown = [
        _brief(each) if each.name in rules.names() else each
        for each in findings
        if each not in notes
    ]
    if not notes:
        return tuple(shown), []
    line = f"Notes     {counted(len(notes), 'note')} of the rules; alembic guard-lint shows such"
    return tuple(shown), [line]
