"""Batch mode copies the whole table, and nobody writes to the database meanwhile.

SQLite alters little by ALTER TABLE: Alembic's batch mode makes a new table, copies all rows, drops
the old table and renames the new one, with every index built again, in a transaction that locks
the whole database for writes (SQLite manual, "ALTER TABLE", 7, and "File Locking And Concurrency").
A second or two for a million rows.

Fix: what ALTER TABLE does by itself needs no batch mode, or one with ``recreate="never"``: names,
new columns without a key and with a constant default, and dropped columns that nothing needs.

Bad::

    with op.batch_alter_table("orders", recreate="always") as batch:
        batch.add_column(sa.Column("code", sa.String(20)))

Good::

    op.add_column("orders", sa.Column("code", sa.String(20)))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn, DropColumn, OnTable, RenameColumn
from alembic_guard.ddl.sqlite import rebuilds
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import add_column, unused
from alembic_guard.rules._batch import batch_code
from alembic_guard.rules._code import allowed, call, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("sqlite",)
JUDGES = OnTable
SEVERITY = Severity.NOTE
GROWS = True
NAME = "sqlite-rebuild-copies"
LARGE = 1_000_000
"""Rows of a table whose copy takes a second or more."""


def judge(action: OnTable, run: Run) -> Iterator[Harm]:
    """Found once a rebuild: a note, but a warning where the table is known to be large."""
    key = run.step.rebuilds
    if key is None or action.table != key or unused(run, key):
        return
    if run.done and run.done[-1].step.rebuilds == key:
        return
    table = run.table(key)
    is_large = table is not None and (table.rows or 0) >= LARGE
    needed = rebuilds(action, run.target.version, table)
    batch = batch_code(action)
    code = allowed(batch, NAME, "nobody writes at that hour") if batch else None
    if not needed:
        code = _altered(action)
    yield Harm(
        f"Batch mode copies all of {key}, and every write to the database waits.",
        why="SQLite can't do it by ALTER TABLE." if needed else "ALTER TABLE does it by itself.",
        fix=(code,) if code else (),
        table=key,
        severity=Severity.WARNING if is_large else None,
    )


def _altered(action: OnTable) -> str | None:
    """The same by ALTER TABLE, outside of batch mode."""
    name, schema = named(action.table)
    match action:
        case AddColumn(column=column):
            return add_column(action.table, column, "sqlite")
        case DropColumn(column=column):
            return call("drop_column", name, column, **schema)
        case RenameColumn(column=column, new=new):
            return call("alter_column", name, column, new_column_name=new, **schema)
    return None
