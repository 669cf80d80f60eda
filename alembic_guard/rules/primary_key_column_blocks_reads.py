"""A new column that is the primary key fills every row and builds its index while nobody can read.

``ADD COLUMN … PRIMARY KEY`` needs a value of its own in each row, so that PostgreSQL rewrites the
table, and builds the index of the key, under ACCESS EXCLUSIVE (measured on 15). Without a default
that differs by row it fails as soon as there are two rows.

Fix: add the column as a plain one and fill it in batches; build a unique index concurrently; prove
by a CHECK that no row is NULL; and make the index the key.

Bad::

    op.execute("ALTER TABLE events_2026 ADD COLUMN key bigserial PRIMARY KEY")

Good::

    op.add_column("events_2026", sa.Column("key", sa.BigInteger()))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import added, is_counted, is_rewritten, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found for a key that is written behind its column."""
    key, column = action.table, action.column
    if unused(run, key) or not any(each.kind == "primary key" for each in column.constraints):
        return
    rewritten = is_rewritten(action, run)
    fix = added(action if rewritten else _filled(action), run)
    if rewritten:
        yield Harm(
            f"Adding {key}.{column.name} as the primary key rewrites all of {key}.",
            why="Nobody reads or writes it until each row has its value and every index is built "
            "anew, under ACCESS EXCLUSIVE.",
            fix=fix,
            table=key,
        )
        return
    rows = "two rows" if has_default(column) else "rows"
    yield Harm(
        f"Adding {key}.{column.name} as the primary key fails if {key} has {rows}.",
        why="A key needs another value in each row, and nothing gives it to those of before.",
        fix=fix,
    )


def _filled(action: AddColumn) -> AddColumn:
    """The same with a value of its own for each row, where its type has one: a number, a UUID."""
    column = action.column
    if is_counted(column):
        return action
    name = column.type.name if column.type else ""
    if name in ("smallint", "integer", "bigint"):
        return replace(action, column=replace(column, identity=True, default=None))
    if name == "uuid":
        return replace(action, column=replace(column, default="gen_random_uuid()"))
    return action
