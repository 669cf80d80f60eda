"""Notices a program that moves the database while a run is at it, and waits for no deployer lock.

Plain ``alembic upgrade``, ``downgrade`` and ``stamp`` know nothing of the lock. The version table
is therefore read again at the start of each revision's transaction, and held against what this run
left there. What another one commits after that makes the revision fail, or wait, in whatever way
the database has; then the version table tells whether that was the cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.stopped import MovedMeanwhile
from alembic_guard.runtime.version_table import heads_in, recorded_heads

if TYPE_CHECKING:
    from sqlalchemy import Connection


class ExpectedHeads:
    """What the version table holds if nobody but this run writes to it."""

    def __init__(self, database: Database, call: Call) -> None:
        self.database = database
        self.call = call
        self.heads = call.heads()
        self._next = self.heads

    @contextmanager
    def following(self) -> Iterator[None]:
        """Hear of what Alembic writes there, beside what env.py asked to be told."""
        context = self.call.context
        asked = context.on_version_apply_callbacks
        context.on_version_apply_callbacks = (*asked, self._written)
        try:
            yield
        finally:
            context.on_version_apply_callbacks = asked

    def committed(self) -> None:
        """What was last written has been committed."""
        self.heads = self._next

    def check(self, revision: Revision) -> None:
        """Read the version table in the transaction that a revision begins.

        :raises MovedMeanwhile: when it is not what this run left there.
        """
        context = self.call.context
        found = heads_in(self.call.connection, context.version_table, context.version_table_schema)
        if found != self.heads:
            raise MovedMeanwhile(self.database.url, self.heads, found, revision=revision)

    def cause_of(self, failure: str, revision: Revision | None) -> MovedMeanwhile | None:
        """Whether a failure comes of another program's work, seen on a new connection.

        :param failure: what failed, in a sentence.
        """
        if self.call.external or self.database.in_memory:
            return None  # what was written so far is nobody else's to see
        try:
            with self.database.beside() as side:
                found = side.ask(self._recorded)
        except (DBAPIError, OSError):  # the server may be what failed
            return None
        if found == self.heads:
            return None
        return MovedMeanwhile(
            self.database.url, self.heads, found, revision=revision, failure=failure
        )

    def _recorded(self, connection: Connection) -> tuple[str, ...]:
        context = self.call.context
        return recorded_heads(connection, context.version_table, context.version_table_schema)

    def _written(self, heads: Any = (), **_: Any) -> None:
        self._next = tuple(sorted(heads))
