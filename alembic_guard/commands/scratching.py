"""The scratch database on which a rehearsal or a proof runs migrations: where, and made like what.

It has the schema that the live database has, or, where that cannot be copied, what its history
makes. The settings ``shadow_url`` and ``dev_url``, in this order, say where it is instead of on the
same server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.history import lineage
from alembic_guard.runtime.scratch import scratch
from alembic_guard.runtime.tracing import replay
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

    from alembic_guard.runtime.environment import Call


@contextmanager
def scratch_of(
    call: Call, script: ScriptDirectory, settings: Settings, say: Callable[[str], None]
) -> Iterator[Engine]:
    """A scratch database for the one of a call, by an engine on it.

    :param say: takes lines for people.
    :raises NoScratch: when there can be none.
    """
    before = list(reversed(lineage(script, call.heads())))
    with scratch(
        Database(call.connection),
        call.connection,
        dev_url=settings.shadow_url or settings.dev_url,
        setting="shadow_url" if settings.shadow_url else "dev_url",
        say=say,
        replay=lambda engine: replay(call, script, before, engine, call.keywords),
    ) as engine:
        yield engine
