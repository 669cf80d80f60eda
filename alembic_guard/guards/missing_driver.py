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

import sqlalchemy
from sqlalchemy import URL

from alembic_guard.finding import Finding
from alembic_guard.guards._urls import PACKAGES, place_of, stands, with_driver, write
from alembic_guard.runtime.failure import EnvironmentFailed

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True

_GREENLET = "greenlet"
"""What SQLAlchemy's asyncio needs beside the driver: told by ``unsupported-versions``."""


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the package to install and with the driver that is there."""
    if failed.kind != "missing-driver" or _GREENLET in str(failed.error):
        return
    module = _module(failed)
    absent = isinstance(failed.error, ModuleNotFoundError)
    said = str(failed.error).strip().splitlines()[:1]
    yield Finding(
        "missing-driver",
        f"The database driver {module} is not installed."
        if absent
        else f"The database driver {module} is installed and cannot be loaded: {said[0]}.",
        why="\n".join(filter(None, [stands(failed), _implied(failed, module)])),
        next=(f"pip install '{PACKAGES.get(module, module)}'", *_instead(failed)),
        place=place_of(failed),
    )


def _module(failed: EnvironmentFailed) -> str:
    named = getattr(failed.error, "name", None) or _driver(failed)
    return str(named or "the driver").split(".")[0]


def _driver(failed: EnvironmentFailed) -> str | None:
    return failed.url.get_driver_name() if isinstance(failed.url, URL) else None


def _implied(failed: EnvironmentFailed, module: str) -> str:
    """A URL may name no driver; which one that means has changed."""
    if not isinstance(failed.url, URL) or "+" in failed.url.drivername:
        return ""
    return f"SQLAlchemy {sqlalchemy.__version__} takes {failed.url.drivername}:// to mean {module}."


def _instead(failed: EnvironmentFailed) -> tuple[str, ...]:
    if not isinstance(failed.url, URL):
        return ()
    found = [with_driver(failed.url, driver) for driver in failed.drivers]
    others = [url for url in found if url.drivername != failed.url.drivername]
    return tuple(f"{write(failed, url)}  # its driver is installed" for url in others[:1])
