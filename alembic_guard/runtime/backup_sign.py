"""Shows other deployers that the holder of the lock takes a backup, and is not stuck.

A backup may take longer than they wait without seeing progress, and nothing may be written to the
database before it is complete. So the sign is a second lock beside the first: on every database it
is gone with its holder.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.lock import DeployerLock, SqliteLock, deployer_lock

_TRIES, _PAUSE = 20, 0.05
"""How often, and seconds between: somebody who looks for the sign holds it for a moment."""


@contextmanager
def shown(database: Database, key: int) -> Iterator[None]:
    """Show the sign inside the block; without one where it cannot be.

    :param key: of the deployer lock.
    """
    sign = _sign(database, key)
    try:
        for _ in range(_TRIES):
            if sign is None or sign.try_acquire():
                break
            time.sleep(_PAUSE)
        yield
    finally:
        if sign is not None:
            sign.release()


def is_shown(database: Database, key: int) -> bool:
    """Whether somebody shows it."""
    sign = _sign(database, key)
    if sign is None:
        return False
    try:
        return not sign.try_acquire()
    finally:
        sign.release()


def _sign(database: Database, key: int) -> DeployerLock | None:
    if database.file is not None:
        return SqliteLock(database.file.with_name(f"{database.file.name}.backup"))
    return deployer_lock(database, key ^ 1)
