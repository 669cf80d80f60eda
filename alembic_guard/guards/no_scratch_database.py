r"""A trace has no scratch database to run migrations on.

``guard-lint --trace`` runs them for real: on a copy of the file for SQLite, else on a new database on
the same server, which is dropped afterwards. It takes the right to create one, and an engine that
connects where it is told to.

Fix: grant the right, or name a server on which it is there with the setting ``dev_url``. Without
``--trace`` migrations are recorded, and no database is made.

Bad::

    # edit: migrations/env.py: prefix="sqlalchemy.", -> prefix="sqlalchemy.", creator=mine,
    # edit: migrations/env.py: config = context.config -> import sqlite3\nmine = lambda: sqlite3.connect("app.db")\nconfig = context.config
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic guard-lint --trace

Good::

    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic guard-lint --trace
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.scratch import NoScratch

JUDGES = NoScratch
NEVER_ALLOWED = True


def judge(event: NoScratch) -> Iterator[Finding]:
    """Refuse, with what is missing."""
    yield Finding(
        "no-scratch-database",
        f"There is no database to trace migrations on: {event.reason}.",
        why="--trace runs them on a scratch database, and never on this one.",
        next=event.next or ("alembic guard-lint  # without --trace, they are recorded",),
    )
