"""One deployer at a time: waits for the lock of a database without ever queueing for it.

Nineteen replicas that start beside a twentieth wait out its migration, however long it takes: the
deadline runs only while the holder shows no progress, which its journal tells: a row is new, or is
that of a revision which is running. ``--wait`` makes the deadline hard.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.lock import DeployerLock
from alembic_guard.runtime.stopped import AnotherDeployer

PATIENCE = 60.0
"""Seconds without progress of the holder, where ``wait`` is not set."""

_POLL_FIRST, _POLL_LONGEST = 0.05, 1.0
_REMIND_EVERY = 10.0


class DeployerWait:
    """Waits for the lock of one database.

    :param wait: seconds, a hard limit; None waits as long as the holder moves.
    :param progress_mark: anything that changes when the holder's journal does.
    :param busy: whether the holder is at work where its journal does not show it.
    :param say: takes a line for people.
    """

    def __init__(
        self,
        database: Database,
        lock: DeployerLock,
        *,
        wait: float | None,
        progress_mark: Callable[[], object],
        busy: Callable[[], bool] = lambda: False,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.database = database
        self.lock = lock
        self.wait = wait
        self.progress_mark = progress_mark
        self.busy = busy
        self.say = say
        self.clock = clock
        self.sleep = sleep

    def acquire(self) -> None:
        """Take the lock.

        :raises AnotherDeployer: when it was not free in time.
        """
        began = deadline_from = self.clock()
        reminded: float | None = None
        delay, mark = _POLL_FIRST, None
        while not self.lock.try_acquire():
            now = self.clock()
            if self.wait is None and (seen := self.progress_mark()) != mark:
                mark, deadline_from = seen, now
            patience = PATIENCE if self.wait is None else self.wait
            if now - deadline_from >= patience and self.wait is None and self.busy():
                deadline_from = now
            if now - deadline_from >= patience:
                raise AnotherDeployer(self.database.url, self.lock.holder(), now - began)
            if reminded is None or now - reminded >= _REMIND_EVERY:
                reminded = now
                self.say(f"Waiting for another deployer ({self.lock.holder() or 'unknown'}).")
            self.sleep(min(delay, max(deadline_from + patience - now, 0.001)))
            delay = min(delay * 1.5, _POLL_LONGEST)
