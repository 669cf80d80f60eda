"""Code that still writes NULL, or leaves the column out, fails once the column is NOT NULL.

While a release goes out, instances of the last one are still running. SQLAlchemy's ORM sends NULL
for an attribute that was never set, unless their model has a default for it (measured on 2.1; a
default that only the database has by now does not help). A CHECK refuses NULL as well, from the
moment when it is added as NOT VALID.

Silent for a column that had a default before, and for one that a valid CHECK keeps from being NULL.

Fix: release code that always writes a value first; then add the CHECK.

Bad::

    op.alter_column("orders", "shop_id", existing_type=sa.Integer(), nullable=False)

Good::

    op.create_check_constraint(
        "orders_shop_id_is_not_null", "orders", "shop_id IS NOT NULL", postgresql_not_valid=True
    )
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_shop_id_is_not_null")
    # next revision
    op.alter_column("orders", "shop_id", existing_type=sa.Integer(), nullable=False)
    op.drop_constraint("orders_shop_id_is_not_null", "orders", type_="check")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetDefault, SetNotNull
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import not_null, unused
from alembic_guard.rules._altering import is_proved
from alembic_guard.rules._code import lines
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules.type_change_with_not_null import is_same

DATABASES = ("postgresql",)
JUDGES = SetNotNull
SEVERITY = Severity.WARNING


def judge(action: SetNotNull, run: Run) -> Iterator[Harm]:
    """Found unless writers had a default, or NULL was refused before."""
    key, column = action.table, action.column
    if unused(run, key) or is_proved(run, key, column) or _has_default(action, run):
        return
    first, *rest = not_null(key, column)
    yield Harm(
        f"Code that still writes NULL to {key}.{column}, or leaves it out, fails from then on.",
        why="Instances of the last release run while the next one goes out, "
        "and SQLAlchemy sends NULL for what was never set.",
        fix=(
            lines(f"# Once every running instance writes {key}.{column}:", first),
            *rest,
        ),
    )


def _has_default(action: SetNotNull, run: Run) -> bool:
    """Whether running instances know that the database fills in what they leave out."""
    said = getattr(run.step.directive, "existing_server_default", None) not in (None, False)
    table = run.table(action.table)
    column = table.columns.get(action.column) if table else None
    has = column is not None and (has_default(column) or column.identity)
    return (has or said) and not _is_young(action, run)


def _is_young(action: SetNotNull, run: Run) -> bool:
    """Whether this very run set the default, so that no running model has it."""
    return any(
        is_same(each, action) and (run.together or step.revision == run.step.revision)
        for step, each in run.earlier(SetDefault)
    )
