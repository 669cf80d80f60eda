"""The journal's rows in a script: the same table and columns as :mod:`~.journal` writes itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from alembic_guard.apply.journal import Attempt, Journal
from alembic_guard.runtime.unconnected import as_text

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from alembic_guard.apply.script_words import Words


class ScriptJournal:
    """What a script writes into the journal.

    :param there: whether the table is in the database already.
    """

    def __init__(self, journal: Journal, dialect: Dialect, words: Words, *, there: bool) -> None:
        self.journal = journal
        self.dialect = dialect
        self.words = words
        self.there = there

    def table(self) -> list[str]:
        """Make the table where it is missing."""
        if self.there:
            return []
        return [as_text(CreateTable(self.journal.table, if_not_exists=True), self.dialect)]

    def started(self, attempt: Attempt) -> str:
        """The row of an attempt, as the server fills in who runs the script, and when."""
        words, table = self.words, self.journal.table
        row: dict[str, Any] = {
            **self.journal.row(attempt, "started", datetime.now(timezone.utc)),
            "started": sa.literal_column(words.NOW),
            "database_user": sa.literal_column(words.USER),
            "os_user": sa.literal_column(words.USER),
            "host": sa.literal_column(words.CLIENT),
            "pid": sa.literal_column(words.SESSION),
        }
        kept = {name: value for name, value in row.items() if name in table.c}
        return as_text(table.insert().inline().values(**kept), self.dialect)

    def applied(self, attempt: Attempt, allowed: Sequence[str]) -> str:
        """The end of the attempt: the newest one of this revision that was started."""
        table = self.journal.table
        ours = sa.and_(table.c.revision == attempt.revision, table.c.status == "started")
        if self.words.SESSION != "NULL":
            ours = sa.and_(ours, table.c.pid == sa.literal_column(self.words.SESSION))
        else:
            other = table.alias()
            newest = sa.select(sa.func.max(other.c.id)).where(
                other.c.revision == attempt.revision, other.c.status == "started"
            )
            ours = sa.and_(ours, table.c.id == newest.scalar_subquery())
        ended = {
            "status": "applied",
            "finished": sa.literal_column(self.words.NOW),
            "milliseconds": sa.literal_column(self.words.ELAPSED),
            "tries": 1,
            "allowed": ", ".join(allowed) or sa.null(),
        }
        return as_text(table.update().where(ours).values(**ended), self.dialect)
