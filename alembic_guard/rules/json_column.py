"""A column of type json has no equality, so that queries that compare whole rows fail.

``SELECT DISTINCT``, ``GROUP BY``, ``UNION`` and ``ORDER BY`` over such a row end in "could not
identify an equality operator for type json": also those that are there already, as soon as a model
with the new column is read by them (PostgreSQL manual, "JSON Types"). ``sa.JSON()`` is json.

Fix: jsonb, which has equality and indexes, and is what the manual recommends.

Bad::

    op.add_column("orders", sa.Column("details", sa.JSON()))

Good::

    op.add_column("orders", sa.Column("details", sa.dialects.postgresql.JSONB()))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, SetType
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added
from alembic_guard.rules._altering import retyped
from alembic_guard.rules._code import quoted_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (AddColumn, SetType)
SEVERITY = Severity.WARNING


def judge(action: AddColumn | SetType, run: Run) -> Iterator[Harm]:
    """Found on tables that queries read already."""
    type_ = action.column.type if isinstance(action, AddColumn) else action.type
    if run.is_new(action.table) or type_ is None or type_.name != "json" or type_.array:
        return
    jsonb = replace(type_, name="jsonb")
    if isinstance(action, AddColumn):
        name = action.column.name
        column = replace(action.column, type=jsonb)
        fix = added(replace(action, column=column), run)
    else:
        name = action.column
        using = f"{quoted_name(name)}::jsonb"
        fix = retyped(run, replace(action, type=jsonb, using=using))
    yield Harm(
        f"{action.table}.{name} as json makes DISTINCT, GROUP BY and UNION over {action.table} "
        "fail.",
        why="The type json has no equality; jsonb has.",
        fix=fix,
    )
