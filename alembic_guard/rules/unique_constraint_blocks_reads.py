"""The index of a new unique constraint is built while nobody else can read or write its table.

``ADD CONSTRAINT … UNIQUE`` builds its index under ACCESS EXCLUSIVE, and fails at the end where rows
repeat (PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index; measured on 15).

Fix: look for rows that repeat, build the unique index concurrently, and let the constraint take it
over in the next revision, which reads nothing. A partitioned table can't take one over.

Bad::

    op.create_unique_constraint("orders_note_key", "orders", ["number", "note"])

Good::

    with op.get_context().autocommit_block():
        op.create_index(
            "orders_note_key",
            "orders",
            ["number", "note"],
            unique=True,
            postgresql_concurrently=True,
        )
    # next revision
    op.execute("ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE USING INDEX orders_note_key")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._constraint_code import key_in_steps
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless it takes over an index, or there is no row to put into one."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "unique" or constraint.using_index:
        return
    if run.is_new(key) or run.is_empty(key):
        return
    name = name_of(key, constraint)
    yield Harm(
        f"The unique constraint {name} makes every read and write of {key} wait until its index is "
        "built.",
        why="ADD CONSTRAINT holds ACCESS EXCLUSIVE while it builds the index, and fails at the end "
        "where rows repeat.",
        fix=key_in_steps(action, run, "unique-constraint-blocks-reads"),
        table=key,
    )
