"""An interrupt ends the statement that runs in the database, not only the waiting for it."""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.halting import cancel_statement, driver_of, end_abandoned
from alembic_guard.runtime.signals import cancelling, interrupted

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Halt:
    """Knows whether a statement of one connection runs, and ends it.

    :param session: the server's number for the connection, where it has one.
    """

    def __init__(self, database: Database, connection: Connection, session: int | None) -> None:
        self.database = database
        self.connection = connection
        self.session = session
        self._running: list[Any] = []
        """The driver's connection, once for each statement: one may put others before itself."""
        self._until_the_end = ExitStack()

    def __enter__(self) -> Halt:
        event.listen(self.connection, "before_cursor_execute", self._before)
        event.listen(self.connection, "after_cursor_execute", self._after)
        self._until_the_end.enter_context(cancelling(self._cancel))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._until_the_end.close()
        event.remove(self.connection, "before_cursor_execute", self._before)
        event.remove(self.connection, "after_cursor_execute", self._after)

    def meant(self, error: BaseException) -> BaseException:
        """The same error, or the interrupt that it comes of; after that nothing runs any more."""
        running, self._running = self._running, []
        if isinstance(error, KeyboardInterrupt | CancelledError):
            if running:
                with suppress(DBAPIError, OSError):  # the server may be what failed
                    end_abandoned(self.database, running[-1], self.session)
            return error
        return KeyboardInterrupt() if isinstance(error, DBAPIError) and interrupted() else error

    def _cancel(self) -> None:
        """From the thread that hears signals."""
        if running := self._running:
            cancel_statement(self.database, running[-1], self.session)

    def _before(self, *_: Any) -> None:
        self._running.append(driver_of(self.connection))

    def _after(self, *_: Any) -> None:
        del self._running[-1:]
