r"""The tables are there, and no revision is recorded.

Something other than Alembic made them: most often ``Base.metadata.create_all()`` beside the
migrations. Autogenerate would then find nothing to write, and the first upgrade would fail with
"table already exists". Calls of ``create_all()`` in the project's code are named by file and line.

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

from collections.abc import Iterator, Sequence

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._subjects import LoadedMetadata, UnrecordedTables
from alembic_guard.runtime.create_all import CodeLine
from alembic_guard.runtime.history import relative

JUDGES = (LoadedMetadata, UnrecordedTables)
SEVERITY = "error; a warning for `create_all()` in the code alone"
_SHOWN = 5


def judge(subject: LoadedMetadata | UnrecordedTables) -> Iterator[Finding]:
    """Refuse where tables exist and the version table holds nothing; warn of ``create_all()``."""
    if isinstance(subject, UnrecordedTables):
        yield _in_the_way(subject)
        return
    there = sorted(subject.tables & subject.live)
    if subject.recorded or not there:
        yield from map(_beside, subject.create_all if subject.revisions else ())
    elif not subject.in_the_way:
        yield Finding(
            "tables-without-history",
            f"{subject.url} has {len(there)} of the models' tables ({_names(there)}), "
            "and no revision is recorded.",
            why=f"{_maker(subject.create_all)} {_match(subject)}",
            next=_next(subject),
        )


def _in_the_way(found: UnrecordedTables) -> Finding:
    match = (
        f"Their columns are those of revision {found.matching}."
        if found.matching
        else "They match no revision of the files."
    )
    stamp = found.matching or "REVISION"
    history = ("alembic history  # find the revision whose tables the database has",)
    return Finding(
        "tables-without-history",
        f"{found.url} has {_names(found.tables)} already, and no revision is recorded in "
        f"{found.version_table}.",
        why=f"Revision {found.revision} would fail, for it creates {found.tables[0]}. "
        f"{_maker(found.create_all)} {match}",
        next=(*(() if found.matching else history), f"alembic stamp {stamp}"),
        revision=found.revision.id,
        place=Place(found.revision.path),
    )


def _beside(call: CodeLine) -> Finding:
    place = Place(relative(call.path), call.line)
    return Finding(
        "tables-without-history",
        f"{place} calls create_all(), beside the revisions.",
        why="A table that it makes first has no revision on record, and the one that creates it "
        "would fail.",
        next=(f"take it out of {place.path}; alembic safe-upgrade makes the tables",),
        severity=Severity.WARNING,
        place=place,
    )


def _names(tables: Sequence[str]) -> str:
    return ", ".join(tables[:_SHOWN]) + (" …" if len(tables) > _SHOWN else "")


def _maker(calls: tuple[CodeLine, ...]) -> str:
    if not calls:
        return "Something other than Alembic made them, such as create_all()."
    places = ", ".join(f"{relative(call.path)}:{call.line}" for call in calls[:_SHOWN])
    return f"Something other than Alembic made them; create_all() is called at {places}."


def _match(loaded: LoadedMetadata) -> str:
    if loaded.matching:
        return f"Their columns are those of revision {loaded.matching}."
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
