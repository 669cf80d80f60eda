r"""The run ended well, and a new connection does not see what it did.

Everything was rolled back in silence; plain Alembic prints "Running upgrade" and exits with 0. The
cause is nearly always ``autobegun-connection``.

Fix: see ``autobegun-connection``.

Bad::

    # edit: migrations/env.py: context.configure(\n            connection=connection -> connection.execute(__import__("sqlalchemy").text("SELECT 1"))\n        context.configure(\n            connection=connection
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade

Good::

    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.history import shown
from alembic_guard.runtime.stopped import RolledBack

JUDGES = RolledBack
NEVER_ALLOWED = True


def judge(rolled_back: RolledBack) -> Iterator[Finding]:
    """Say what was expected, and what is there."""
    belief = rolled_back.belief
    yield Finding(
        "upgrade-rolled-back",
        f"{belief.url} is at {shown(belief.found, 'no revision')}, "
        f"and not at {shown(belief.expected)} where the run ended.",
        why="A new connection does not see the upgrade: it was rolled back."
        + (" Cause: autobegun-connection." if belief.began_before_configure else ""),
        next=("alembic current",),
    )
