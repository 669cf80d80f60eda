r"""A revision's identifier is longer than the column that is to hold it.

Alembic writes the identifier into ``alembic_version`` when the migration is done. Where it does not
fit, the migration fails at its very end, and on a database that commits each statement, such as
MariaDB, its changes stay. SQLite takes any length, so there it is a warning.

Fix: give the revision a shorter identifier, or widen the column.

Bad::

    $ alembic revision -m "by hand" --rev-id 2026_01_01_add_the_number_of_the_invoice
    $ alembic safe-upgrade

Good::

    $ alembic revision -m "by hand" --rev-id 2026_01_01_invoice_number
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.version_column import VersionColumn

JUDGES = VersionColumn
SEVERITY = "error; a warning on SQLite, which limits nothing"


def judge(column: VersionColumn) -> Iterator[Finding]:
    """Refuse each that does not fit; warn where the database would take it nevertheless."""
    for revision in column.pending:
        if column.width is not None and len(revision.id) > column.width:
            yield _too_long(revision, column, column.width)


def _too_long(revision: Revision, column: VersionColumn, width: int) -> Finding:
    above = "" if column.exists else "  # before the first upgrade"
    widen = (f"{column.widen};{above}",) if column.enforced else ()
    return Finding(
        "long-revision-id",
        f"The identifier {revision.id} has {len(revision.id)} characters, and "
        f"{column.table}.version_num {'takes' if column.exists else 'will take'} {width}.",
        why=f"The migration would run, and fail when it is recorded in {column.url}."
        if column.enforced
        else "SQLite takes it; most other databases fail at the end of the migration.",
        next=(f'in {revision.path}: revision = "{revision.id[:width]}"', *widen),
        severity=Severity.ERROR if column.enforced else Severity.WARNING,
        revision=revision.id,
        place=Place(revision.path),
    )
