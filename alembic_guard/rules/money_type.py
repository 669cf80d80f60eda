"""A column of the type money keeps no currency, and rounds to what a setting of the server says.

What it reads and shows depends on ``lc_monetary``, and so do its fractions (PostgreSQL manual 8.2;
PostgreSQL wiki, "Don't Do This").

Fix: ``sa.Numeric(…)``, with the currency in a column of its own.

Bad::

    op.add_column("orders", sa.Column("fee", sa.dialects.postgresql.MONEY()))

Good::

    op.add_column("orders", sa.Column("fee", sa.Numeric(12, 2)))
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
        if type_.name == "money":
            yield Harm(
                f"{key}.{column.name} is of the type money, whose values depend on lc_monetary.",
                why="numeric keeps what was written, whatever the server is set to.",
                fix=(with_type(action, column, SqlType("numeric", ("12", "2"))),),
            )
