"""env.py gives Alembic no connection.

``'NoneType' object has no attribute 'execute'`` is what one sees, or a bare ``AssertionError``:
env.py never called ``context.configure(connection=…)``, called it with None or with a dialect
alone, or never called ``context.run_migrations()``.

Fix: connect in env.py and hand the connection to ``context.configure()``, then call
``context.run_migrations()``.

Bad::

    # edit: migrations/env.py: connection=connection, target_metadata -> connection=None, target_metadata
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed, NoMigrationsRun
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True

_CONFIGURE = (
    "with engine.connect() as connection: "
    "context.configure(connection=connection, target_metadata=target_metadata)"
)
_RUN = "with context.begin_transaction(): context.run_migrations()"


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the line that used a connection which is not there."""
    if failed.kind != "connection-not-configured":
        return
    path, line = failed.frame
    env_py = relative(failed.env_py)
    said, remedy = _reason(failed)
    yield Finding(
        "connection-not-configured",
        f"{relative(path)} {said}.",
        why="" if isinstance(failed, NoMigrationsRun) else _raised(failed.error),
        next=(f"in {env_py}{f':{line}' if relative(path) == env_py and line else ''}: {remedy}",),
        place=Place(relative(path), line or None),
    )


def _reason(failed: EnvironmentFailed) -> tuple[str, str]:
    text = str(failed.error)
    if isinstance(failed, NoMigrationsRun):
        if failed.unawaited:
            function, line = failed.unawaited
            said = f"ended without running migrations: line {line} calls {function}() without await"
            return said, f"asyncio.run({function}())"
        return "ended without calling context.run_migrations()", _RUN
    if failed.raised_in == "alembic.runtime.environment" and "Connection, url" not in text:
        return "runs migrations before it has called context.configure()", _CONFIGURE
    if attribute := re.search(r"has no attribute '(\w+)'", text):
        return f"asks None for {attribute[1]}(), where a connection or an engine ought to be", (
            _CONFIGURE
        )
    if isinstance(failed.error, AssertionError):
        return "gives context.configure() a dialect or a URL, and no connection", _CONFIGURE
    return "gives context.configure() no connection", _CONFIGURE


def _raised(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else f"{type(error).__name__}."
