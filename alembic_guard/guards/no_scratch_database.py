r"""A trace or a rehearsal has no scratch database to run migrations on.

``guard-lint --trace`` and ``safe-upgrade --rehearse`` run them for real: on a copy of the file for
SQLite, else on a new database on the same server, which is dropped afterwards. It takes the right
to create one, and an engine that connects where it is told to.

Fix: grant the right, or name a server on which it is there with the setting ``dev_url`` (for a
rehearsal ``shadow_url`` or ``--shadow-url`` comes first). Without ``--trace`` migrations are
recorded, and no database is made.

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
    trace, rehearse = "alembic guard-lint  # without --trace", "alembic safe-upgrade --plan"
    said = ("rehearse", "--rehearse", f"{rehearse}  # without a scratch database")
    doing, option, instead = (
        said if event.rehearsal else ("trace", "--trace", f"{trace}, they are recorded")
    )
    yield Finding(
        "no-scratch-database",
        f"There is no database to {doing} migrations on: {event.reason}.",
        why=f"{option} runs them on a scratch database, and never on this one.",
        next=event.next or (instead,),
    )
