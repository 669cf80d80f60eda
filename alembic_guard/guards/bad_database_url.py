"""The database URL can't be read.

It is the template's ``driver://user:pass@localhost/dbname``, spells the dialect in a way SQLAlchemy
does not know (``postgres://``), or stands in an ini file with a ``%`` that is not doubled.

Fix: correct the URL; in an ini file every ``%`` is written ``%%``.

Bad::

    # edit: alembic.ini: sqlite:/// -> postgres://u:secret@h/
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator

from sqlalchemy.exc import NoSuchModuleError

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, without repeating the URL: it may hold a password."""
    if failed.kind != "bad-database-url":
        return
    path, line = failed.frame
    reason, remedy = _reason(failed.error)
    yield Finding(
        "bad-database-url",
        f"The database URL that {relative(path)} uses can't be read: {reason}.",
        why="SQLAlchemy takes dialect+driver://user@host/database.",
        next=(remedy,),
        place=Place(relative(path), line or None),
    )


def _reason(error: BaseException) -> tuple[str, str]:
    if isinstance(error, configparser.InterpolationError | ValueError) and not isinstance(
        error, NoSuchModuleError
    ):
        return "it holds a '%' that is not doubled", "in alembic.ini, write every % as %%"
    if isinstance(error, NoSuchModuleError):
        dialect = str(error).rsplit(":", 1)[-1]
        if dialect == "driver":
            return "it is still the template's placeholder", _set("sqlite:///app.db")
        if dialect.startswith("postgres"):
            return f"there is no dialect {dialect!r}", "write postgresql+psycopg:// instead"
        return f"there is no dialect {dialect!r}", "pip install the dialect's package"
    return "it is no URL", _set("postgresql+psycopg://user@host/database")


def _set(url: str) -> str:
    return f"in alembic.ini: sqlalchemy.url = {url}"
