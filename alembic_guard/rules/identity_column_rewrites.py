"""A new identity column rewrites the whole table while nobody can read it.

Each row gets its number at once, so that PostgreSQL writes the table and all its indexes anew under
ACCESS EXCLUSIVE (manual of 18, ALTER TABLE, Notes; measured on 15). ``ADD GENERATED … AS IDENTITY``
on a column that is there rewrites nothing.

Fix: an integer column whose default is a sequence, for the rows to come; those of before get their
numbers in batches.

Bad::

    op.add_column("orders", sa.Column("ticket", sa.BigInteger(), sa.Identity()))

Good::

    op.add_column("orders", sa.Column("ticket", sa.BigInteger()))
    op.execute("CREATE SEQUENCE orders_ticket_seq OWNED BY orders.ticket")
    op.alter_column(
        "orders", "ticket", server_default=sa.text("nextval('orders_ticket_seq')")
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import added, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found unless it is a key, which has a rule of its own."""
    key, column = action.table, action.column
    is_key = any(each.kind == "primary key" for each in column.constraints)
    if unused(run, key) or is_key or not column.identity:
        return
    yield Harm(
        f"Adding {key}.{column.name} as an identity column rewrites all of {key}.",
        why="Nobody reads or writes it until each row has its number and every index is built "
        "anew, under ACCESS EXCLUSIVE.",
        fix=added(action, run),
        table=key,
    )
