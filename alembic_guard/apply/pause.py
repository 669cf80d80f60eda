"""Waits between two tries, and hears Ctrl-C while it does.

In an async env.py, asyncio keeps the first Ctrl-C as a cancellation until something awaits
(docs.python.org, library/asyncio-runner, "Handling Keyboard Interruption"); a wait of minutes that
never awaits would not notice it.
"""

from __future__ import annotations

import asyncio
import time

_SLICE = 0.1
"""Seconds; the longest that Ctrl-C goes unheard."""


def pause(seconds: float) -> None:
    """Wait.

    :raises KeyboardInterrupt: when the asyncio task that this runs in is being cancelled.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE))
        if _cancelled():
            raise KeyboardInterrupt


def _cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs here
        return False
    # Task.cancelling() is new in Python 3.11; so is the handler that holds Ctrl-C back.
    cancelling = getattr(task, "cancelling", None)
    return cancelling is not None and cancelling() > 0
