"""One comparison an autogenerate: made when the first of our comparators asks, told by all.

It hangs on Alembic's own ``AutogenContext``, and goes with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from alembic import util
from sqlalchemy.exc import DBAPIError

from alembic_guard.autogenerate.complement import Subject
from alembic_guard.autogenerate.declarations import Declarations, declarations
from alembic_guard.autogenerate.filters import Filters
from alembic_guard.autogenerate.unnamed import note_unnamed
from alembic_guard.masking import Mask
from alembic_guard.runtime.comparing.comparison import (
    Comparison,
    NotCompared,
    Uncompared,
    Unknown,
    Unsafe,
)
from alembic_guard.runtime.comparing.sources import Sources
from alembic_guard.runtime.comparing.words import WORDS
from alembic_guard.runtime.first_line import first_line
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

    from alembic_guard.runtime.comparing.declared import Declared

_LOG = logging.getLogger("alembic_guard")

KEY = "alembic_guard_uncompared"
"""The note among the options of Alembic's MigrationContext that says what was not compared."""

SUBJECT = "alembic_guard_subject"
"""The note among them that holds what the comparators looked at."""

_SUBJECTS: WeakKeyDictionary[AutogenContext, Subject | None] = WeakKeyDictionary()
_DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb")


def subject_of(context: AutogenContext, dialect: str = "postgresql") -> Subject | None:
    """What the comparators of an autogenerate look at, or None where nothing can be compared.

    :param dialect: the one that the comparator is for.
    """
    if context.dialect is None or context.dialect.name != dialect:
        return None
    if context not in _SUBJECTS:
        _SUBJECTS[context] = _subject(context)
    return _SUBJECTS[context]


def subject_with(context: AutogenContext, adopted: Declared) -> Subject | None:
    """What the comparators would look at if more was declared; asked anew each time.

    :param adopted: that; the folder of ``sql_objects`` need not be there yet.
    """
    return _subject(context, adopted)


@contextmanager
def looking_at(subject: Subject) -> Iterator[None]:
    """Let the comparators look at something else of their autogenerate for a while."""
    before = _SUBJECTS.get(subject.context)
    _SUBJECTS[subject.context] = subject
    try:
        yield
    finally:
        _SUBJECTS[subject.context] = before


def uncompared_in(options: Mapping[str, Any]) -> Uncompared | None:
    """What the last autogenerate of a migration context could not compare.

    :param options: of that context.
    """
    found = options.get(KEY)
    return found if isinstance(found, Uncompared) else None


def _subject(context: AutogenContext, adopted: Declared | None = None) -> Subject | None:
    connection, dialect = context.connection, context.dialect
    given: Any = util.to_list(context.metadata) if context.metadata is not None else []
    metadata = [each for each in given if isinstance(each, sa.MetaData)]
    if connection is None or dialect is None or dialect.name not in _DIALECTS or not metadata:
        return None
    url = Mask()(connection.engine.url.render_as_string(hide_password=True))
    declared = _declared(context, metadata, adopted)
    unsafe = declared.unsafe if declared else ()
    all_ = [*metadata, declared.metadata] if declared else metadata
    try:
        comparison = _compared(context, connection, all_)
    except NotCompared as not_compared:
        _note(context, Uncompared(url, (), not_compared.reason, not_compared.ways, unsafe))
        return None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        said = Mask()(first_line(error))
        _note(context, Uncompared(url, (), f"the server says {said!r}", (), unsafe))
        return None
    if declared:
        comparison = declared.applied(comparison)
    hidden = declared.hidden if declared else ()
    unknown = tuple(each for each in comparison.unknown if each not in hidden)
    _note(context, _uncompared(url, comparison, unknown, unsafe))
    note_unnamed(context.opts, comparison)
    sources = Sources(metadata, dialect, comparison)
    filters = Filters(context, sources, comparison.live, comparison.model)
    context.opts[SUBJECT] = Subject(context, comparison, sources, filters)
    return context.opts[SUBJECT]  # type: ignore[no-any-return]


def _uncompared(
    url: str, comparison: Comparison, unknown: tuple[Unknown, ...], unsafe: tuple[Unsafe, ...]
) -> Uncompared:
    why = comparison.by_text
    if why is None:
        return Uncompared(url, unknown, unsafe=unsafe)
    return Uncompared(url, unknown, why.reason, why.ways, unsafe, by_text=True)


def _declared(
    context: AutogenContext, metadata: Sequence[sa.MetaData], adopted: Declared | None
) -> Declarations | None:
    dialect, config = context.dialect, context.migration_context.config
    if dialect is None or dialect.name not in WORDS:
        return None
    settings = Settings() if config is None else Settings.load(config)
    found = declarations(metadata, dialect, settings, config, adopted)
    return found if found.any else None


def _compared(
    context: AutogenContext, connection: sa.Connection, metadata: Sequence[sa.MetaData]
) -> Comparison:
    def keep(table: sa.Table) -> bool:
        if table.info.get("is_view") and not getattr(table, "is_view", False):
            return False  # mapped as a table, and made by a statement of its own
        return context.run_object_filters(table, table.name, "table", False, None)

    if connection.dialect.name == "sqlite":
        from alembic_guard.runtime.comparing.sqlite import comparison as sqlite

        return sqlite.compared(connection, metadata, keep)
    config = context.migration_context.config
    settings = Settings() if config is None else Settings.load(config)
    if connection.dialect.name in ("mysql", "mariadb"):
        from alembic_guard.runtime.comparing.mysql import comparison as mysql

        return mysql.compared(connection, metadata, keep, settings)
    from alembic_guard.runtime.comparing.postgresql.comparison import compared

    return compared(connection, metadata, keep, settings.dev_url, owners=settings.compare_owners)


def _note(context: AutogenContext, uncompared: Uncompared) -> None:
    """Leave it for the command that asked; plain Alembic has no other place than its log."""
    context.opts[KEY] = uncompared
    if uncompared.reason is not None:
        how = "compared by text" if uncompared.by_text else "not compared by our comparators"
        _LOG.warning("%s was %s: %s", uncompared.url, how, uncompared.reason)
    for each in uncompared.unknown:
        _LOG.warning("%s was not compared: %s", each.source, each.reason)
    for one in uncompared.unsafe:
        _LOG.warning("%s: %s: %s", one.where, one.reason, one.statement)
