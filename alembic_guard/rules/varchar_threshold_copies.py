"""A varchar that grows beyond 255 bytes copies the whole table while writes wait.

The length of a value is kept in one byte up to 255 bytes, and in two beyond: a longer varchar costs
nothing on one side of that, and all rows are written anew where it is crossed (MySQL manual,
"Online DDL Operations", Extending VARCHAR column size). In utf8mb4 a character counts as 4 bytes:
63 characters fit. MariaDB crosses it freely from 127 bytes or less (MDEV-15563, measured on 10.11).

Fix: stay within 255 bytes; or add a column beside it, and fill it in batches.

Bad::

    op.alter_column(
        "users", "email", existing_type=sa.String(50), type_=sa.String(300), nullable=False
    )

Good::

    op.alter_column(
        "users", "email", existing_type=sa.String(50), type_=sa.String(63), nullable=False
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.ddl.mysql_columns import before, length, widths
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._modifying import copies, replaced
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = ModifyColumn
GROWS = True
KINDS = ("varchar", "varbinary")


def judge(action: ModifyColumn, run: Run) -> Iterator[Harm]:
    """Found where it grows beyond the threshold, for any width of a character that is possible."""
    old, new = before(action, run.table(action.table)), action.definition
    if not crosses(action, run) or old is None or not copies(action, run):
        return
    sizes = widths(old, run.target)
    most = 255 // max(sizes)
    letters = "bytes" if sizes == (1,) else f"characters of {max(sizes)} bytes"
    yield Harm(
        f"A longer {action.table}.{action.column} copies all of {action.table}, and every write "
        "waits.",
        why=f"From {length(old)} to {length(new)} it crosses 255 bytes: {most} {letters} fit in.",
        fix=replaced(action, run),
        table=action.table,
    )


def crosses(action: ModifyColumn, run: Run) -> bool:
    """Whether a length of before is on the other side of 255 bytes."""
    old, new = before(action, run.table(action.table)), action.definition
    if old is None or old.type is None or new.type is None:
        return False
    if old.type.name != new.type.name or new.type.name not in KINDS:
        return False
    was, will_be = length(old) or 0, length(new) or 0
    return any(was * size <= 255 < will_be * size for size in widths(old, run.target))
