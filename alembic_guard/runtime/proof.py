"""What a proof of a drafted migration came across, and Alembic's context on its scratch database.

The scratch database is compared as the live one is: by the options and hooks that env.py gave for
this call, the filters among them, with our comparators beside Alembic's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext

from alembic_guard.runtime.stand_in import quiet_log, swapped

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

    from alembic_guard.runtime.environment import Call


@dataclass(frozen=True)
class Proved:
    """What of a draft was seen to hold, for one database.

    :param database: its masked URL; :param upgrade: whether nothing was left after it.
    :param downgrade: whether it led back to where it began.
    :param reason: why not, where one of them is False, as a clause.
    """

    database: str
    upgrade: bool = False
    downgrade: bool = False
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "database": self.database,
            "upgrade": self.upgrade,
            "downgrade": self.downgrade,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Unconverged:
    """After the upgrade of a draft, autogenerate would still do something.

    :param url: of the database that the scratch one was made like, masked.
    :param left: what it would do, as phrases; :param command: what was typed to draft it.
    """

    url: str
    left: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class NotProved:
    """A draft, or its way back, could not be tried.

    :param url: masked; :param reason: as a clause; :param next: what to do, as commands.
    """

    url: str
    reason: str
    next: tuple[str, ...]


@contextmanager
def scratch_context(
    call: Call, script: ScriptDirectory, engine: Engine
) -> Iterator[MigrationContext]:
    """A context on a scratch database, with what env.py configured in a call.

    :param engine: of the scratch database. What is read leaves no transaction open.
    """
    environment = call.context.environment_context
    options = {**call.context.opts, "script": script, "as_sql": False}
    with ExitStack() as stack:
        stack.enter_context(quiet_log())
        connection = stack.enter_context(engine.connect())
        translated = call.connection.get_execution_options().get("schema_translate_map")
        if translated:
            connection = connection.execution_options(schema_translate_map=translated)
        context = MigrationContext.configure(
            connection, opts=options, environment_context=environment
        )
        if environment is not None:
            stack.enter_context(swapped(environment, context))
        yield context
