"""What scratch databases are called, and which of them somebody has left.

A name says when it was made, because no server tells the age of a database, and one that is about
to be used has no sessions yet: whoever drops what looks forgotten takes it from a run beside.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from uuid import uuid4

__all__ = ["PREFIX", "abandoned", "new_name"]

PREFIX = "alembic_guard_scratch_"
"""Of the name of every scratch database."""

_GRACE = 600
"""Seconds for which one without a session may still be somebody's; clocks may differ by that."""


def new_name() -> str:
    """A name that no other run has: the prefix, when in seconds of Unix time, and chance."""
    return f"{PREFIX}{int(time.time()):08x}{uuid4().hex[:8]}"


def abandoned(unused: Iterable[str]) -> list[str]:
    """Those that a process that was killed has left, in order.

    :param unused: names of databases that no session uses.
    """
    latest = time.time() - _GRACE
    return sorted(each for each in unused if _made_at(each) < latest)


def _made_at(name: str) -> float:
    """When a database was made, by its name; long ago where that does not say it."""
    try:
        return int(name.removeprefix(PREFIX)[:8], 16)
    except ValueError:
        return 0
