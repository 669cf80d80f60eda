"""What a database's tables say against what it recorded, asked before anything is applied.

Each question is one or two queries for table names, on the migration connection and in a
transaction that is ended again. Files are read only where tables make it doubtful that the record
is right, and what reads them is imported only then: most databases are healthy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import util

from alembic_guard.guards._subjects import MissingTables, UnrecordedTables
from alembic_guard.masking import Mask
from alembic_guard.runtime.history import Revision, heads
from alembic_guard.runtime.table_names import default_schema, schemas_with, table_keys

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import MetaData

    from alembic_guard.runtime.environment import Call
    from alembic_guard.script.replay import ScriptText


def unrecorded_tables(
    config: Config, script: ScriptDirectory, call: Call, pending: Sequence[Revision]
) -> UnrecordedTables | None:
    """The tables that pending revisions would create, where they exist and nothing is recorded.

    :param pending: in the order of application.
    :returns: None where a revision is recorded, or nothing is in the way.
    """
    if not pending or call.heads():
        return None
    with call.reading() as connection:
        live = table_keys(connection)
        if not live:
            return None
        from alembic_guard.runtime.create_all import create_all_calls
        from alembic_guard.runtime.observation import live_columns
        from alembic_guard.script.presence import collision
        from alembic_guard.script.replay import ScriptText, matching_revision

        texts = [ScriptText(one.id, Path(one.path)) for one in pending]
        found = collision(texts, live)
        if found is None:
            return None
        columns = live_columns(connection, frozenset(key for key in live if "." not in key))
        url = Mask()(connection.engine.url.render_as_string(hide_password=True))
    given = call.context.opts.get("target_metadata")
    metadata: list[MetaData] = [*util.to_list(given)] if given is not None else []
    return UnrecordedTables(
        url=url,
        version_table=_version_table(call),
        revision=next(one for one in pending if one.id == found.revision),
        tables=found.tables,
        matching=matching_revision(texts, columns),
        create_all=create_all_calls(metadata, *code_places(config, script)),
    )


def missing_tables(script: ScriptDirectory, call: Call) -> MissingTables | None:
    """The tables of a history, where a database is at its head and has none of them.

    :returns: None where it has one of them, is not at head, or the history makes no tables.
    """
    recorded = set(call.heads())
    if not recorded or recorded != {one.revision for one in heads(script)}:
        return None
    from alembic_guard.script.presence import absent_tables

    texts = texts_of(script)
    with call.reading() as connection:
        absent = absent_tables(texts, table_keys(connection))
        if not absent or absent & table_keys(connection, _schemas(absent)):
            return None
        names = {key.rpartition(".")[2] for key in absent}
        places = schemas_with(connection, [*names, call.context.version_table])
        version = {
            schema for schema, tables in places.items() if call.context.version_table in tables
        }
        return MissingTables(
            url=Mask()(connection.engine.url.render_as_string(hide_password=True)),
            recorded=tuple(sorted(recorded)),
            tables=tuple(sorted(absent)),
            schema=default_schema(connection),
            version_table=_version_table(call),
            version_schemas=tuple(sorted(version)),
            elsewhere=tuple(schema for schema, tables in places.items() if names <= tables),
            kind=connection.dialect.name,
        )


def code_places(config: Config, script: ScriptDirectory) -> tuple[list[Path], list[Path]]:
    """Where models may be, and where none are looked for."""
    roots = [Path(path).resolve() for path in config.get_prepend_sys_paths_list() or ()]
    versions = config.get_version_locations_list() or ()
    skip = [Path(script.dir).resolve(), *(Path(path).resolve() for path in versions)]
    return list(dict.fromkeys([*roots, Path.cwd()])), skip


def texts_of(script: ScriptDirectory) -> list[ScriptText]:
    """The files of a history in the order of application."""
    from alembic_guard.script.replay import ScriptText

    found = reversed(list(script.walk_revisions()))
    return [ScriptText(one.revision, Path(one.path)) for one in found]


def _schemas(keys: Iterable[str]) -> set[str | None]:
    return {key.rpartition(".")[0] or None for key in keys}


def _version_table(call: Call) -> str:
    context: Any = call.context
    schema = context.version_table_schema
    return f"{schema}.{context.version_table}" if schema else str(context.version_table)
