"""The driver that the URL names is not installed.

SQLAlchemy imports it when env.py makes the engine, so the traceback says ``ModuleNotFoundError``
and nothing of the URL.

Fix: install it, or name the one that is. SQLAlchemy 2.1 takes ``postgresql://`` to mean psycopg 3,
2.0 psycopg2.

Bad::

    # edit: alembic.ini: sqlite:/// -> mysql+mysqlconnector://u:secret@h/
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

_PACKAGES = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
}


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the package to install."""
    if failed.kind != "missing-driver":
        return
    path, line = failed.frame
    module = (getattr(failed.error, "name", None) or "the driver").split(".")[0]
    yield Finding(
        "missing-driver",
        f"The database driver {module} is not installed.",
        why=f"{relative(path)} connects with a URL that needs it.",
        next=(f"pip install '{_PACKAGES.get(module, module)}'",),
        place=Place(relative(path), line or None),
    )
