"""What an exception of a migration says: one sentence, and the line that it came from.

A statement's parameters are left out: they are the users' data. Passwords are the caller's to mask.
"""

from __future__ import annotations

import sys
import traceback
from asyncio import CancelledError
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.stopped import Interrupted, MigrationFailed, PooledConnection, Stopped
from alembic_guard.runtime.traces import is_ours

_LONGEST_SQL = 200
"""Characters of a statement that a sentence repeats."""


def sentence(error: BaseException) -> str:
    """The first line of what the database or Python said, with the statement if there is one."""
    if isinstance(error, DBAPIError):
        first = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
        sql = " ".join((error.statement or "").split())
        return first[0] + (f" [SQL: {sql[:_LONGEST_SQL]}]" if sql else "")
    if isinstance(error, AssertionError) and _asserted_in_autocommit_block(error):
        return "autocommit_block() can't end a transaction that env.py began by itself"
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _asserted_in_autocommit_block(error: AssertionError) -> bool:
    """Alembic's bare ``assert self._transaction is not None`` (facts/alembic_hooks.md, B6)."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].name == "autocommit_block"


def as_stopped(
    error: BaseException, revision: Revision | None, path: str, mask: Callable[[str], str]
) -> Stopped:
    """What an exception means for the upgrade.

    :param path: of the revision's file, "" before the first.
    :raises Signal: the error itself, when it is no end but a request of our own machinery.
    :raises Exception: the error itself, when it is a defect of ours.
    """
    if isinstance(error, PooledConnection):
        error.revision = revision
    if isinstance(error, Stopped):
        return error
    if isinstance(error, KeyboardInterrupt | CancelledError):  # asyncio makes one of the other
        return Interrupted("interrupted", revision=revision)
    if isinstance(error, Signal) or is_ours(error):
        raise error
    return MigrationFailed(mask(sentence(error)), revision=revision, line=line_in(error, path))


def line_in(error: BaseException, path: str) -> int | None:
    """The line of a revision file that an exception passed through, the innermost; or None."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(path)
    ]
    return lines[-1] if lines else None


def running_line(path: str) -> int | None:
    """The line of a revision file that is running now, the innermost; None outside of it."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != str(path):
        frame = frame.f_back  # type: ignore[assignment]
    return None if frame is None else frame.f_lineno
