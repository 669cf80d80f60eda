"""Which pending revisions were begun by a run that died: a part of their work is done already."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.journal import Journal
from alembic_guard.apply.statement_journal import StatementJournal
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision
from alembic_guard.settings import Settings


def half_done(
    call: Call, settings: Settings, pending: Sequence[Revision], *, upgrade: bool = True
) -> frozenset[str]:
    """Of these revisions those of which a part is on record as committed.

    :param upgrade: False for ``downgrade()``.
    :return: nothing where the role may not read the statement journal, for one that only looks
        needs no right to.
    """
    if not pending or not settings.journal or call.handed_in:
        return frozenset()
    direction = "upgrade" if upgrade else "downgrade"
    book = StatementJournal(Journal(call.context, settings.journal_table), direction)
    with suppress(DBAPIError), call.reading() as connection:
        book.load(connection, [each.id for each in pending])
    return frozenset(book.partials)
