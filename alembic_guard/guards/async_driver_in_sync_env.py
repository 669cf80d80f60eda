"""The URL names an asynchronous driver, and env.py is synchronous; or the other way round.

SQLAlchemy says ``MissingGreenlet: greenlet_spawn has not been called`` of the one, and "requires an
async driver" of the other.

Fix: name a synchronous driver of the same database, for migrations gain nothing from an
asynchronous one; or take the env.py of ``alembic init -t async``.

Bad::

    # edit: alembic.ini: sqlite:/// -> sqlite+aiosqlite:///
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import URL
from sqlalchemy.exc import InvalidRequestError, MissingGreenlet

from alembic_guard.finding import Finding
from alembic_guard.guards._urls import SYNC_OF, place_of, stands, with_driver, write
from alembic_guard.runtime.failed_url import backend_of
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True

_ASYNC = {"postgresql": "asyncpg", "mysql": "aiomysql", "sqlite": "aiosqlite"}


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the URL that fits env.py, and the env.py that fits the URL."""
    if failed.kind != "async-driver-in-sync-env":
        return
    env_py = relative(failed.env_py)
    if isinstance(failed.error, InvalidRequestError) and not isinstance(
        failed.error, MissingGreenlet
    ):
        said = f"{env_py} is asynchronous, and its URL names the synchronous driver"
        remedies, template = _other(failed, _ASYNC), "generic"
    else:
        said = f"{env_py} is synchronous, and its URL names the asynchronous driver"
        if not isinstance(failed.url, URL):
            said = f"{relative(failed.frame[0])} connects without await with an AsyncEngine"
        remedies, template = _other(failed, {}), "async"
    yield Finding(
        "async-driver-in-sync-env",
        f"{said}{_driver(failed)}.",
        why=stands(failed),
        next=(
            *remedies,
            f"cd $(mktemp -d) && alembic init -t {template} new  "
            "# or take the run_migrations_online() of its new/env.py",
        ),
        place=place_of(failed),
    )


def _driver(failed: EnvironmentFailed) -> str:
    return f" {failed.url.get_driver_name()}" if isinstance(failed.url, URL) else ""


def _other(failed: EnvironmentFailed, proposed: dict[str, str]) -> tuple[str, ...]:
    """The URL with a driver of the other kind; where none is installed, how to install one."""
    if not isinstance(failed.url, URL):
        return ()
    backend = backend_of(failed.url)
    if backend in proposed:
        driver = proposed[backend]
        return (f"pip install {driver}", write(failed, with_driver(failed.url, driver)))
    if failed.drivers:
        return (write(failed, with_driver(failed.url, failed.drivers[0])),)
    driver, package = SYNC_OF.get(backend, ("", ""))
    install = (f"pip install '{package}'",) if package else ()
    return (*install, write(failed, with_driver(failed.url, driver)))
