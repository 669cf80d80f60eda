"""Revisions that no file defines: asked for by a user, or recorded by a database.

What a database recorded was a file once. Where it may be now is asked here, of git and of the
database itself, so that whoever puts it into words has the facts.

A private name of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``ScriptDirectory.
_version_locations``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from alembic_guard.runtime.environment import Signal

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call
    from alembic_guard.runtime.git_search import Search


@dataclass(frozen=True)
class Recorder:
    """The database that recorded them.

    :param version_table: where, with its schema.
    :param models: keys of the models' tables; :param live: of those in the database.
    """

    url: str
    version_table: str
    models: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lost:
    """Revisions that a database recorded and no file defines.

    :param revisions: all of them; :param others: what it recorded besides, and has a file.
    :param folders: where Alembic reads revision files.
    :param recorder: None where the database was not at hand.
    """

    revisions: tuple[str, ...]
    others: tuple[str, ...]
    folders: tuple[str, ...]
    search: Search
    recorder: Recorder | None = None

    @property
    def foreign(self) -> bool:
        """Whether nothing says that the database was ever this project's, and its tables say no."""
        if self.others or self.search.found or self.recorder is None:
            return False
        models, live = self.recorder.models, self.recorder.live
        return bool(models and live) and models.isdisjoint(live)


class UnknownRevision(Signal):
    """A target or a revision of the database has no file.

    :param revision: as it was asked for.
    :param known: every revision that has a file.
    :param said: Alembic's own sentence.
    :param lost: what there is to know, where the database recorded it and nobody typed it.
    """

    def __init__(
        self,
        revision: str,
        known: tuple[str, ...] = (),
        said: str = "",
        lost: Lost | None = None,
    ) -> None:
        super().__init__(said or revision)
        self.revision = revision
        self.known = known
        self.said = said
        self.lost = lost


def unknown_revisions(
    script: ScriptDirectory, current: tuple[str, ...], call: Call | None = None
) -> None:
    """See that each revision that a database recorded has a file.

    :param script: whose files could be loaded.
    :param call: the database at hand, which is looked at where one has none.
    :raises UnknownRevision: for all that have none.
    """
    missing = tuple(revision for revision in current if not _has_file(script, revision))
    if missing:
        from alembic_guard.runtime.git_search import search

        known = tuple(found.revision for found in script.walk_revisions())
        lost = Lost(
            revisions=missing,
            others=tuple(revision for revision in current if revision not in missing),
            folders=tuple(map(str, script._version_locations)),
            search=search(script._version_locations, missing, known),
            recorder=_recorder(call, current) if call is not None else None,
        )
        raise UnknownRevision(missing[0], known=known, lost=lost)


def _has_file(script: ScriptDirectory, revision: str) -> bool:
    try:
        script.get_revision(revision)
    except CommandError:
        return False
    return True


def _recorder(call: Call, current: tuple[str, ...]) -> Recorder | None:
    from alembic_guard.runtime.observation import observe
    from alembic_guard.settings import Settings

    context = call.context
    table = ".".join(filter(None, (context.version_table_schema, context.version_table)))
    with suppress(SQLAlchemyError), call.reading():
        settings = Settings.load(context.config) if context.config else Settings()
        seen = observe(context, current, settings.journal_table)
        return Recorder(seen.url, table, seen.tables, seen.live)
    return None
