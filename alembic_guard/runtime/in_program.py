"""Runs env.py inside a program that goes on afterwards: its state is left as it was found.

Alembic's ``alembic.context`` is one for the whole process, so that two threads that ran env.py at
once would run it on each other's connection: they take turns. ``prepend_sys_path`` is put in front
of ``sys.path`` at each call, and ``fileConfig()`` takes the loggers
(:mod:`alembic_guard.runtime.loggers`). Signals are never touched here.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from alembic_guard.runtime.loggers import kept_loggers

_TURN = threading.RLock()


@contextmanager
def kept_process() -> Iterator[None]:
    """One thread at a time; loggers and ``sys.path`` are put back."""
    with _TURN:
        path = [*sys.path]
        try:
            with kept_loggers():
                yield
        finally:
            sys.path[:] = path
