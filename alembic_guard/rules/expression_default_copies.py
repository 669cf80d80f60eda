"""A new column whose default is another one for each row copies the table while writes wait.

MariaDB adds a column instantly if its default is one value for all rows, as ``now()`` is and even
``rand()``; for ``uuid()``, ``nextval()`` or another column it copies all rows, and writes wait
(measured on 10.11). MySQL copies for each default that is an expression in brackets.

Fix: add the column without a default, set the default for the rows to come, which is instant, and
fill those of before in batches; each in a revision of its own, for none of them is rolled back.

Bad::

    op.execute("ALTER TABLE orders ADD COLUMN token varchar(36) DEFAULT (uuid())")

Good::

    op.add_column("orders", sa.Column("token", sa.String(36)))
    # next revision
    op.execute("ALTER TABLE orders ALTER COLUMN token SET DEFAULT (uuid())")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._adding import add_column, backfill, unused
from alembic_guard.rules._code import execute, quoted, quoted_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AddColumn
GROWS = True


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where the default is what makes writes wait."""
    key, column, kind = action.table, action.column, run.target.kind
    if unused(run, key) or column.default is None:
        return
    plain = replace(column, default=None)
    costs = [
        algorithm(replace(action, column=each), run.target, run.table(key))
        for each in (column, plain)
    ]
    if costs[0].blocks == "nothing" or costs[1].blocks != "nothing":
        return
    clause = f"ALTER COLUMN {quoted_name(column.name, kind)} SET DEFAULT {column.default}"
    yield Harm(
        f"Adding {key}.{column.name} copies all of {key}, and every write waits.",
        why=f"The default {column.default} is evaluated for each row, with ALGORITHM=COPY.",
        fix=(
            add_column(key, replace(plain, nullable=True, constraints=()), kind),
            execute(f"ALTER TABLE {quoted(key, kind)} {clause}"),
            backfill(run, key, column.name),
        ),
        table=key,
    )
