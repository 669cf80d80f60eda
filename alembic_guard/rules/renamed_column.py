"""Running instances fail as soon as a column has another name.

The rename itself takes a moment. But instances of the last release run while the next one goes out,
and each of their SELECTs names the column as it was.

Silent where the old name is a column again when the transaction ends, as in a swap, and where
nobody uses the table or the column yet.

Fix: rename the attribute alone, ``amount = mapped_column("total")``. Or add a column of the new
name, let the application write both, fill the old rows in batches, read the new one, and drop the
old one when nobody uses it.

Bad::

    op.alter_column("orders", "note", existing_type=sa.Text(), new_column_name="remark")

Good::

    op.add_column("orders", sa.Column("remark", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn, ModifyColumn, RenameColumn
from alembic_guard.rules._altering import beside, earlier_together, later_together, was_added
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.sql_types import SqlType

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = (RenameColumn, ModifyColumn)


def judge(action: RenameColumn | ModifyColumn, run: Run) -> Iterator[Harm]:
    """Found unless somebody else has the old name afterwards, or nobody used it."""
    key, old, new = action.table, action.column, _new(action)
    if old == new or run.is_new(key) or was_added(run, key, old) or _is_swap(action, run):
        return
    table, before, after = (quoted(each, run.target.kind) for each in (key, old, new))
    line = execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")
    type_ = _type(action, run)
    yield Harm(
        f"Code that still uses {key}.{old} fails once it is {new}.",
        why="Instances of the last release run while the next one goes out, "
        "and name the column as it was.",
        fix=beside(run, action, new, type_, before)
        if type_ is not None
        else (allowed(line, "renamed-column", f"no running instance uses {old}"),),
    )


def _new(action: RenameColumn | ModifyColumn) -> str:
    return action.new if isinstance(action, RenameColumn) else action.definition.name


def _type(action: RenameColumn | ModifyColumn, run: Run) -> SqlType | None:
    """The type of the column, which stays."""
    table = run.table(action.table)
    if table is not None and table.kind != "table":
        return None
    column = table.columns.get(action.column) if table else None
    if column is None and isinstance(action, ModifyColumn):
        column = action.definition
    return column.type if column else None


def _is_swap(action: RenameColumn | ModifyColumn, run: Run) -> bool:
    """Whether columns change places in one transaction, so that both names stay."""
    key, old, new = action.table, action.column, _new(action)
    for each in later_together(run, RenameColumn):
        if each.table == key and each.new == old:
            return True
    for added in later_together(run, AddColumn):
        if added.table == key and added.column.name == old:
            return True
    return any(
        each.table == key and each.column == new for each in earlier_together(run, RenameColumn)
    )
