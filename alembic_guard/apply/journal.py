"""The journal: who applied which revision, when, for how long, with what result.

One row for each attempt at a revision, in a table beside ``alembic_version``. The row of an attempt
is committed as ``started`` before the revision's own transaction, with the revision before it where
there is one, and becomes ``applied`` inside it. So a process that dies leaves the truth behind:
either the revision and its row, or a row that says it was started. Tries after a lock that was not
granted are one attempt.

It never creates its table on its own account: :meth:`Journal.prepare` does, when the first revision
is about to start. What the table looks like is in :mod:`~alembic_guard.apply.journal_table`.
Where applications share it, each compares the rows of its own version table, and older ones.
"""

from __future__ import annotations

import functools
import getpass
import os
import platform
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from alembic_guard import __version__
from alembic_guard.apply.journal_table import (
    COLUMNS,
    SHOWN_LATER,
    aware,
    fitted,
    journal_table,
    on_record,
)
from alembic_guard.runtime.faults import is_connection_lost, is_read_only
from alembic_guard.runtime.recorded import OnRecord
from alembic_guard.runtime.stopped import JournalNotWritable
from alembic_guard.runtime.waiting import is_lock_not_granted

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection

_LONGEST_ERROR = 2000
"""Characters of an error that the journal keeps."""


@dataclass(frozen=True)
class Attempt:
    """What is known of an attempt before it starts.

    :param checksum: of the file; :param normal_form: of its source, None where it has none.
    """

    revision: str
    message: str
    checksum: str
    normal_form: str | None = None
    direction: str = "upgrade"


class Journal:
    """The journal table of one history.

    :param context: tells the version table, in whose schema the journal is.
    :param name: the table.
    """

    def __init__(self, context: MigrationContext, name: str, user: str | None = None) -> None:
        schema = context.version_table_schema
        prefix = f"{schema}." if schema else ""
        self.table = journal_table(name, schema)
        self.database_user = user
        self.backup: str | None = None
        self.name, self.version_table = prefix + name, prefix + context.version_table

    def exists(self, connection: Connection) -> bool:
        """Whether the table is there."""
        return sa.inspect(connection).has_table(self.table.name, schema=self.table.schema)

    def prepare(self, connection: Connection) -> None:
        """Create the table if it is missing, and see that it takes rows; does not commit.

        :raises JournalNotWritable: with the DDL for somebody who may.
        :raises DBAPIError: when somebody else held a lock.
        """
        with self.writable(connection):
            if self.exists(connection):
                self.table = fitted(self.table, connection)
            else:
                self.table.create(connection)
            connection.execute(self.table.update().where(self.table.c.id == -1).values(tries=0))

    @contextmanager
    def writable(self, connection: Connection) -> Iterator[None]:
        """Around writing: a refusal of the server says what a DBA would run.

        :raises JournalNotWritable: with the DDL.
        """
        try:
            yield
        except DBAPIError as error:
            if is_lock_not_granted(error) or is_connection_lost(error) or is_read_only(error):
                raise  # that is no refusal
            ddl = str(CreateTable(self.table).compile(dialect=connection.dialect)).strip()
            raise JournalNotWritable(str(error.orig), self.name, ddl) from error

    def known(self, connection: Connection) -> frozenset[str]:
        """Revisions that the journal has as applied or adopted, and not as reverted since."""
        c = self.table.c
        ended = c.status.in_(("applied", "adopted"))
        query = sa.select(c.revision, c.direction).where(ended, self.own()).order_by(c.id)
        with self.writable(connection):
            last = {revision: direction for revision, direction in connection.execute(query)}
        return frozenset(revision for revision, way in last.items() if way == "upgrade")

    def checksums(self, connection: Connection) -> Mapping[str, OnRecord]:
        """What each revision looked like when this database last got it, by revision.

        Empty where there is no journal yet.
        """
        found: dict[str, OnRecord] = {}
        if self.exists(connection):
            self.table = fitted(self.table, connection)
            c = self.table.c
            columns = [column for column in c if column.name in SHOWN_LATER]
            ended = c.status.in_(("applied", "adopted"))
            query = sa.select(*columns).where(ended, self.own()).order_by(c.id)
            for row in connection.execute(query).mappings():
                found.pop(row["revision"], None)
                if row["direction"] == "upgrade":
                    found[row["revision"]] = on_record(aware(dict(row)))
        return found

    def own(self) -> sa.ColumnElement[bool]:
        """Whether a row is of this history, or older than the column that tells."""
        of = self.table.c.get("version_table")
        return sa.true() if of is None else sa.or_(of.is_(None), of == self.version_table)

    def adopt(self, connection: Connection, attempts: Sequence[Attempt]) -> None:
        """Record what plain ``alembic upgrade`` or ``stamp`` brought."""
        if attempts:
            now = _now()
            rows = [self.row(attempt, "adopted", now) for attempt in attempts]
            with self.writable(connection):
                connection.execute(self.table.insert(), rows)

    def start(self, connection: Connection, attempt: Attempt) -> int:
        """A ``started`` row; returns its id. The caller commits it."""
        row = self.row(attempt, "started", _now())
        with self.writable(connection):
            result = connection.execute(_statements(self.table)[0], row)
        assert result.inserted_primary_key is not None
        return int(result.inserted_primary_key[0])

    def finish(
        self,
        connection: Connection,
        row: int,
        status: str,
        *,
        milliseconds: int,
        tries: int = 1,
        error: str | None = None,
        allowed: Sequence[str] = (),
        cancelled: Sequence[str] = (),
        checks: Sequence[str] = (),
    ) -> None:
        """The end of an attempt.

        :param status: "applied", "failed" or "interrupted".
        :param error: already without passwords.
        :param cancelled: queries of others that were cancelled for it, in words.
        :param checks: the prechecks and postchecks that ran, with what they said.
        """
        ended = {
            "status": status,
            "finished": _now(),
            "milliseconds": milliseconds,
            "tries": tries,
            "error": error and error[:_LONGEST_ERROR],
            "allowed": ", ".join(allowed) or None,
            "cancelled": "; ".join(cancelled) or None,
            "checks": "; ".join(checks) or None,
        }
        there = {name: value for name, value in ended.items() if name in self.table.c}
        connection.execute(_statements(self.table)[1], {"attempt": row, **there})

    def forget(self, connection: Connection, row: int) -> None:
        """Take back a row that is still ``started``: its attempt never began."""
        c = self.table.c
        connection.execute(self.table.delete().where(c.id == row, c.status == "started"))

    def mark(self, connection: Connection) -> tuple[Any, ...] | None:
        """Something that changes whenever the holder of the deployer lock gets on.

        Who is in the middle of a revision gets on, however long that takes: the lock is dropped
        when its holder dies, so while it is held somebody works on what the newest row says.
        """
        if not self.exists(connection):
            return None
        c = self.table.c
        newest = sa.select(c.id, c.status, c.finished).order_by(c.id.desc()).limit(1)
        row = connection.execute(newest).first()
        if row is not None and row.status == "started":
            return (row.id, time.monotonic())
        return None if row is None else tuple(row)

    def rows(self, connection: Connection, limit: int | None = None) -> list[dict[str, Any]]:
        """The newest rows, newest first; times are UTC and aware."""
        self.table = fitted(self.table, connection)
        query = sa.select(self.table).order_by(self.table.c.id.desc()).limit(limit)
        found = connection.execute(query).mappings()
        return [{name: row.get(name) for name in COLUMNS} for row in map(aware, map(dict, found))]

    def row(self, attempt: Attempt, status: str, started: datetime) -> dict[str, Any]:
        """The values of a new row, as far as the table has columns for them."""
        row = {
            "version_table": self.version_table,
            "revision": attempt.revision,
            "message": attempt.message[:255],
            "direction": attempt.direction,
            "status": status,
            "checksum": attempt.checksum,
            "normal_form": attempt.normal_form,
            "started": started,
            "database_user": self.database_user,
            "os_user": _os_user(),
            "host": socket.gethostname()[:255],
            "pid": os.getpid(),
            "versions": _versions(),
            "backup": self.backup if status == "started" else None,
        }
        return {name: value for name, value in row.items() if name in self.table.c}


def _now() -> datetime:
    return datetime.now(timezone.utc)


@functools.lru_cache(maxsize=8)
def _statements(table: sa.Table) -> tuple[sa.Insert, sa.Update]:
    """What starts and what ends an attempt: a run of a thousand revisions builds them once."""
    return table.insert(), table.update().where(table.c.id == sa.bindparam("attempt"))


def _os_user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's uid without an entry in /etc/passwd
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else None


@functools.cache
def _versions() -> str:
    """What ran the migration; reading it takes a millisecond, and a run writes many rows."""
    return (
        f"alembic-guardrails {__version__}, alembic {version('alembic')}, "
        f"sqlalchemy {version('sqlalchemy')}, python {platform.python_version()}"
    )
