"""A new column with REFERENCES locks the table that it refers to, and its own for everybody.

``ADD COLUMN … REFERENCES`` holds ACCESS EXCLUSIVE on its table while it waits for SHARE ROW
EXCLUSIVE on the other one: behind one long transaction there, every read here waits too. With a
default that is not NULL it then reads both tables whole under these locks (measured on 15).
``sa.ForeignKey()`` in ``op.add_column()`` is two statements, of which ``ADD CONSTRAINT`` is judged
by itself.

Fix: add the column, then the foreign key as NOT VALID, then validate it, which lets reads and
writes pass.

Bad::

    op.execute("ALTER TABLE orders ADD COLUMN seller_id bigint DEFAULT 1 REFERENCES shops (id)")

Good::

    op.add_column("orders", sa.Column("seller_id", sa.BigInteger(), server_default="1"))
    # next revision
    op.create_foreign_key(
        "orders_seller_id_fkey",
        "orders",
        "shops",
        ["seller_id"],
        ["id"],
        postgresql_not_valid=True,
    )
    # next revision
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_seller_id_fkey")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added, is_rewritten
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.SHARE_ROW_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where the table that is referred to is one that others use."""
    key, column = action.table, action.column
    for each in column.constraints:
        parent = each.refers_to or ""
        if each.kind != "foreign key" or run.is_new(key) or run.is_new(parent) or parent == key:
            continue
        if (has_default(column) or is_rewritten(action, run)) and each.enforced:
            yield Harm(
                f"Adding {key}.{column.name} with REFERENCES makes every write to {parent} wait.",
                why=f"It reads {key} whole under ACCESS EXCLUSIVE, and {parent} under SHARE ROW "
                "EXCLUSIVE, to check the default of each row.",
                fix=added(action, run),
                table=key,
            )
        else:
            yield Harm(
                f"Adding {key}.{column.name} with REFERENCES makes every read of {key} wait for "
                f"the transactions that write {parent}.",
                why=f"It holds ACCESS EXCLUSIVE on {key} while it waits for SHARE ROW EXCLUSIVE on "
                f"{parent}.",
                fix=added(action, run),
                severity=Severity.WARNING,
            )
