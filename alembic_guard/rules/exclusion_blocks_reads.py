"""The index of a new exclusion constraint is built while nobody else can read or write its table.

``ADD CONSTRAINT … EXCLUDE`` builds its index under ACCESS EXCLUSIVE, and compares every row with the
others. It can be neither NOT VALID nor take over an index (PostgreSQL manual, ALTER TABLE; measured
on 15): there is no other way on a table in use.

Fix: add it while nobody needs the table, and say so; or make a new table that has it, and move the
rows there.

Bad::

    op.create_exclude_constraint(
        "orders_period_excl", "orders", ("period", "&&"), using="gist"
    )

Good::

    op.create_exclude_constraint(  # guard: allow(exclusion-blocks-reads) the shop is closed
        "orders_period_excl", "orders", ("period", "&&"), using="gist"
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._code import allowed
from alembic_guard.rules._constraint_code import said
from alembic_guard.rules._constraints import name_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless there is no row to put into its index."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "exclude" or run.is_new(key) or run.is_empty(key):
        return
    name = name_of(key, constraint)
    reason = f"{key} is not in use while this runs"
    yield Harm(
        f"The exclusion constraint {name} makes every read and write of {key} wait until its index "
        "is built.",
        why="ADD CONSTRAINT holds ACCESS EXCLUSIVE while it compares all rows, and there is no "
        "other way to add it.",
        fix=(allowed(said(action, run), "exclusion-blocks-reads", reason),),
        table=key,
    )
