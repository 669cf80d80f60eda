"""Rows that running instances insert get another default before the code knows of it.

Nothing fails: rows that are there keep the value that they have. An instance whose model has a
``server_default`` leaves the column out and gets the new one at once, with the code of the last
release; one whose model has a ``default`` of its own in Python goes on writing that. For a while
there are rows of both kinds. It is opt-in, for that is mostly what was wanted.

Fix: have the code write the value that it means until every instance is of the new release.

Bad::

    op.alter_column("orders", "status", server_default="open")

Good::

    # guard: allow(changed-default) an order may be new or open while this release goes out
    op.alter_column("orders", "status", server_default="open")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetDefault
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import set_default, unused
from alembic_guard.rules._altering import was_added
from alembic_guard.rules._code import allowed
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = SetDefault
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: SetDefault, run: Run) -> Iterator[Harm]:
    """Found where there was another default, or where that is not known."""
    key, name = action.table, action.column
    table = run.table(key)
    column = table.columns.get(name) if table else None
    if column is not None and (not has_default(column) or column.default == action.default):
        return
    if unused(run, key) or was_added(run, key, name):
        return
    line = set_default(key, name, action.default)
    yield Harm(
        f"Running instances that leave {key}.{name} out get {action.default} from then on.",
        why="Rows that are there keep the value that they have, and models with a default of their "
        "own in Python go on writing that.",
        fix=(allowed(line, "changed-default", "running instances may write either value"),),
    )
