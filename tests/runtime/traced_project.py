"""A real project whose revisions are traced in this process, for the tests of tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.script import ScriptDirectory

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.scratch import scratch
from alembic_guard.runtime.tracing import trace
from tests.project import Project
from tests.runtime.recorded_project import _config


def traced(
    project: Project, *, dev_url: str = "", say: Callable[[str], None] = print, **options: Any
) -> Recording:
    """Every revision of the project that is not applied, traced in one run of its env.py."""
    found: list[Recording] = []
    with _config(project) as config:
        directory = ScriptDirectory.from_config(config)
        history = list(reversed(list(directory.walk_revisions())))

        def migrating(call: Call, _plain: Any) -> None:
            heads = call.heads()
            applied = {each.revision for each in directory.iterate_revisions(heads, "base")}
            pending = [each for each in history if each.revision not in applied]
            database = Database(call.connection)
            with scratch(database, call.connection, dev_url=dev_url, say=say) as engine:
                found.append(trace(call, directory, pending, engine, **options))

        run_environment(config, directory, lambda *_: [], migrating=migrating, read_only=True)
    return found[0]
