"""What is judged of one database: its revisions, recorded, and what is known beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from alembic_guard.commands.linting import Case, written_tables
from alembic_guard.commands.selecting import Selection
from alembic_guard.runtime.database import kind_of
from alembic_guard.runtime.recording import Recording, record

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call


def recorded(
    call: Call, script: ScriptDirectory, selection: Selection, *, upgrade: bool = True, **how: Any
) -> Recording:
    """What the revisions of a selection do, recorded; nothing where none is judged.

    :param upgrade: False for ``downgrade()``, the newest first.
    :param how: as :func:`~alembic_guard.runtime.recording.record` takes it.
    """
    if not selection.judged:
        return Recording((), ())
    walked = selection.walked if upgrade else tuple(reversed(selection.walked))
    how.setdefault("each_in_its_own", not applied_together(call, selection))
    return record(
        call,
        script,
        walked,
        upgrade=upgrade,
        keywords=call.keywords,
        touched=written_tables(kind_of(call.context.dialect)),
        **how,
    )


def applied_together(call: Call, selection: Selection) -> bool:
    """Whether revisions are applied in one go, as those that are pending in a database are.

    All others are judged as if each were deployed by itself, in a transaction of its own.
    """
    bare = call.online and not call.heads()
    return call.online and not (bare and selection.asked) and not selection.applied


def case_of(
    call: Call, selection: Selection, recording: Recording, *, only_proved: bool = False
) -> Case:
    """The case of one database.

    Where nothing was ever applied, the database knows nothing of the tables. Then everything is
    only worth knowing, unless somebody asked for these very revisions: those are judged as if they
    were deployed elsewhere.
    """
    bare = call.online and not call.heads()
    return Case(
        recording,
        {one.revision: Path(one.path) for one in selection.walked},
        selection.judged,
        selection.applied,
        together=applied_together(call, selection),
        fresh=bare and not selection.asked,
        models=mapped(call),
        only_proved=only_proved,
    )


def mapped(call: Call) -> dict[str, frozenset[str]] | None:
    """The columns of the tables that ``target_metadata`` maps; None where it has none."""
    given = call.context.opts.get("target_metadata")
    listed = given if isinstance(given, list | tuple) else [given]
    found = [one for one in listed if isinstance(one, MetaData)]
    default = getattr(call.context.dialect, "default_schema_name", None)
    tables = {
        table.name
        if table.schema in (None, default)
        else f"{table.schema}.{table.name}": frozenset(column.name for column in table.columns)
        for metadata in found
        for table in metadata.tables.values()
    }
    return tables if found else None
