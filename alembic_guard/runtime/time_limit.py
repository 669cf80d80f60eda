"""Ends Python code that takes too long, in the thread that runs it, by an exception.

It reaches whatever executes Python; a call into C (``time.sleep``, a lock, a query) is ended when
it comes back. It needs CPython; elsewhere nothing is ended. One thread watches for the whole block,
and nothing is raised, nor taken back, where nothing takes too long: on CPython 3.11 either makes
all that runs afterwards slower, and a profiler hang (``eval_breaker`` is never cleared again).
"""

from __future__ import annotations

import _thread
import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class TookTooLong(BaseException):
    """What ends the code, though it may catch every Exception."""


class TimeLimit:
    """Watches the thread that makes it, whenever it is told to, until it is closed.

    :param seconds: that each watched block may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched = ctypes.c_ulong(threading.get_ident())
        self._raise = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)
        self._changed = threading.Condition()
        self._ends: float | None = None
        self._raised = self._watching = self._closed = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """The block is ended after so many seconds.

        :raises TookTooLong: from within the block.
        """
        if self._raise is None:
            yield
            return
        if not self._watching:
            self._watching = True
            _thread.start_new_thread(self._watch, ())  # a recording turns threading.Thread away
        with self._changed:
            self._ends = monotonic() + self._seconds
        try:
            yield
        finally:
            with self._changed:
                self._ends = None
                if self._raised:
                    self._raised = False
                    self._raise(self._watched, None)  # on its way, it would hit whoever comes next

    def close(self) -> None:
        """Nobody is watched any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                # What begins while this waits ends after it: it need not be woken for that.
                left = self._seconds if self._ends is None else self._ends - monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                self._ends, self._raised = None, True
                self._raise(self._watched, ctypes.py_object(TookTooLong))  # type: ignore[misc]
