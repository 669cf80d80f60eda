r"""Tables of the database have the columns of the models, in another order.

``ALTER TABLE … ADD COLUMN`` appends, so a table that grew by migrations has its columns in another
order than the one that ``create_all()`` would make, and than a database that was made later. That
matters only to what names no columns: ``SELECT *``, ``INSERT`` and ``COPY`` without a list, a dump
of rows that is read into another database. No migration is written for it, and nothing is refused;
``guard-check --verbose`` names the tables of each PostgreSQL and SQLite at head.

Fix: name the columns where rows are read and written. If the order has to be the same, put the new
columns at the end of the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.comparing.comparison import Reordered

JUDGES = Reordered
SEVERITY = "note"

_SHOWN = 5
"""Tables that are named."""


def judge(reordered: Reordered) -> Iterator[Finding]:
    """Name the first of them, in one line."""
    tables = reordered.tables
    more = f" and {len(tables) - _SHOWN} more" if len(tables) > _SHOWN else ""
    one = len(tables) == 1
    yield Finding(
        "columns-in-another-order",
        f"{'1 table' if one else f'{len(tables)} tables'} of {reordered.url} "
        f"{'has its' if one else 'have their'} columns in another order than the models: "
        f"{', '.join(tables[:_SHOWN])}{more}.",
        severity=Severity.NOTE,
    )
