"""An index has the same column twice.

The second one narrows no search; it only makes the index larger. Mostly another column was meant.
``op.create_index()`` refuses it; SQL does not.

Fix: name each column once.

Bad::

    op.execute("CREATE INDEX ix_orders_twice ON orders (user_id, user_id)")

Good::

    op.create_index("ix_orders_twice", "orders", ["user_id", "shop_id"])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._code import built
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._run import Run

# MariaDB and MySQL refuse it.
DATABASES = ("postgresql", "sqlite")
JUDGES = CreateIndex
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found in every index."""
    columns = action.index.columns
    once = tuple(dict.fromkeys(columns))
    if len(once) == len(columns):
        return
    twice = next(each for each in once if columns.count(each) > 1)
    index, table = replace(action.index, columns=once), action.table
    yield Harm(
        f"{twice} is twice in {called(action.index)} of {table}.",
        why="The second one narrows no search. Was another column meant?",
        fix=(built(table, index, run.target.kind, new=run.is_new(table)),),
    )
