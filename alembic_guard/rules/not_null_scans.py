"""NOT NULL is checked with a scan of the whole table while nobody can read it.

``SET NOT NULL`` holds ACCESS EXCLUSIVE until every row was looked at (manual, ALTER TABLE; measured
on 15). From PostgreSQL 12 on it looks at none where a valid CHECK says ``column IS NOT NULL``
already.

Fix: add that CHECK as NOT VALID, which looks at no row; validate it in the next revision, while
reads and writes go on; then set NOT NULL and drop the CHECK.

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

from alembic_guard.ddl.actions import SetNotNull, SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import not_null, unused
from alembic_guard.rules._altering import earlier_together, is_proved
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules.backfill_with_not_null import fills
from alembic_guard.rules.type_change_with_not_null import is_same

DATABASES = ("postgresql",)
JUDGES = SetNotNull
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: SetNotNull, run: Run) -> Iterator[Harm]:
    """Found unless PostgreSQL knows already; with another type or an UPDATE it is another rule's."""
    key, column = action.table, action.column
    if unused(run, key) or is_proved(run, key, column):
        return
    retyped = any(is_same(each, action) for each in earlier_together(run, SetType))
    if retyped or fills(action, run):
        return
    yield Harm(
        f"Making {key}.{column} NOT NULL reads all of {key} while nobody else can.",
        why="SET NOT NULL looks at every row under ACCESS EXCLUSIVE; "
        "from PostgreSQL 12 on a valid CHECK spares it that.",
        fix=not_null(key, column),
        table=key,
    )
