"""INSERTs that leave a column out fail once its default is gone: it is NOT NULL.

An instance whose model has a ``server_default`` leaves the column out, and so does one of the last
release, which does not know a column that was added just now. Found where the column is known to be
NOT NULL: by the database, by ``existing_nullable=False``, or because this run made it so.

Fix: keep the default until every running instance writes the column.

Bad::

    op.alter_column("prices", "currency", server_default=None)

Good::

    op.alter_column("prices", "currency", server_default="USD")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterColumn, DropDefault, DropNotNull, SetDefault
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed, call, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules.type_change_with_not_null import is_same

DATABASES = ("postgresql",)
JUDGES = DropDefault
SEVERITY = Severity.WARNING


def judge(action: DropDefault, run: Run) -> Iterator[Harm]:
    """Found where the column is NOT NULL, unless the revision goes on to give it a value."""
    key, name = action.table, action.column
    if unused(run, key) or not _is_required(action, run) or _is_replaced(action, run):
        return
    own, schema = named(key)
    line = call("alter_column", own, name, server_default=None, **schema)
    yield Harm(
        f"INSERTs that leave {key}.{name} out fail from then on.",
        why=f"{name} is NOT NULL and has no default any more; "
        "instances of the last release may not write it.",
        fix=(allowed(line, "dropped-default", "every running instance writes the column"),),
    )


def _is_required(action: DropDefault, run: Run) -> bool:
    table = run.table(action.table)
    column = table.columns.get(action.column) if table else None
    if column is not None:
        # A column without a default loses none.
        return column.nullable is False and column.default is not None
    return getattr(run.step.directive, "existing_nullable", None) is False


def _is_replaced(action: DropDefault, run: Run) -> bool:
    """Whether the revision sets another default, an identity, or drops NOT NULL as well."""
    later = [each for kind in (SetDefault, DropNotNull) for _, each in run.later_in_revision(kind)]
    made = [each for _, each in run.later_in_revision(AlterColumn) if each.kind == "add identity"]
    return any(is_same(each, action) for each in (*later, *made))
