"""Code that takes too long is ended; code that does not pays nothing for it afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import nullcontext

import pytest

from alembic_guard.runtime.time_limit import TimeLimit, TookTooLong

PROFILED = """
import cProfile
from alembic_guard.runtime.time_limit import TimeLimit

limit = TimeLimit(10)
with limit.watched():
    pass
limit.close()
print(cProfile.Profile().runcall(sorted, (3, 2, 1), key=lambda number: number))
"""


def _work_for(seconds: float, limit: TimeLimit | None = None) -> None:
    with limit.watched() if limit else nullcontext():
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            pass


def test_each_block_that_takes_too_long_is_ended_and_what_follows_is_not() -> None:
    limit = TimeLimit(0.2)
    ended = 0
    for _ in range(2):
        with pytest.raises(TookTooLong):
            _work_for(5.0, limit)
        ended += 1
    _work_for(0.1, limit)
    limit.close()
    _work_for(0.3)
    assert ended == 2


def test_code_can_be_profiled_after_a_block_was_watched() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROFILED], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[1, 2, 3]\n"
