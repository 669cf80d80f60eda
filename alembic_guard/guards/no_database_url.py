"""env.py has no URL to connect to.

The ini file lacks ``sqlalchemy.url``, or the environment variable that env.py reads is not set.

Fix: set the variable, or the option.

Bad::

    # edit: alembic.ini: sqlalchemy.url -> was.url
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
    """Refuse, with the line of env.py that read the setting."""
    if failed.kind != "no-database-url":
        return
    path, line = failed.frame
    key = failed.error.args[0] if isinstance(failed.error, KeyError) else None
    missing = "sqlalchemy.url" if key in (None, "url") else str(key)
    yield Finding(
        "no-database-url",
        f"{relative(path)} finds no database URL: {missing} is not set.",
        why="The option is missing or empty, or the variable that env.py reads is not in the "
        "environment.",
        next=(
            f"export {missing}=postgresql+psycopg://user@host/database"
            if missing.isupper()
            else "in alembic.ini: sqlalchemy.url = postgresql+psycopg://user@host/database",
        ),
        place=Place(relative(path), line or None),
    )
