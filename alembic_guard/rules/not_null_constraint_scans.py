"""A NOT NULL constraint is checked with a scan of the whole table while nobody can read it.

PostgreSQL 18 knows ``ADD CONSTRAINT … NOT NULL column``. It holds ACCESS EXCLUSIVE until every row
was looked at, unless it says NOT VALID or a valid CHECK proves it (manual of 18, ALTER TABLE).

Fix: add it as NOT VALID, and validate it in the next revision, while reads and writes go on. Before
18 a CHECK does the same.

Bad::

    op.execute("ALTER TABLE orders ADD CONSTRAINT orders_note_not_null NOT NULL note")

Good::

    op.create_check_constraint(
        "orders_note_is_not_null", "orders", "note IS NOT NULL", postgresql_not_valid=True
    )
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_note_is_not_null")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.rules._adding import not_null, unused
from alembic_guard.rules._altering import is_proved
from alembic_guard.rules._code import execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddConstraint
GROWS = True
NATIVE = 18  # of PostgreSQL, which has the constraint and its NOT VALID


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found where it is valid and nobody knows that before."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "not null" or not constraint.valid or unused(run, key):
        return
    for column in constraint.columns:
        if is_proved(run, key, column):
            continue
        yield Harm(
            f"Making {key}.{column} NOT NULL reads all of {key} while nobody else can.",
            why="ADD CONSTRAINT … NOT NULL looks at every row under ACCESS EXCLUSIVE "
            "unless it is NOT VALID.",
            fix=_native(
                key, constraint.name or f"{key.rpartition('.')[2]}_{column}_not_null", column
            )
            if run.target.major >= NATIVE
            else not_null(key, column),
            table=key,
        )


def _native(key: str, name: str, column: str) -> tuple[str, ...]:
    table, own = quoted(key), quoted(name)
    return (
        execute(f"ALTER TABLE {table} ADD CONSTRAINT {own} NOT NULL {quoted(column)} NOT VALID"),
        execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {own}"),
    )
