"""env.py gives Alembic no connection.

``'NoneType' object has no attribute 'execute'`` is what one sees: env.py never called
``context.configure(connection=…)``, or called it with None.

Fix: connect in env.py and hand the connection to ``context.configure()``, then call
``context.run_migrations()``.

Bad::

    # edit: migrations/env.py: connection=connection, target_metadata -> connection=None, target_metadata
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the line that used a connection which is not there."""
    if failed.kind != "connection-not-configured":
        return
    path, line = failed.frame
    yield Finding(
        "connection-not-configured",
        f"{relative(path)} gives Alembic no connection.",
        why=str(failed.error),
        next=(
            f"in {relative(failed.env_py)}: with engine.connect() as connection: "
            "context.configure(connection=connection, target_metadata=target_metadata)",
        ),
        place=Place(relative(path), line or None),
    )
