"""SIGTERM does what Ctrl-C does: nothing stays half done, and the journal says so.

It is how a container, a supervisor or a deploy that is taken back ends a process. Python's default
would end it at once, with a row that says ``started`` and, on SQLite, a lock file.

A handler in Python runs only between two of its instructions, and a driver may be inside a
statement for minutes (sqlite3, psycopg2, mysqlclient). So a thread of its own hears of the signal,
too, by the wakeup descriptor, which is written to at once (docs.python.org, library/signal,
``set_wakeup_fd``): it has the statement cancelled that does not return by itself, and a second
signal ends the process there and then.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_ENDING = {signal.SIGINT, signal.SIGTERM}
_SAME = 0.3
"""Seconds within which a second signal is taken for the first: a wrapper such as ``npm`` forwards
what the terminal sends to all of a group anyway."""
_GRACE, _AGAIN = 0.5, 1.0
"""Seconds until a statement that does not return is cancelled, and until that is repeated."""
INTERRUPTED = 130
"""The exit status of who was interrupted before anything was applied."""
_AT_ONCE = b"Interrupted again: ended at once, without cleaning up.\n"


class _Heard:
    """The signals of one command."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.echoes = 0
        self.status: Callable[[], int] = lambda: INTERRUPTED
        self.cancel: Callable[[], None] = lambda: None

    def listen(self, reader: socket.socket) -> None:
        """Until the other end is closed."""
        while True:
            try:
                numbers = reader.recv(64)
            except TimeoutError:
                with suppress(Exception):  # the server may be gone; the main thread will see
                    self.cancel()
                reader.settimeout(_AGAIN)
                continue
            if not numbers:
                return
            for number in numbers:
                if number in _ENDING:
                    self._heard(number)
            if self.first is not None:
                reader.settimeout(_GRACE)

    def _heard(self, number: int) -> None:
        if number == signal.SIGINT and self.echoes:  # the one that a SIGTERM became
            self.echoes -= 1
        elif self.first is None:
            self.first = time.monotonic()
        elif time.monotonic() - self.first > _SAME:
            with suppress(OSError):
                os.write(2, _AT_ONCE)
            os._exit(self.status())


_current: _Heard | None = None
"""Of the command that runs; signals are the whole process's."""


@contextmanager
def terminating_as_ctrl_c() -> Iterator[None]:
    """While it is open, SIGTERM interrupts; one that somebody else handles stays theirs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    mine = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _listening():
            yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def cancelling(cancel: Callable[[], None]) -> Iterator[None]:
    """Have something called, from another thread, while an interrupt is not heeded.

    :param cancel: called again and again until the block ends; what it raises is ignored.
    """
    heard = _current
    if heard is None:
        yield
        return
    before, heard.cancel = heard.cancel, cancel
    try:
        yield
    finally:
        heard.cancel = before


def ending_with(status: Callable[[], int]) -> None:
    """Tell the exit status that a second signal ends the process with."""
    if _current is not None:
        _current.status = status


def interrupted() -> bool:
    """Whether the command that runs was interrupted."""
    return _current is not None and _current.first is not None


def surely(work: Callable[[], object]) -> None:
    """Do it; a Ctrl-C that comes meanwhile is heard when it is done."""
    try:
        work()
    except KeyboardInterrupt:
        work()
        raise


@contextmanager
def _listening() -> Iterator[None]:
    global _current
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    others = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    if others != -1:  # an event loop hears with it
        signal.set_wakeup_fd(others)
    _current = heard = _Heard()
    thread = threading.Thread(target=heard.listen, args=(reader,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        if others == -1:
            signal.set_wakeup_fd(-1)
        writer.close()
        thread.join()  # a second signal that has come is heeded before anything else is said
        reader.close()
        _current = None


def _interrupt(_number: int, _frame: object) -> None:
    """Whoever handles Ctrl-C now (an event loop does so in its own way) handles this as well.

    A shell starts what it runs in the background with SIGINT ignored (POSIX, 2.11).
    """
    if callable(signal.getsignal(signal.SIGINT)):
        if _current is not None:
            _current.echoes += 1
        signal.raise_signal(signal.SIGINT)
    else:
        raise KeyboardInterrupt
