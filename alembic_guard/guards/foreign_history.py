"""The version table belongs to another project.

The database recorded a revision that no file here defines and that git knows nothing of, and it has
none of the tables of the models: it is another project's database, or one that two projects share,
each of them writing its own revisions into the same table.

Fix: point the URL at this project's own database; or, to share one on purpose, give this project a
version table of its own with ``version_table`` in ``context.configure()``.

Bad::

    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DROP TABLE users'); c.execute('CREATE TABLE invoices (id INTEGER)'); c.execute('UPDATE alembic_version SET version_num = 7'); c.commit()"
    $ alembic safe-upgrade

Good::

    # edit: migrations/env.py: connection=connection, -> connection=connection, version_table="alembic_version_shop",
    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DROP TABLE users'); c.execute('CREATE TABLE invoices (id INTEGER)'); c.execute('UPDATE alembic_version SET version_num = 7'); c.commit()"
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.history import shown
from alembic_guard.runtime.missing import UnknownRevision

JUDGES = UnknownRevision
NEVER_ALLOWED = True
_SHOWN = 5


def judge(unknown: UnknownRevision) -> Iterator[Finding]:
    """Refuse, and name the database, the table, and what is in it instead."""
    lost = unknown.lost
    if lost is None or lost.recorder is None or not lost.foreign:
        return
    recorder, known = lost.recorder, "file or commit" if lost.search.answered else "file"
    tables = sorted(recorder.live)
    names = ", ".join(tables[:_SHOWN]) + (" …" if len(tables) > _SHOWN else "")
    yield Finding(
        "foreign-history",
        f"{recorder.url} belongs to another project: {recorder.version_table} is at "
        f"{shown(lost.revisions)}, of which no {known} here knows.",
        why=f"It has none of the models' tables; it has {names}.",
        next=(
            "point the URL at this project's own database",
            "or, to share this one, in env.py: context.configure(…, "
            f'version_table="{recorder.version_table.rpartition(".")[2]}_PROJECT")',
        ),
        revision=lost.revisions[0],
    )
