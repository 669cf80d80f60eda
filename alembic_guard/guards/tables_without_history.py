r"""The tables are there, and no revision is recorded.

Something other than Alembic made them: most often ``Base.metadata.create_all()`` beside the
migrations. Autogenerate would then find nothing to write, and the first upgrade would fail with
"table already exists".

Fix: take ``create_all()`` out of the application; then tell Alembic which revision the database
already has (``alembic stamp``), or, where there is no revision yet, write the first one against an
empty database and stamp this one with it.

Bad::

    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DELETE FROM alembic_version'); c.commit()"
    $ alembic guard-revision -m "add email"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ python -c "import sqlite3; c = sqlite3.connect('app.db'); c.execute('DELETE FROM alembic_version'); c.commit()"
    $ alembic stamp 0001
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import LoadedMetadata

JUDGES = LoadedMetadata
_SHOWN = 5


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """Refuse where tables of the models exist and the version table holds nothing."""
    there = sorted(loaded.tables & loaded.live)
    if loaded.recorded or not there:
        return
    names = ", ".join(there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "")
    yield Finding(
        "tables-without-history",
        f"{loaded.url} has {len(there)} of the models' tables ({names}), "
        "and no revision is recorded.",
        why=f"Something other than Alembic made them, such as create_all(). {_match(loaded)}",
        next=_next(loaded),
    )


def _match(loaded: LoadedMetadata) -> str:
    if loaded.matching:
        return f"They are what the files make up to revision {loaded.matching}."
    if loaded.revisions:
        return "They match no revision of the files."
    return "There is no revision file yet."


def _next(loaded: LoadedMetadata) -> tuple[str, ...]:
    if loaded.matching:
        return (f"alembic stamp {loaded.matching}",)
    if loaded.revisions:
        return (
            "alembic history  # find the revision whose tables the database has",
            "alembic stamp REVISION",
        )
    return (
        "point the URL at an empty database and run: alembic guard-revision -m baseline",
        "then, on this database: alembic stamp head",
    )
