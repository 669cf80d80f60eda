r"""What was written could not be tried: nobody has seen that it does what it should.

``guard-revision`` runs a draft on a scratch database: upgrade, compare, downgrade, and upgrade
again. That takes the right to create a database on the server (SQLite: a copy of the file), and a
migration that can run there. Where it can't, the draft was judged by every other guard, and is
written.

Fix: grant the right, or name with the setting ``dev_url`` a database on whose server it is there.
``--no-prove``, or the setting ``prove = false``, tries nothing and says nothing.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    # edit: migrations/env.py: prefix="sqlalchemy.", -> prefix="sqlalchemy.", creator=mine,
    # edit: migrations/env.py: config = context.config -> import sqlite3\nmine = lambda: sqlite3.connect("app.db")\nconfig = context.config
    $ alembic guard-revision -m "add email" --prove

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --prove
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.proof import NotProved

JUDGES = NotProved
SEVERITY = "note"


def judge(unproved: NotProved) -> Iterator[Finding]:
    """Say why, and what would help."""
    yield Finding(
        "not-proved",
        f"The migration was not proved for {unproved.url}: {unproved.reason}.",
        why="It is proved by running it on a scratch database, and never on this one.",
        next=unproved.next,
        severity=Severity.NOTE,
    )
