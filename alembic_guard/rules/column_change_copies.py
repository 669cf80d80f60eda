"""Another type of a column copies the whole table while writes wait.

``MODIFY`` and ``CHANGE`` define the column anew. What changes how a value is stored, such as
integer to bigint, a shorter varchar or another character set, copies all rows into a new table, and
only reads pass until it is done (MySQL manual, "Online DDL Operations"; measured on MariaDB 10.11;
MariaDB 11.2 lets writes pass). Names, comments, defaults and NULL are changed without it.

What was the type before is asked of the database, or of ``existing_type``. Where neither says, this
is a warning.

Fix: add a column of the new type, let the application write both, fill the old rows in batches, and
read the new one.

Bad::

    op.alter_column("orders", "shop_id", existing_type=sa.Integer(), type_=sa.BigInteger())

Good::

    op.alter_column("orders", "status", existing_type=sa.String(20), type_=sa.String(40))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.finding import Severity
from alembic_guard.rules import enum_change_copies, varchar_threshold_copies
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._modifying import copies, replaced, types
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = ModifyColumn
GROWS = True


def judge(action: ModifyColumn, run: Run) -> Iterator[Harm]:
    """Found unless it is told of as another list of values, or as a longer varchar."""
    if not copies(action, run):
        return
    others = (enum_change_copies.judge, varchar_threshold_copies.judge)
    if any(True for judge in others for _ in judge(action, run)):
        return
    key, column = action.table, action.column
    old, new = types(action, run)
    because = f"It was {old}, which is stored in another way."
    if old == new:
        because = "Its character set, or what else it is, is stored in another way."
    if old is None:
        because = "Its type of before is not known: assumed is another one."
    yield Harm(
        f"Changing {key}.{column}{f' to {new}' if new and old != new else ''} "
        f"{'may copy' if old is None else 'copies'} all of {key}, and every write waits.",
        why=f"{because} The server uses ALGORITHM=COPY with LOCK=SHARED.",
        fix=replaced(action, run),
        table=key,
        severity=Severity.WARNING if old is None else None,
    )
