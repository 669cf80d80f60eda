"""Running instances fail as soon as a table has another name.

The rename itself takes a moment. But instances of the last release run while the next one goes out,
and all of their queries name the table as it was.

Silent where a table or view has the old name again when the transaction ends: PostgreSQL's,
MariaDB's and MySQL's views of one table can be written to as well (manual, CREATE VIEW, Updatable
Views). SQLite's can't.

Fix: create a view of the old name in the same transaction, and drop it when nobody uses it. Or keep
the name in the database: ``__tablename__ = "shops"``.

Bad::

    op.rename_table("shops", "stores")

Good::

    op.add_column("shops", sa.Column("remark", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import RenameTable
from alembic_guard.rules._altering import earlier_together, keeps_name, viewed
from alembic_guard.rules._code import allowed, call, lines, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = RenameTable


def judge(action: RenameTable, run: Run) -> Iterator[Harm]:
    """Found unless somebody else has the old name afterwards, or nobody used it."""
    key, new = action.table, action.new
    swapped = any(each.table == new for each in earlier_together(run, RenameTable))
    if run.is_new(key) or swapped or keeps_name(run, key):
        return
    name, schema = named(key)
    line = call("rename_table", name, named(new)[0], **schema)
    yield Harm(
        f"Code that still uses {key} fails once it is {new}.",
        why="Instances of the last release run while the next one goes out, "
        "and name the table as it was.",
        fix=(allowed(line, "renamed-table", f"no running instance uses {key}"),)
        if run.target.kind == "sqlite"
        else (lines(line, viewed(key, new, run.target.kind)),),
    )
