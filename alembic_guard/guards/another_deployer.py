"""Another deployer holds the lock, and did not let go in time.

Only one deployer works on a database at a time. Nothing was applied here.

Fix: wait for the other one and run the command again; ``--wait`` sets how long to wait.

Bad::

    # file: hold.py
    import time, filelock
    with filelock.FileLock("app.db.alembic-guard.lock"):
        print("held", flush=True)
        time.sleep(20)
    $ alembic revision -m "by hand" --rev-id 0002
    & python hold.py
    $ alembic safe-upgrade --wait 1s

Good::

    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade --wait 1s
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import AnotherDeployer

JUDGES = AnotherDeployer
NEVER_ALLOWED = True


def judge(busy: AnotherDeployer) -> Iterator[Finding]:
    """Say who, and for how long."""
    yield Finding(
        "another-deployer",
        f"Another deployer is at work on {busy.url}; waited {busy.waited:.0f} s for it.",
        why=f"Held by {busy.holder}." if busy.holder else "The database does not say who.",
        next=("alembic guard-log  # what it is doing", "alembic safe-upgrade --wait 10min"),
    )
