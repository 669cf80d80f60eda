"""The index of a new primary key is built while nobody else can read or write its table.

``ADD PRIMARY KEY`` builds its index under ACCESS EXCLUSIVE, and reads the table once more where a
column may be NULL (PostgreSQL manual, ALTER TABLE; measured on 15).

Fix: make its columns NOT NULL by way of a validated check, build the unique index concurrently, and
let the key take it over, which reads nothing. A partitioned table can't take one over.

Bad::

    op.create_primary_key("events_2026_pkey", "events_2026", ["id"])

Good::

    with op.get_context().autocommit_block():
        op.create_index(
            "events_2026_pkey", "events_2026", ["id"], unique=True, postgresql_concurrently=True
        )
    # next revision
    op.execute(
        "ALTER TABLE events_2026 ADD CONSTRAINT events_2026_pkey"
        " PRIMARY KEY USING INDEX events_2026_pkey"
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._constraint_code import key_in_steps
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless it takes over an index, or there is no row to put into one."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "primary key" or constraint.using_index:
        return
    if run.is_new(key) or run.is_empty(key):
        return
    yield Harm(
        f"A primary key makes every read and write of {key} wait until its index is built.",
        why="ADD PRIMARY KEY holds ACCESS EXCLUSIVE while it builds the index.",
        fix=key_in_steps(action, run, "primary-key-blocks-reads"),
        table=key,
    )
