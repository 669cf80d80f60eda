"""A primary key on an index that may hold NULLs reads the whole table while nobody else can.

``ADD PRIMARY KEY USING INDEX`` makes its columns NOT NULL, and reads every row for it under ACCESS
EXCLUSIVE, unless a valid ``CHECK (… IS NOT NULL)`` says that there is none (PostgreSQL manual,
ALTER TABLE, ADD table_constraint_using_index; measured on 15).

Fix: make the columns NOT NULL first, by way of a check that is validated while reads and writes go
on.

Bad::

    op.execute(
        "ALTER TABLE events_2026 ADD CONSTRAINT events_2026_pkey"
        " PRIMARY KEY USING INDEX uq_events_2026_id_kind"
    )

Good::

    op.create_check_constraint(
        "events_2026_kind_is_not_null",
        "events_2026",
        "kind IS NOT NULL",
        postgresql_not_valid=True,
    )
    # next revision
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_kind_is_not_null")
    # next revision
    op.execute(
        "ALTER TABLE events_2026 ADD CONSTRAINT events_2026_pkey"
        " PRIMARY KEY USING INDEX uq_events_2026_id_kind"
    )
    op.drop_constraint("events_2026_kind_is_not_null", "events_2026", type_="check")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._constraint_code import made_not_null, said
from alembic_guard.rules._constraints import nullable
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
SEVERITY = Severity.WARNING
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found where it is known that a column may be NULL."""
    key, constraint, table = action.table, action.constraint, run.table(action.table)
    if constraint.kind != "primary key" or not constraint.using_index or table is None:
        return
    index = table.indexes.get(constraint.using_index)
    if index is None or run.is_new(key) or run.is_empty(key):
        return
    columns = nullable(key, index.columns, run)
    if not columns or key not in run.effect(action).scans:
        return
    yield Harm(
        f"The primary key on {constraint.using_index} makes every read and write of {key} wait: "
        f"{', '.join(columns)} may be NULL.",
        why="ADD PRIMARY KEY USING INDEX holds ACCESS EXCLUSIVE while it reads every row for NULLs.",
        fix=(*made_not_null(key, columns, run), said(action, run)),
        table=key,
    )
