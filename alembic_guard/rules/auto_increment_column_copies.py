"""A new AUTO_INCREMENT column rewrites the table while writes wait, and replicas may number it anew.

Each row gets its number at once: all are written again, under a lock that lets only reads pass
(MySQL manual, "Online DDL Operations"; MariaDB 10.11: "Adding an auto-increment column requires a
lock"). In statement-based replication a replica numbers the rows in an order of its own (MySQL
manual, "Replication and AUTO_INCREMENT").

Fix: in MariaDB, a column whose default is a sequence, for the rows to come, and batches for those
of before. MySQL has no sequences: do it while nobody writes, or fill a new table.

Bad::

    op.execute("ALTER TABLE orders ADD COLUMN ticket integer NOT NULL AUTO_INCREMENT UNIQUE")

Good::

    op.add_column("orders", sa.Column("ticket", sa.Integer()))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.rules._adding import add_column, backfill, unused
from alembic_guard.rules._code import allowed, execute, quoted, quoted_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AddColumn
GROWS = True


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found for each of them on a table that has rows."""
    key, column = action.table, action.column
    if unused(run, key) or not column.identity:
        return
    yield Harm(
        f"Adding {key}.{column.name} as AUTO_INCREMENT rewrites all of {key}, and writes wait.",
        why="Adding an auto-increment column requires LOCK=SHARED; a replica may give the rows "
        "other numbers.",
        fix=_fix(action, run),
        table=key,
    )


def _fix(action: AddColumn, run: Run) -> tuple[str, ...]:
    """A sequence; the same line where there are none."""
    key, column, kind = action.table, action.column, run.target.kind
    if kind == "mysql":
        sql = " ".join(run.step.sql)
        line = execute(sql) if sql else add_column(key, column, kind)
        return (allowed(line, "auto-increment-column-copies", "nobody writes at that hour"),)
    sequence = quoted(f"{key}_{column.name}_seq", kind)
    clause = f"ALTER COLUMN {quoted_name(column.name, kind)} SET DEFAULT nextval({sequence})"
    plain = replace(column, identity=False, nullable=True, constraints=())
    return (
        execute(f"CREATE SEQUENCE {sequence}"),
        add_column(key, plain, kind),
        execute(f"ALTER TABLE {quoted(key, kind)} {clause}"),
        backfill(run, key, column.name),
    )
