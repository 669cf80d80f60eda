r"""A pooler between here and PostgreSQL hands out its connections by the transaction.

PgBouncer with ``pool_mode = transaction``, and its like, give each transaction another session of
the server. What env.py sets for its session, a search path or a role, is gone in the next
transaction, or stays behind for somebody else; so does what a migration sets in an autocommit
block. Prepared statements of the driver may not be there any more.

``safe-upgrade`` itself works behind one: its lock and its limits live in transactions, and its
connections prepare nothing. So it is a warning, said only where it was seen: one connection met
several sessions, or two met the same one. A pooler in session mode is no harm, and one that others
keep busy may not show itself. It is an error where the pooler made something impossible: a prepared
statement that is not there, no connection left for a second one, a session setting that an
autocommit block needs.

Fix: let migrations connect to the server itself, past the pooler, with the setting
``migration_url``; host and port are enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.live import LiveConnection
from alembic_guard.runtime.stopped import PooledConnection

JUDGES = (LiveConnection, EnvironmentFailed, PooledConnection)
SEVERITY = "warning; an error where something was impossible"
NEVER_ALLOWED = (EnvironmentFailed, PooledConnection)
NEVER_ALLOWED_WHERE = "where something was impossible"


def judge(subject: LiveConnection | EnvironmentFailed | PooledConnection) -> Iterator[Finding]:
    """Warn, with what was seen; refuse, with what was impossible."""
    if isinstance(subject, LiveConnection):
        if subject.pooled:
            yield _seen(subject)
    elif isinstance(subject, PooledConnection):
        where = f"Revision {subject.revision} cannot" if subject.revision else "Migrations cannot"
        yield Finding(
            "pooled-connection",
            f"{where} run behind the pooler at {subject.url}.",
            why=subject.impossible,
            next=(_past("HOST:PORT"),),
        )
    elif subject.kind == "pooled-connection":
        yield Finding(
            "pooled-connection",
            "env.py connects through a pooler that does not keep what it was told.",
            why=f"The server says: {str(getattr(subject.error, 'orig', subject.error)).strip()}",
            next=(_past("HOST:PORT"),),
        )


def _seen(live: LiveConnection) -> Finding:
    several = len(live.pooled) > 1
    seen = ", ".join(map(str, live.pooled))
    return Finding(
        "pooled-connection",
        f"{live.url} is a pooler that hands out its connections by the transaction.",
        why=f"{'One connection' if several else 'Two connections'} met the "
        f"{'server processes' if several else 'same server process'} {seen}. What env.py or an "
        "autocommit block sets for its session does not last, and may reach others.",
        next=(_past(live.behind or "HOST:PORT"),),
        severity=Severity.WARNING,
    )


def _past(server: str) -> str:
    return f"alembic safe-upgrade --migration-url postgresql://{server}  # past the pooler"
