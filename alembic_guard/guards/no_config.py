"""There is no Alembic configuration here.

No ``alembic.ini`` or ``pyproject.toml`` names a script directory, or the one that is named does not
exist: most often a command in the wrong folder.

Fix: go to the project's folder, name the file with ``-c``, or start with ``alembic init``.

Bad::

    # remove: alembic.ini
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.history import NoConfiguration

JUDGES = NoConfiguration
NEVER_ALLOWED = True


def judge(missing: NoConfiguration) -> Iterator[Finding]:
    """Refuse, with the files that were looked for."""
    files = " and ".join(missing.looked_for) or "no file"
    yield Finding(
        "no-config",
        f"No usable script_location: {str(missing).splitlines()[0].rstrip('.')}.",
        why=f"Looked in {files}, from the current folder.",
        next=(
            "cd to the folder with alembic.ini, or: alembic -c PATH/alembic.ini …",
            "alembic init migrations  # for a new project",
        ),
    )
