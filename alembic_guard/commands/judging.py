"""The guards of writing, for a revision that plain ``alembic revision --autogenerate`` makes."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alembic_guard import guards
from alembic_guard.autogenerate.observe import Note
from alembic_guard.commands.drafted_databases import database_draft, owned_by_history
from alembic_guard.commands.drafting import loaded_metadata
from alembic_guard.commands.lint_draft import lint_unasked
from alembic_guard.commands.typed import as_typed
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory


def judge_note(note: Note, config: Config) -> Sequence[Finding]:
    """Judge what is about to be rendered.

    :param note: what was seen at the end of the autogenerate.
    :returns: what does not refuse.
    :raises Refused: as ``guard-revision`` would.
    """
    settings = Settings.load(config)
    script = note.revision_context.script_directory
    findings = [
        finding
        for observation in note.observations
        for finding in guards.judge(loaded_metadata(config, script, observation), settings.allow)
    ]
    _refuse(findings, config)
    draft = _draft(note, script)
    findings += guards.judge(draft, settings.allow)
    _refuse(findings, config)
    for database in draft.databases:
        findings += lint_unasked(database.upgrade, database.dialect, settings)
    return findings


def _draft(note: Note, script: ScriptDirectory) -> Draft:
    context = note.revision_context
    pairs = [
        pair
        for directive in context.generated_revisions
        for pair in zip(directive.upgrade_ops_list, directive.downgrade_ops_list, strict=True)
    ]
    databases = tuple(
        database_draft(observation, upgrade, downgrade)
        for observation, (upgrade, downgrade) in zip(note.observations, pairs, strict=False)
    )
    message = context.command_args["message"] or "MESSAGE"
    return Draft(
        databases=databases,
        owned=owned_by_history(script, databases),
        command=shlex.join(["alembic", "guard-revision", "-m", message]),
    )


def _refuse(findings: Sequence[Finding], config: Config) -> None:
    if any(finding.refuses for finding in findings):
        raise Refused(as_typed(findings, config))
