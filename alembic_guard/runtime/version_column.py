"""How long an identifier the version table takes, in one database.

Private name of Alembic, tried on 1.18.4 and 1.20.1: ``MigrationContext._version``, the table that
it would create, which a project's own ``DefaultImpl.version_table_impl`` may have widened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.history import Revision

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


@dataclass(frozen=True)
class VersionColumn:
    """The column of the version table, and what is to be written into it.

    :param table: with its schema; :param exists: whether it is there already.
    :param width: in characters, None without a limit; :param enforced: SQLite does not.
    :param widen: makes room for the longest identifier, by ALTER or, before there is one, CREATE.
    :param pending: what would be written.
    """

    url: str
    table: str
    exists: bool
    width: int | None
    enforced: bool
    widen: str
    pending: tuple[Revision, ...]


def version_column(context: MigrationContext, pending: Iterable[Revision]) -> VersionColumn:
    """Ask the database; 32 characters where Alembic has not created its table yet.

    :param pending: the revisions that are about to be applied.
    """
    connection = context.connection
    assert connection is not None
    database, table = Database(connection), context._version
    pending = tuple(pending)
    inspector = sa.inspect(connection)
    exists = inspector.has_table(table.name, schema=table.schema)
    columns = inspector.get_columns(table.name, schema=table.schema) if exists else []
    types = [column["type"] for column in columns if column["name"] == "version_num"]
    width = getattr(types[0] if types else table.c.version_num.type, "length", None)
    longest = max((len(revision.id) for revision in pending), default=0)
    name = database.dialect.identifier_preparer.format_table(table)
    return VersionColumn(
        url=database.url,
        table=name,
        exists=exists,
        width=width,
        enforced=database.kind != "sqlite",
        widen=_widen(database, name, max(64, longest), exists),
        pending=pending,
    )


def _widen(database: Database, table: str, width: int, exists: bool) -> str:
    kind = f"VARCHAR({width})"
    if not exists:
        return f"CREATE TABLE {table} (version_num {kind} NOT NULL PRIMARY KEY)"
    if database.is_mysql:
        return f"ALTER TABLE {table} MODIFY version_num {kind} NOT NULL"
    verb = "" if database.kind == "mssql" else "TYPE "
    return f"ALTER TABLE {table} ALTER COLUMN version_num {verb}{kind}"
