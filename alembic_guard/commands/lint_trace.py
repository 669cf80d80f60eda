"""What is judged of one database, traced: run on a scratch database instead of recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from alembic_guard import guards
from alembic_guard.commands.linting import written_tables
from alembic_guard.commands.selecting import Selection
from alembic_guard.errors import Refused
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.scratch import NoScratch, scratch
from alembic_guard.runtime.tracing import replay, trace

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

    from alembic_guard.runtime.environment import Call


def traced(
    call: Call,
    script: ScriptDirectory,
    selection: Selection,
    say: Callable[[str], None],
    *,
    dev_url: str = "",
    upgrade: bool = True,
) -> Recording:
    """What the revisions of a selection do, run on a scratch database.

    Where some of them are applied already, it begins empty, and the whole history runs.

    :param dev_url: where to make the database instead of on the same server.
    :param upgrade: False for ``downgrade()``, the newest first, after all were upgraded.
    :raises Refused: where there can be no scratch database.
    """
    if not selection.judged:
        return Recording((), ())
    walked = {one.revision for one in selection.walked}
    history = reversed(list(script.walk_revisions()))
    before = [one for one in history if one.revision not in walked]

    def from_the_beginning(engine: Engine) -> None:
        replay(call, script, before, engine, call.keywords)

    made = scratch(
        Database(call.connection),
        call.connection,
        dev_url=dev_url,
        say=say,
        replay=from_the_beginning,
        empty=bool(selection.applied),
    )
    try:
        with made as engine:
            revisions = selection.walked
            if not upgrade:
                replay(call, script, revisions, engine, call.keywords)
                revisions = tuple(reversed(revisions))
            return trace(
                call,
                script,
                revisions,
                engine,
                upgrade=upgrade,
                keywords=call.keywords,
                touched=written_tables(Database(call.connection).kind),
            )
    except NoScratch as event:
        raise Refused(guards.judge(event)) from event


def seconds(recording: Recording) -> dict[str, float]:
    """How long the statements of each revision took, in seconds, by identifier."""
    found: dict[str, float] = {}
    for step in recording.steps:
        if step.measured is not None:
            found[step.revision] = found.get(step.revision, 0.0) + step.measured.seconds
    return {revision: round(taken, 4) for revision, taken in found.items()}
