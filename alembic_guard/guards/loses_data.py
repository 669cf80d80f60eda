r"""A downgrade takes data for good: rows of a table, values of a column.

A ``downgrade()`` that was generated drops what ``upgrade()`` made, and by now it may hold what
users have written since. An upgrade makes it again, without them. Rows, and values that are not
NULL, are counted in the database, exactly up to a million; empty tables and columns are no harm. What
cannot be counted counts as a loss. Where only a query of the migration decides which rows
are deleted or overwritten, it is a warning.

Fix: keep a copy with the command that the finding shows, or a backup, and say that the rest may go:
``--allow loses-data``.

Bad::

    # file: fill.py
    import sqlite3
    connection = sqlite3.connect("app.db")
    connection.execute("INSERT INTO users (name) VALUES ('a')")
    connection.commit()
    $ python fill.py
    $ alembic safe-downgrade base

Good::

    $ alembic safe-downgrade base
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.guards._downgrading import LosingDowngrade, Lost

JUDGES = LosingDowngrade
SEVERITY = "error; a warning where only a query of the migration decides what is lost"

_DOES = {
    "table": "drops the table {name}, which holds {held}",
    "column": "drops the column {name}, which holds {held}",
    "rows": "empties the table {name}, which holds {held}",
    "some rows": "deletes rows of {name}",
    "values": "overwrites values in {name}",
}
_UNCOUNTED = (
    "They could not be counted: they are locked, this role may not read them, or it took too long. "
)


def judge(downgrade: LosingDowngrade) -> Iterator[Finding]:
    """Refuse for each that holds something; warn of each that nobody can count."""
    for lost in downgrade.lost:
        yield _certain(lost, downgrade.target) if lost.loss.countable else _uncertain(lost)


def _certain(lost: Lost, target: str) -> Finding:
    again = (
        "An upgrade makes it again, without them" if lost.loss.what != "rows" else "They are gone"
    )
    copy = (f"{lost.copy}  # keeps a copy",) if lost.copy else ()
    return Finding(
        "loses-data",
        _message(lost),
        why=f"{_UNCOUNTED if lost.count is None else ''}{again}: only a copy brings them back.",
        next=(*copy, f"alembic safe-downgrade {target} --allow loses-data  # they may go"),
        revision=lost.revision.id,
        place=lost.place,
    )


def _uncertain(lost: Lost) -> Finding:
    return Finding(
        "loses-data",
        _message(lost),
        why="Which ones, only the migration's own query knows: they are not counted.",
        severity=Severity.WARNING,
        revision=lost.revision.id,
        place=lost.place,
    )


def _message(lost: Lost) -> str:
    does = _DOES[lost.loss.what].format(name=lost.loss.name, held=_held(lost))
    return f"Downgrading {lost.revision} {does}."


def _held(lost: Lost) -> str:
    noun = "value" if lost.loss.what == "column" else "row"
    if lost.count is None:
        return f"an unknown number of {noun}s"
    many = "" if lost.count == 1 else "s"
    return f"{'more than ' * lost.more}{lost.count:,} {noun}{many}"
