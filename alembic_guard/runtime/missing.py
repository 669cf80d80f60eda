"""Revisions that no file defines: asked for by a user, or recorded by a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import CommandError

from alembic_guard.runtime.environment import Signal

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


class UnknownRevision(Signal):
    """A target or a revision of the database has no file.

    :param revision: as it was asked for.
    :param recorded: whether the database recorded it, or the user typed it.
    :param known: every revision that has a file.
    :param said: Alembic's own sentence.
    """

    def __init__(
        self, revision: str, recorded: bool, known: tuple[str, ...] = (), said: str = ""
    ) -> None:
        super().__init__(said or revision)
        self.revision = revision
        self.recorded = recorded
        self.known = known
        self.said = said


def unknown_revisions(script: ScriptDirectory, current: tuple[str, ...]) -> None:
    """See that each revision that a database recorded has a file.

    :param script: whose files could be loaded.
    :raises UnknownRevision: for the first that has none.
    """
    for revision in current:
        try:
            script.get_revision(revision)
        except CommandError as error:
            known = tuple(found.revision for found in script.walk_revisions())
            raise UnknownRevision(revision, recorded=True, known=known) from error
