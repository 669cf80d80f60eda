"""A column of the type char(n) is filled up with blanks.

They are stored, take part in patterns and vanish in comparisons; a shorter type is no faster
(PostgreSQL manual 8.3: "in most situations text or character varying should be used instead").

Fix: ``sa.Text()``, with a CHECK where the length matters.

Bad::

    op.add_column("orders", sa.Column("country", sa.CHAR(2)))

Good::

    op.add_column("orders", sa.Column("country", sa.Text()))
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
        if type_.name == "char":
            yield Harm(
                f"{key}.{column.name} is filled up with blanks: its type is {type_}.",
                why="PostgreSQL stores the blanks, and char(n) is no faster than text.",
                fix=(with_type(action, column, SqlType("text")),),
            )
