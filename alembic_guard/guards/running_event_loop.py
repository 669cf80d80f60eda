"""A program called Alembic from its event loop, and env.py starts one itself.

The env.py of the ``async`` template calls ``asyncio.run()``, which Python refuses where an event
loop runs already. The same call in a thread has no loop yet.

Fix: ``await asyncio.to_thread(alembic_guard.safe_upgrade, config)``; the loop of the program goes on
meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the line that starts the second one."""
    if failed.kind != "running-event-loop":
        return
    path, line = failed.frame
    yield Finding(
        "running-event-loop",
        f"{relative(path)} starts an event loop, and was run inside of one.",
        why="asyncio.run() cannot be called from a running event loop; in a thread there is none.",
        next=("await asyncio.to_thread(alembic_guard.safe_upgrade, config)",),
        place=Place(relative(path), line or None),
    )
