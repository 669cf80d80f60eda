"""A new column with a volatile default rewrites the whole table while nobody can read it.

A constant is stored once, and so is ``now()``, which is one value for the whole statement. A
volatile default (``gen_random_uuid()``, ``clock_timestamp()``, ``random()``, ``nextval()``, a
function of your own) is another value in each row: PostgreSQL writes the table and all its indexes
anew under ACCESS EXCLUSIVE (manual, ALTER TABLE, Notes; measured on 15). With a database at hand
the function's own volatility is asked.

Fix: add the column without a default, set the default for the rows to come, which touches none,
and fill those of before in batches.

Bad::

    op.add_column(
        "orders", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"))
    )

Good::

    op.add_column("orders", sa.Column("token", sa.Uuid()))
    op.alter_column("orders", "token", server_default=sa.text("gen_random_uuid()"))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.volatility import volatility
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added, is_counted, is_rewritten, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where the default is not known to be one value for all rows."""
    key, column = action.table, action.column
    if unused(run, key) or not has_default(column) or is_counted(column):
        return
    is_key = any(each.kind == "primary key" for each in column.constraints)
    if is_key or not is_rewritten(action, run):
        return
    default = column.default or ""
    is_known = volatility(default, run.target.functions) == "volatile"
    yield Harm(
        f"Adding {key}.{column.name} rewrites all of {key} if {default} is volatile."
        if not is_known
        else f"Adding {key}.{column.name} rewrites all of {key}: {default} is volatile.",
        why="Nobody reads or writes it until each row has a value and every index is built anew, "
        "under ACCESS EXCLUSIVE.",
        fix=added(action, run),
        table=key,
        severity=None if is_known else Severity.WARNING,
    )
