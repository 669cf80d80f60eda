"""A timestamp without time zone does not say which moment it is.

It keeps what a clock somewhere showed: twice a year an hour of it happens twice, and servers in two
zones write different values for one moment. ``timestamptz`` keeps the moment, in as many bytes
(PostgreSQL manual 8.5.1; PostgreSQL wiki, "Don't Do This").

Fix: ``sa.DateTime(timezone=True)``.

Bad::

    op.add_column("orders", sa.Column("paid_at", sa.DateTime()))

Good::

    op.add_column("orders", sa.Column("paid_at", sa.DateTime(timezone=True)))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.finding import Severity
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules._typed import TYPED, typed, with_type
from alembic_guard.sql_types import SqlType

DATABASES = ("postgresql",)
JUDGES = TYPED
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found for every column that gets the type."""
    key = getattr(action, "table", "")
    for column, type_ in typed(action):
        if type_.name == "timestamp":
            yield Harm(
                f"{key}.{column.name} is a timestamp without time zone, which does not say what moment it is.",
                why="timestamptz takes as many bytes.",
                fix=(with_type(action, column, SqlType("timestamptz", type_.arguments)),),
            )
