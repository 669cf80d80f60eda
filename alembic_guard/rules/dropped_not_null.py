"""Code that reads a column which was never NULL meets NULL there.

``DROP NOT NULL`` costs nothing and fails nowhere; what fails is a reader, later, at the first row
without a value: ``None + 1``. It is opt-in, for most columns are made nullable on purpose.

Fix: release the code that takes NULL first, and say so.

Bad::

    op.alter_column("orders", "user_id", existing_type=sa.Integer(), nullable=True)

Good::

    # guard: allow(dropped-not-null) since release 7 every reader takes an order without a user
    op.alter_column("orders", "user_id", existing_type=sa.Integer(), nullable=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropNotNull
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._altering import was_added
from alembic_guard.rules._code import allowed, call, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = DropNotNull
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: DropNotNull, run: Run) -> Iterator[Harm]:
    """Found unless the column is nullable anyway, or nobody uses it yet."""
    key, name = action.table, action.column
    table = run.table(key)
    column = table.columns.get(name) if table else None
    if column is not None and column.nullable:
        return
    if unused(run, key) or was_added(run, key, name):
        return
    own, schema = named(key)
    line = call("alter_column", own, name, nullable=True, **schema)
    yield Harm(
        f"Code that reads {key}.{name} meets NULL there from then on.",
        why="DROP NOT NULL itself costs nothing; a reader that never had to think of NULL fails.",
        fix=(allowed(line, "dropped-not-null", "every running instance takes NULL there"),),
    )
