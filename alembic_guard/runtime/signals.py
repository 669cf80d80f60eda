"""SIGTERM does what Ctrl-C does: nothing stays half done, and the journal says so.

It is how a container, a supervisor or a deploy that is taken back ends a process. Python's default
would end it at once, with a row that says ``started`` and, on SQLite, a lock file.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def terminating_as_ctrl_c() -> Iterator[None]:
    """While it is open, SIGTERM interrupts; one that somebody else handles stays theirs."""
    mine = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if mine:
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(_number: int, _frame: object) -> None:
    """Whoever handles Ctrl-C now (an event loop does so in its own way) handles this as well.

    A shell starts what it runs in the background with SIGINT ignored (POSIX, 2.11).
    """
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)
    else:
        raise KeyboardInterrupt
