"""A part of a migration could not be recorded, so that nobody judged it.

A migration is judged by running it against a connection that executes nothing. What depends on
rows that are not there, on another server, on a subprocess, or on what an earlier pending revision
would have made, may not come to its end that way. It is then read statement by statement, which
finds what is written plainly, and misses what was computed.

Fix: ``alembic guard-lint --trace`` runs it on a scratch database instead, and misses nothing.

Bad::

    # file: migrations/versions/0002_copy.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        name = op.get_bind().exec_driver_sql("SELECT name FROM users").one().name
        op.execute(f"UPDATE users SET name = '{name}' WHERE id = 2")
    $ alembic guard-lint

Good::

    # file: migrations/versions/0002_copy.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        op.execute("UPDATE users SET name = 'a' WHERE id = 2")
    $ alembic guard-lint
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.recording import Gap

JUDGES = Gap
SEVERITY = "warning"


def judge(gap: Gap) -> Iterator[Finding]:
    """Say what is not judged, and why."""
    done = "traced" if gap.traced else "recorded"
    trace = "alembic guard-lint --trace  # runs it on a scratch database"
    yield Finding(
        "not-recorded",
        f"Not all of {gap.revision} could be {done}: {gap.reason}.",
        why=f"{gap.what[:1].upper()}{gap.what[1:]}.",
        next=() if gap.traced else (trace,),
        severity=Severity.WARNING,
        revision=gap.revision,
        place=gap.place,
    )
