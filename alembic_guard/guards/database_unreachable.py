"""The server does not answer, does not let us in, or has no such database.

Alembic ends in two tracebacks of a hundred lines here; the finding is what the driver said, without
the password.

Fix: start the server, or correct host, port, user, password or database name.

Bad::

    # edit: alembic.ini: sqlite:/// -> sqlite:///no/such/folder/
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with what the server or the driver said."""
    if failed.kind != "database-unreachable":
        return
    path, line = failed.frame
    error = failed.error.orig if isinstance(failed.error, DBAPIError) else failed.error
    lines = [part.strip() for part in str(error).splitlines() if part.strip()]
    yield Finding(
        "database-unreachable",
        f"The database cannot be reached: {lines[0].rstrip('.') if lines else type(error).__name__}.",
        why="\n".join(lines[1:4]),
        next=("alembic current -v  # which URL env.py uses",),
        place=Place(relative(path), line or None),
    )
