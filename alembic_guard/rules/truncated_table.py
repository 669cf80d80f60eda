"""A table is emptied while nobody can read it.

``TRUNCATE`` takes an ACCESS EXCLUSIVE lock, so that every query on the table waits until the
transaction ends, and the rows are gone for good. With ``CASCADE`` so are those of every table whose
foreign keys refer to it, and of those that refer to these (PostgreSQL manual, TRUNCATE; measured on
15). MariaDB and MySQL drop the table and make it anew, and commit at once.

Fix: if its rows are to go, delete them in batches, each a transaction of its own; the tables that
refer to it first, by name.

Bad::

    op.execute("TRUNCATE TABLE shops")

Good::

    batch = sa.text("DELETE FROM shops WHERE name = 'closed'")
    op.execute(batch)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import Truncate
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._dropping import deleted, rows_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = Truncate
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: Truncate, run: Run) -> Iterator[Harm]:
    """Found unless it is new or has no rows, nor has any that CASCADE empties with it."""
    key = action.table
    others = _referring(run, key) if action.cascade else []
    unused = run.is_new(key) or run.is_empty(key)
    if unused and not others:
        return
    message = f"Truncating {key} loses {rows_of(run, key)}."
    if others:
        message = f"Truncating {key} with CASCADE empties {', '.join(others)} too."
    elif action.cascade and run.table(key) is None:
        message = f"Truncating {key} with CASCADE empties every table that refers to it too."
    yield Harm(
        message,
        why="The server drops the table and makes it anew, and commits at once: nothing brings the "
        "rows back."
        if run.target.is_mysql
        else "TRUNCATE takes an ACCESS EXCLUSIVE lock: nobody reads or writes what it empties until "
        "the transaction ends.",
        fix=tuple(deleted(run, each) for each in [*reversed(others), key]),
    )


def _referring(run: Run, key: str) -> list[str]:
    """The tables that CASCADE empties too: those that refer to it, then those that refer to them."""
    found: list[str] = []
    waiting = [key]
    while waiting:
        table = run.table(waiting.pop(0))
        for each in table.referenced_by if table is not None else ():
            if each not in (key, *found):
                found.append(each)
                waiting.append(each)
    return [each for each in found if not (run.is_new(each) or run.is_empty(each))]
