"""Sees who blocks the migration: only while it waits can the database tell.

A thread of its own samples on a connection of its own, and opens that only when a statement has
been running for longer than an idle server would take. It never raises into the migration.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.blocking import Blocker, blockers
from alembic_guard.runtime.database import Beside, Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SUSPECT_AFTER = 0.04
"""Seconds that a statement runs before it is suspected to wait."""
_SAMPLE_FIRST, _SAMPLE_LONGEST = 0.05, 1.0
_SAY_AFTER, _SAY_EVERY = 2.0, 10.0


class Watcher:
    """Watches the statements of one connection.

    :param session: the server's number for it; None where there is nothing to sample.
    :param say: takes a line for people; called from the thread.
    """

    def __init__(
        self,
        database: Database,
        connection: Connection,
        session: int | None,
        say: Callable[[str], None],
    ) -> None:
        self.database = database
        self.connection = connection
        self.session = session
        self.say = say
        self.seen: tuple[Blocker, ...] = ()
        self._running_since: float | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Watcher:
        if self.session is not None:
            event.listen(self.connection, "before_cursor_execute", self._before)
            event.listen(self.connection, "after_cursor_execute", self._after)
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            event.remove(self.connection, "before_cursor_execute", self._before)
            event.remove(self.connection, "after_cursor_execute", self._after)
            self._stop.set()
            self._thread.join()

    def busy(self) -> None:
        """A statement goes to the server just now, after others of ours."""
        self._running_since = time.monotonic()

    def idle(self) -> None:
        """No statement runs any more, also where the last one failed."""
        self._running_since = None

    def forget(self) -> None:
        """Nobody is known to block: a new revision begins."""
        self.seen = ()
        self.idle()

    def _before(self, *_: Any) -> None:
        self._running_since = time.monotonic()

    def _after(self, *_: Any) -> None:
        self._running_since = None

    def _watch(self) -> None:
        side: Beside | None = None
        interval, said = _SAMPLE_FIRST, None
        while not self._stop.wait(interval if side else _SUSPECT_AFTER / 2):
            since = self._running_since
            if since is None:
                interval, said = _SAMPLE_FIRST, None
                continue
            running = time.monotonic() - since
            if running < _SUSPECT_AFTER:
                continue
            try:
                side = side or self.database.open_beside()
                found = self._sample(side)
            except (DBAPIError, OSError):
                break  # the server has no connection for us; the migration itself goes on
            interval = min(interval * 1.5, _SAMPLE_LONGEST)
            if found and running > _SAY_AFTER and (said is None or running - said > _SAY_EVERY):
                said = running
                self.say(f"Still waiting after {running:.0f} s, blocked by {found[0]}.")
        if side is not None:
            side.close()

    def _sample(self, side: Beside) -> tuple[Blocker, ...]:
        session = self.session
        assert session is not None
        found = tuple(side.ask(lambda connection: blockers(self.database, connection, session)))
        if found:
            self.seen = found
        return found
