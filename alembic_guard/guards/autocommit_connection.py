r"""The connection is in autocommit, so no migration is atomic.

Each statement is committed by itself. A migration that fails half-way leaves its first half behind,
with the revision not recorded: running it again stumbles over what is there already.

Fix: take ``isolation_level="AUTOCOMMIT"`` out of the engine in env.py. What has to run outside of a
transaction, such as ``CREATE INDEX CONCURRENTLY``, goes into ``op.get_context().autocommit_block()``
in its migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.live import LiveConnection

JUDGES = LiveConnection
SEVERITY = "warning"


def judge(live: LiveConnection) -> Iterator[Finding]:
    """Warn."""
    if live.autocommit:
        yield Finding(
            "autocommit-connection",
            f"The connection to {live.url} is in AUTOCOMMIT, so no migration is atomic.",
            why="Each statement is committed by itself: of a migration that fails, what ran before "
            "stays, and the revision is not recorded.",
            next=(
                'in env.py or its configuration: take out isolation_level="AUTOCOMMIT"',
                "in a migration that needs it: with op.get_context().autocommit_block():",
            ),
            severity=Severity.WARNING,
        )
