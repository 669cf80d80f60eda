"""Tables whose columns are in another order than in the models: worth knowing, and no change.

ADD COLUMN appends, so every table that grew differs from a new one in this, and no ALTER TABLE of
PostgreSQL or SQLite makes it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.compared import SUBJECT
from alembic_guard.autogenerate.unmanaged import url_of
from alembic_guard.runtime.comparing.comparison import Reordered

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Thing


def reordered_in(options: Mapping[str, Any]) -> Reordered | None:
    """What the last autogenerate of a migration context has seen of it.

    :param options: of that context.
    """
    subject: Subject | None = options.get(SUBJECT)
    if subject is None:
        return None
    tables = tuple(
        f"{table.schema}.{table.name}" if table.schema else table.name
        for table, live in sorted(_live_columns(subject).items())
        if _differs(subject, table, live)
    )
    return Reordered(url_of(subject), tables) if tables else None


def _live_columns(subject: Subject) -> dict[Thing, list[str]]:
    """The columns of each table, as the database has them in order."""
    found: dict[Thing, list[tuple[int, str]]] = {}
    for thing, fact in subject.comparison.live.items():
        if thing.kind == "column":
            columns = found.setdefault(thing.owner, [])
            columns.append((fact.notes.get("place", len(columns)), thing.name))
    return {table: [name for _, name in sorted(columns)] for table, columns in found.items()}


def _differs(subject: Subject, table: Thing, live: list[str]) -> bool:
    model = subject.sources.table(table)
    if model is None or not subject.filters.include(table):
        return False
    said = [subject.sources.kept(column.name) for column in model.columns]
    return said != live and sorted(said) == sorted(live)
