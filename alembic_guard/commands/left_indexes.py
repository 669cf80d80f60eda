"""The invalid indexes of a database, before and after an upgrade; PostgreSQL alone has them.

One query each time. Only where there is one are the pending revisions recorded, to know whether one
of them creates an index of that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alembic_guard.commands.half_done import half_done
from alembic_guard.runtime.doubt import built_index
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.invalid_indexes import (
    InvalidIndex,
    LeftIndex,
    LeftIndexes,
    invalid_indexes,
)
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def left_before(
    call: Call, script: ScriptDirectory, settings: Settings, pending: Sequence[Revision]
) -> LeftIndexes:
    """What is invalid before anything is applied.

    A revision of which a part is on record builds again what it has left itself.
    """
    found = [each for each in _look(call) if not each.building]
    if not found:
        return LeftIndexes()
    made, begun = _creates(call, script, pending), half_done(call, settings, pending)
    left = (LeftIndex(each, made.get(each.name)) for each in found)
    return LeftIndexes(
        tuple(each for each in left if each.revision is None or each.revision.id not in begun)
    )


def _look(call: Call) -> tuple[InvalidIndex, ...]:
    if call.connection.dialect.name == "postgresql":
        with call.reading() as connection:
            return invalid_indexes(connection)
    return ()


def _creates(
    call: Call, script: ScriptDirectory, pending: Sequence[Revision]
) -> dict[str, Revision]:
    """The names of indexes that pending revisions create, with the first that does."""
    from alembic_guard.runtime.recording import record

    named = {each.id: each for each in pending}
    scripts = [script.get_revision(each.id) for each in pending]
    steps = record(call, script, scripts, each_in_its_own=True).steps
    made: dict[str, Revision] = {}
    for step in steps:
        for sql in step.sql:
            name = built_index(sql)
            if name is not None and step.revision in named:
                made.setdefault(name, named[step.revision])
    return made
