"""A change of type that costs nothing is made together with NOT NULL, which reads the whole table.

``op.alter_column(type_=…, nullable=False)`` is two statements: the first takes ACCESS EXCLUSIVE,
the second reads all of the table under that lock (measured on 15). Where the first rewrites the
table, type-change-rewrites speaks of both.

Fix: change the type by itself; then let a CHECK prove that there is no NULL, validated while reads
and writes go on.

Bad::

    op.alter_column(
        "orders", "number", existing_type=sa.String(20), type_=sa.String(40), nullable=False
    )

Good::

    op.alter_column("orders", "number", existing_type=sa.String(20), type_=sa.String(40))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import OnColumn, SetNotNull, SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import not_null, unused
from alembic_guard.rules._altering import (
    cost,
    is_proved,
    later_together,
    set_type_code,
    views_of,
)
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = SetType
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: SetType, run: Run) -> Iterator[Harm]:
    """Found where NOT NULL comes later in the transaction; a rewrite is said by another rule."""
    key, column = action.table, action.column
    if not any(is_same(each, action) for each in later_together(run, SetNotNull)):
        return
    if unused(run, key) or views_of(action, run) or is_proved(run, key, column):
        return
    if cost(action, run).rewrites:
        return
    yield Harm(
        f"Making {key}.{column} NOT NULL reads {key} under the lock of its change of type.",
        why=f"The same transaction changes its type to {action.type}: its ACCESS EXCLUSIVE lock "
        "is held until every row has been looked at.",
        fix=(set_type_code(action), *not_null(key, column)),
        table=key,
    )


def is_same(one: OnColumn, other: OnColumn) -> bool:
    """Whether two actions are about the same column."""
    return (one.table, one.column) == (other.table, other.column)
