"""The connection that held the deployer lock went away in the middle of an upgrade.

Without it another deployer may have begun. The upgrade stops before the next revision; what it
applied stays.

Fix: find out who closes idle connections (a firewall, a pooler, a server restart), and run the
command again.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import DeployerLockLost

JUDGES = DeployerLockLost
NEVER_ALLOWED = True


def judge(lost: DeployerLockLost) -> Iterator[Finding]:
    """Say before which revision it was noticed."""
    yield Finding(
        "deployer-lock-lost",
        f"The deployer lock was lost before revision {lost.revision}.",
        why="The connection that held it was closed; another deployer may have begun meanwhile.",
        next=("alembic guard-log", "alembic safe-upgrade"),
        revision=lost.revision.id if lost.revision else None,
    )
