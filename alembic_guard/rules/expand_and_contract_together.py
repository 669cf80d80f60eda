"""One revision adds a column and drops the one that it replaces.

While a release is rolled out, instances of the old code and of the new one use the database at the
same time. After this revision the old code fails, for its column is gone; before it the new code
does, for its column is not there. And what the old code wrote between the copy and the drop is
lost.

Fix: expand (add, let every instance write both, copy), deploy the code that uses the new column,
then contract (drop) in a later release.

Bad::

    op.add_column("shops", sa.Column("town", sa.Text()))
    op.execute("UPDATE shops SET town = city")
    op.drop_column("shops", "city")

Good::

    op.add_column("shops", sa.Column("town", sa.Text()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddColumn, CreateTable, DropColumn, DropTable
from alembic_guard.ddl.data import Insert, Update
from alembic_guard.finding import Severity
from alembic_guard.rules._apart import written
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import comes_back
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = (DropColumn, DropTable)
SEVERITY = Severity.WARNING


def judge(action: DropColumn | DropTable, run: Run) -> Iterator[Harm]:
    """Found behind a copy into what the same revision added."""
    key = action.table
    if run.is_new(key) or run.is_empty(key):
        return
    new = _new_column(key, run) if isinstance(action, DropColumn) else _new_table(key, run)
    if not new:
        return
    old = f"{key}.{action.column}" if isinstance(action, DropColumn) else key
    rule = "drop-column" if isinstance(action, DropColumn) else "drop-table"
    dropped = written([run.step], run)
    yield Harm(
        f"This revision moves {old} to {new}, and leaves no time to deploy code that uses {new}.",
        why=f"Code that runs still uses {old} when it is gone, and nothing writes {new} before.",
        fix=(allowed(dropped, rule, f"every instance has used {new} since the last release"),),
    )


def _new_column(key: str, run: Run) -> str:
    """A column that this revision added to the table and filled."""
    added = {each.column.name for _, each in run.in_revision(AddColumn) if each.table == key}
    filled = [
        name
        for _, each in run.in_revision(Update)
        if each.table == key
        for name in each.columns
        if name in added
    ]
    return f"{key}.{filled[0]}" if filled else ""


def _new_table(key: str, run: Run) -> str:
    """A table that this revision made and filled by a query, unless it takes the old one's name."""
    made = {each.table for _, each in run.in_revision(CreateTable) if not each.temporary}
    copied = [
        each.table for _, each in run.in_revision(Insert) if each.from_query and each.table in made
    ]
    return copied[0] if copied and not comes_back(run, key) else ""
