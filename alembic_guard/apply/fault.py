"""Names what made a migration fail where it is not the migration: the server, or somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.meanwhile import ExpectedHeads
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.faults import is_connection_lost, is_read_only
from alembic_guard.runtime.live import LiveConnection, live_connection
from alembic_guard.runtime.stopped import (
    BecameReadOnly,
    ConnectionLost,
    MigrationFailed,
    Stopped,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


def named(failed: Stopped, error: BaseException, expected: ExpectedHeads) -> Stopped:
    """The same failure by its cause, if that is known.

    :param expected: what the version table should hold; knows the database.
    """
    if not isinstance(failed, MigrationFailed):
        return failed
    database, revision, message = expected.database, failed.revision, failed.message
    if is_connection_lost(error):
        return ConnectionLost(database.url, message, revision=revision)
    if is_read_only(error):
        return BecameReadOnly(database.url, message, _look(database), revision=revision)
    return expected.cause_of(message, revision) or failed


def _look(database: Database) -> LiveConnection | None:
    """What a new connection says of why; None where it says that all is well."""

    def look(connection: Connection) -> LiveConnection:
        return live_connection(database, connection)

    try:
        with database.beside() as side:
            live = side.ask(look)
    except (DBAPIError, OSError):
        return None
    return live if live.read_only is not None else None
