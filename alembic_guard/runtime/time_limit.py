"""Ends Python code that takes too long, in the thread that runs it, by an exception.

It reaches whatever executes Python; a call into C (``time.sleep``, a lock, a query) is ended when
it comes back. It needs CPython; elsewhere nothing is ended.
"""

from __future__ import annotations

import _thread
import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TookTooLong(BaseException):
    """What ends the code, though it may catch every Exception."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """The block is ended after so many seconds.

    :raises TookTooLong: from within the block.
    """
    raise_in = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)
    if raise_in is None:
        yield
        return
    thread, over, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()

    def watch() -> None:
        if not over.wait(seconds):
            with lock:
                if not over.is_set():
                    raise_in(thread, ctypes.py_object(TookTooLong))

    _thread.start_new_thread(watch, ())  # a recording turns threading.Thread away
    try:
        yield
    finally:
        with lock:
            over.set()
            raise_in(thread, None)  # one that is on its way would hit whoever comes next
