r"""A pooler between here and PostgreSQL hands out its connections by the transaction.

PgBouncer with ``pool_mode = transaction``, and its like, give each transaction another session of
the server. What env.py sets for its session, a search path or a role, is gone in the next
transaction, or stays behind for somebody else; so does what a migration sets in an autocommit
block. Prepared statements of the driver may not be there any more.

It is said only where it was seen: one connection met several sessions, or two met the same one. A
pooler in session mode is no harm, and one that others keep busy may not show itself.

Fix: let migrations connect to the server itself, past the pooler.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.live import LiveConnection

JUDGES = LiveConnection
SEVERITY = "warning"


def judge(live: LiveConnection) -> Iterator[Finding]:
    """Warn, with what was seen."""
    if live.pooled:
        several = len(live.pooled) > 1
        seen = ", ".join(map(str, live.pooled))
        yield Finding(
            "pooled-connection",
            f"{live.url} is a pooler that hands out its connections by the transaction.",
            why=f"{'One connection' if several else 'Two connections'} met the "
            f"{'server processes' if several else 'same server process'} {seen}. What env.py or an "
            "autocommit block sets for its session does not last, and may reach others.",
            next=("in the URL, for migrations: host and port of the server itself",),
            severity=Severity.WARNING,
        )
