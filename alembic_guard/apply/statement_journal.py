"""The statement journal: what of a revision is committed, where it is committed in parts.

A table beside the journal, made when the first such revision runs. Most revisions are one
transaction, and write no row here. A row says that a statement was ``started`` or is ``done``; it
belongs to the attempt of the journal with its number. Nothing is said of parameters.

The rows of a revision count until one of its attempts has ended well, be it by ``alembic stamp``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from alembic_guard.apply.journal import Journal
from alembic_guard.runtime.executed import OPEN, Executed, shown
from alembic_guard.runtime.history import as_revision, counted
from alembic_guard.runtime.own_tables import statement_table
from alembic_guard.runtime.stopped import PartlyApplied

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.script import Script
    from sqlalchemy import Connection

STARTED, DONE = "started", "done"
_BEFORE = {"started": "before the crash", "interrupted": "before it was interrupted"}


@dataclass(frozen=True)
class Entry:
    """One statement on record.

    :param fetched: SHA-256 of the rows that its code fetched, if it did.
    :param state: what it was about to change, as it was before; None where nobody could tell.
    """

    ordinal: int
    digest: str
    text: str
    status: str
    fetched: str | None
    rowcount: int | None
    made_key: int | None
    state: str | None


@dataclass(frozen=True)
class Partial:
    """A revision of which a part is committed.

    :param attempt: the journal's row; :param status: how that ended; "started" after a crash.
    :param checksum: of the file then.
    :param entries: in order, without a gap: what is behind a gap was rolled back.
    """

    revision: str
    attempt: int
    status: str
    checksum: str | None
    entries: tuple[Entry, ...]

    def resumed(self, done: int, line: int | None) -> str:
        """That it goes on, for people.

        :param done: statements; :param line: of the next one; None where none is left.
        """
        when = _BEFORE.get(self.status, "before it failed")
        where = f"at line {line}" if line is not None else "with what comes after upgrade()"
        were = "was" if done == 1 else "were"
        number = counted(done, "statement")
        return f"Resuming  {self.revision}: {number} {were} done {when}; continuing {where}"

    def stopped(self, script: Script, reason: str) -> PartlyApplied:
        """It cannot be continued, with what is on record of it."""
        return PartlyApplied(
            reason,
            revision=as_revision(script),
            done=tuple(one.text for one in self.entries if one.status == DONE),
            unknown=tuple(one.text for one in self.entries if one.status == STARTED),
        )


class StatementJournal:
    """The statements of one journal.

    :param journal: whose table, schema and history it shares.
    :param direction: of this run; what was left by one in the other direction does not count.
    :param restart: whether what is on record is forgotten, and not continued.
    :param mask: takes passwords out of what is written.
    """

    def __init__(
        self,
        journal: Journal,
        direction: str,
        *,
        restart: bool = False,
        mask: Callable[[str], str] = str,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.journal = journal
        self.direction = direction
        self.restart = restart
        self.mask = mask
        self.say = say
        self.table = _table(statement_table(journal.table.name), journal.table.schema)
        self.partials: dict[str, Partial] = {}
        self.there = False
        """Whether the table is known to be there."""

    def load(self, connection: Connection, revisions: Collection[str]) -> None:
        """Read what of these revisions is committed; does not commit."""
        self.partials = {}
        inspector = sa.inspect(connection)
        self.there = inspector.has_table(self.table.name, schema=self.table.schema)
        if not self.there:
            return
        a, c = self.journal.table.c, self.table.c
        attempts = sa.select(a.id, a.revision, a.direction, a.status, a.checksum).where(
            a.revision.in_([*revisions]), self.journal.own()
        )
        found: dict[str, Any] = {}
        for row in connection.execute(attempts.order_by(a.id)):
            if row.status in ("applied", "adopted"):
                found.pop(row.revision, None)
            elif row.direction == self.direction:
                found.setdefault(row.revision, []).append(row)
        ids = [row.id for rows in found.values() for row in rows]
        entries: dict[int, list[Entry]] = {}
        if ids:
            kept = sa.select(self.table).where(c.attempt.in_(ids)).order_by(c.attempt, c.ordinal)
            for each in connection.execute(kept).mappings():
                entries.setdefault(each["attempt"], []).append(_entry(each))
        for revision, rows in found.items():
            for row in rows:
                if whole := _without_gap(entries.get(row.id, ())):
                    self.partials[revision] = Partial(
                        revision, row.id, rows[-1].status, row.checksum, whole
                    )

        for revision in [*self.partials] if self.restart else ():
            number = self._forget(connection, revision)
            self.say(
                f"Forgotten {revision}: the record of {counted(number, 'statement')}; it begins "
                "with its first one"
            )

    def prepare(self, connection: Connection) -> None:
        """Make the table if it is missing; does not commit."""
        if not self.there:
            with self.journal.writable(connection):
                self.table.create(connection, checkfirst=True)
            self.there = True

    def carry(self, connection: Connection, revision: str, attempt: int) -> None:
        """The rows of a revision belong to its new attempt, which continues."""
        partial = self.partials.get(revision)
        if partial is None or partial.attempt == attempt:
            return
        c = self.table.c
        last = partial.entries[-1].ordinal
        gone = (c.attempt == partial.attempt) & (c.ordinal > last)
        connection.execute(self.table.delete().where(gone))
        mine = self.table.update().where(c.attempt == partial.attempt)
        connection.execute(mine.values(attempt=attempt))

    def _forget(self, connection: Connection, revision: str) -> int:
        """Take back the rows of a revision; how many there were."""
        partial = self.partials.pop(revision)
        connection.execute(self.table.delete().where(self.table.c.attempt == partial.attempt))
        return len(partial.entries)

    def write(
        self,
        connection: Connection,
        attempt: int,
        statements: Sequence[tuple[int, Executed, str, datetime, str | None]],
    ) -> None:
        """Rows of statements, each with its ordinal, status, start and state; does not commit."""
        self.prepare(connection)
        rows = [
            {
                "attempt": attempt,
                "ordinal": ordinal,
                "digest": one.digest,
                "statement": self.mask(shown(one.statement)),
                "status": status,
                "started": started,
                "state": state,
                **_outcome(one, status),
            }
            for ordinal, one, status, started, state in statements
        ]
        with self.journal.writable(connection):
            connection.execute(self.table.insert(), rows)

    def done(self, connection: Connection, attempt: int, ordinal: int, one: Executed) -> None:
        """A statement that was started is committed; does not commit."""
        row = self._row(attempt, ordinal)
        connection.execute(self.table.update().where(row).values(**_outcome(one, DONE)))

    def undone(self, connection: Connection, attempt: int, ordinal: int) -> None:
        """A statement that was started has failed, and changed nothing; does not commit."""
        row = self._row(attempt, ordinal)
        connection.execute(self.table.delete().where(row, self.table.c.status == STARTED))

    def _row(self, attempt: int, ordinal: int) -> sa.ColumnElement[bool]:
        return (self.table.c.attempt == attempt) & (self.table.c.ordinal == ordinal)


def _outcome(one: Executed, status: str) -> dict[str, Any]:
    if status != DONE:
        return {
            "status": status,
            "finished": None,
            "fetched": None,
            "rowcount": None,
            "made_key": None,
        }
    used = one.used and one.fetched is None
    return {
        "status": status,
        "finished": datetime.now(timezone.utc),
        "fetched": OPEN if used else one.fetched,
        "rowcount": one.rowcount,
        "made_key": one.made_key,
    }


def _without_gap(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Rows are committed in order, so that what comes after a gap never was."""
    return tuple(one for number, one in enumerate(entries, start=1) if one.ordinal == number)


def _entry(row: Any) -> Entry:
    names = ("ordinal", "digest", "status", "fetched", "rowcount", "made_key", "state")
    return Entry(text=row["statement"], **{name: row[name] for name in names})


def _table(name: str, schema: str | None) -> sa.Table:
    moment = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("attempt", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started", moment, nullable=False),
        sa.Column("finished", moment),
        sa.Column("fetched", sa.String(64)),
        sa.Column("rowcount", sa.BigInteger()),
        sa.Column("made_key", sa.BigInteger()),
        sa.Column("state", sa.String(80)),
        schema=schema,
    )
