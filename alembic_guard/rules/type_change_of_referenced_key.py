"""Another type of a key makes those wait who use the tables on the other side of its foreign keys.

PostgreSQL makes the foreign keys of a column anew when its type changes: both tables are locked in
ACCESS EXCLUSIVE mode until the column's own table is rewritten, and all rows that refer are checked
again (measured on 15: integer to bigint of a primary key locked and read its referencing table).

Fix: add a column of the new type beside the old key, and refer to that one.

Bad::

    op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())

Good::

    op.add_column("users", sa.Column("id_as_bigint", sa.BigInteger()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import unused
from alembic_guard.rules._altering import cost, known, retyped, views_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = SetType
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: SetType, run: Run) -> Iterator[Harm]:
    """Found for each other table that has rows; only where the change costs more than a moment."""
    if unused(run, action.table) or views_of(action, run):
        return
    if cost(action, run).rewrites is False:
        return
    own = known(run).tree(action.table)
    for key in run.effect(action).locks:
        if key in own or unused(run, key):
            continue
        yield Harm(
            f"Changing {action.table}.{action.column} to {action.type} makes everybody who uses "
            f"{key} wait.",
            why=f"A foreign key is between {action.table} and {key}: it is made anew and checked, "
            "with both under ACCESS EXCLUSIVE.",
            fix=retyped(run, action),
            table=key,
        )
