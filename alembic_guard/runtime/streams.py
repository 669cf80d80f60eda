"""stdout belongs to the report: whatever else writes there goes to stderr meanwhile.

env.py, migrations and the subprocesses of post-write hooks print as they like; a JSON report on
stdout must stay one object. So file descriptor 1 itself is pointed at 2, not only ``sys.stdout``.
Where ``sys.stdout`` is not descriptor 1 (a test runner captures it, a program calls Alembic in
process), the descriptor is not the report's, and only the name is redirected.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from typing import TextIO


@contextmanager
def reserved_stdout() -> Iterator[TextIO]:
    """What was stdout, for the report alone; inside the block everybody else gets stderr.

    A character that the terminal's encoding lacks is written as an escape, never an error.
    """
    if _is_descriptor_1(sys.stdout):
        with _reserved_descriptor(sys.stdout) as report:
            yield report
        return
    # sys.stdout is None where a daemon was started without one
    report = sys.stdout if sys.stdout is not None else io.StringIO()
    with redirect_stdout(sys.stderr):
        yield report


@contextmanager
def _reserved_descriptor(stdout: TextIO) -> Iterator[TextIO]:
    with ExitStack() as undo:
        stdout.flush()
        kept = os.dup(1)
        undo.callback(os.close, kept)
        undo.callback(os.dup2, kept, 1)
        os.dup2(2, 1)
        report = os.fdopen(
            os.dup(kept), "w", encoding=stdout.encoding, errors="backslashreplace", newline=""
        )
        undo.callback(_close, report)
        undo.callback(stdout.flush)  # what others printed goes where they were sent
        yield report


def _close(report: TextIO) -> None:
    with suppress(BrokenPipeError):  # who read it is gone, and has been told of in vain
        report.close()


def _is_descriptor_1(stream: TextIO) -> bool:
    try:
        return stream.fileno() == 1
    except (AttributeError, OSError, io.UnsupportedOperation):
        return False
