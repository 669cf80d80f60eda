"""A new column that is UNIQUE builds its index while nobody can read the table.

``ADD COLUMN … UNIQUE`` builds the index under the ACCESS EXCLUSIVE of ALTER TABLE and reads all rows
for it, also where each of them is NULL (measured on 15). ``sa.Column(unique=True)`` in
``op.add_column()`` is two statements, of which ``unique-constraint-blocks-reads`` tells.

Fix: add the column, build a unique index concurrently, and make that the constraint.

Bad::

    op.execute("ALTER TABLE orders ADD COLUMN code varchar(20) UNIQUE")

Good::

    op.add_column("orders", sa.Column("code", sa.String(20)))
    # next revision
    with op.get_context().autocommit_block():
        op.create_index(
            "orders_code_key", "orders", ["code"], unique=True, postgresql_concurrently=True
        )
    # next revision
    op.execute("ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import added, is_rewritten, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found unless the column rewrites the table, which other rules tell of."""
    key, column = action.table, action.column
    if unused(run, key) or not any(each.kind == "unique" for each in column.constraints):
        return
    if is_rewritten(action, run):
        return
    yield Harm(
        f"Adding {key}.{column.name} with UNIQUE makes every read of {key} wait for its index.",
        why="ALTER TABLE holds ACCESS EXCLUSIVE while it reads the whole table to build the index.",
        fix=added(action, run),
        table=key,
    )
