"""What one database and its metadata look like to an autogenerate: read once, frozen.

Read-only, and through SQLAlchemy's inspector, so that it says the same on every database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import util
from alembic.ddl.impl import DefaultImpl

from alembic_guard.masking import Mask
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.own_tables import own_tables

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Column, Connection, Dialect, Inspector, MetaData


@dataclass(frozen=True)
class Observation:
    """One database, and the metadata that it is compared with.

    :param metadata: what env.py gave, as a tuple; empty when it gave none.
    :param live: keys of the tables in the schemas of the models, without the version table, the
        journal and what ``include_name`` turned away.
    :param nobodys: among them, those that no history owns, with the reason.
    :param recorded: the revisions that the version table holds.
    """

    url: str
    dialect: Dialect
    metadata: tuple[MetaData, ...]
    recorded: tuple[str, ...]
    live: frozenset[str]
    nobodys: Mapping[str, str] = field(default_factory=dict)
    compares_defaults: bool = False

    @property
    def tables(self) -> frozenset[str]:
        """Keys of the models' tables; a schema that is the default one is left out, as in live."""
        default = getattr(self.dialect, "default_schema_name", None)
        return frozenset(
            _key(table.name, None if table.schema == default else table.schema)
            for metadata in self.metadata
            for table in metadata.tables.values()
        )


def observe(context: MigrationContext, recorded: Sequence[str], journal: str) -> Observation:
    """Look at the database of a migration context, on its own connection.

    :param recorded: the revisions that it recorded; :param journal: name of the journal's table.
    """
    connection = context.connection
    assert connection is not None
    given = context.opts.get("target_metadata")
    given = util.to_list(given) if given is not None else ()
    # `target_metadata = Base` is a usual mistake: a class has no tables to compare
    metadata = tuple(each for each in given if isinstance(each, sa.MetaData))
    database = Database(connection)
    live = live_tables(context, connection, metadata, journal)
    return Observation(
        url=Mask()(database.url),
        dialect=connection.dialect,
        metadata=metadata,
        recorded=tuple(recorded),
        live=live,
        nobodys=_nobodys(database, connection),
        compares_defaults=bool(context.opts.get("compare_server_default")),
    )


def live_tables(
    context: MigrationContext,
    connection: Connection,
    metadata: Sequence[MetaData],
    journal: str,
) -> frozenset[str]:
    """Keys of the tables that autogenerate looks at."""
    inspector: Inspector = sa.inspect(connection)
    default = connection.dialect.default_schema_name
    schemas: set[str | None] = {
        None if table.schema == default else table.schema
        for found in metadata
        for table in found.tables.values()
    }
    include_name: Any = context.opts.get("include_name") or (lambda *_: True)
    version_schema = context.version_table_schema
    version_schema = None if version_schema == default else version_schema
    names = (context.version_table, *own_tables(journal))
    ours = {(version_schema, name) for name in names}
    return frozenset(
        _key(name, schema)
        for schema in schemas | {None}
        for name in inspector.get_table_names(schema=schema)
        if (schema, name) not in ours
        and include_name(
            name,
            "table",
            {"schema_name": schema, "schema_qualified_table_name": _key(name, schema)},
        )
    )


def live_columns(connection: Connection, tables: frozenset[str]) -> dict[str, frozenset[str]]:
    """The columns of tables of a database, by key."""
    inspector: Inspector = sa.inspect(connection)
    columns: dict[str, frozenset[str]] = {}
    for table in tables:
        schema, _, name = table.rpartition(".")
        found = inspector.get_columns(name, schema=schema or None)
        columns[table] = frozenset(column["name"] for column in found)
    return columns


def same_type(one: Column[Any], other: Column[Any], dialect: Dialect) -> bool:
    """Whether two columns have one type, by the comparison that autogenerate itself makes.

    It knows that ``Integer`` and a reflected ``INTEGER(11)``, or ``Boolean`` and ``TINYINT(1)``,
    are the same on their database.
    """
    impl = DefaultImpl.get_by_dialect(dialect)(dialect, None, False, None, None, {})
    try:
        # The side of the database comes first, and either may be that side.
        return not (impl.compare_type(one, other) and impl.compare_type(other, one))
    except sa.exc.CompileError:  # a type that this database does not have, or does not know
        return repr(one.type) == repr(other.type)


def _nobodys(database: Database, connection: Connection) -> dict[str, str]:
    default = connection.dialect.default_schema_name
    found = database.nobodys_tables(connection)
    return {
        _key(name, None if schema == default else schema): reason
        for (schema, name), reason in found.items()
    }


def _key(name: str, schema: str | None) -> str:
    return f"{schema}.{name}" if schema else name
