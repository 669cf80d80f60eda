"""A rule makes queries on a table do something else.

``CREATE RULE`` rewrites INSERT, UPDATE, DELETE or SELECT on a table before it is planned: for every
session, also for those that count the rows that they changed, and once more for each function that
it repeats (PostgreSQL manual 41). Making, dropping and disabling one takes ACCESS EXCLUSIVE for a
moment (measured on 15).

Fix: a trigger, which is called for each row and does not rewrite anything.

Bad::

    op.execute("CREATE RULE keep AS ON DELETE TO shops DO INSTEAD NOTHING")

Good::

    op.execute("SET LOCAL lock_timeout = '1s'")
    op.execute(
        "CREATE TRIGGER keep BEFORE DELETE ON shops FOR EACH ROW EXECUTE FUNCTION touch()"
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import CreateObject, DropObject
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Table

DATABASES = ("postgresql",)
JUDGES = (AlterTable, CreateObject, DropObject)
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "rewrite-rule"
DISABLED = ("disable rule", "enable replica rule")


def judge(action: AlterTable | CreateObject | DropObject, run: Run) -> Iterator[Harm]:
    """Found unless its table is new, or is a view, to which writes come by rules alone."""
    key = action.table
    if run.is_new(key) or (run.table(key) or Table(key)).kind != "table":
        return
    if isinstance(action, AlterTable):
        name = action.detail if action.kind in DISABLED else None
    else:
        name = action.name if action.kind == "rule" else None
    if name is None:
        return
    makes = isinstance(action, CreateObject)
    line = as_written(run, "")
    yield Harm(
        f"The rule {name} {'changes' if makes else 'no longer changes'} what queries on {key} do.",
        why="PostgreSQL rewrites the queries of every session by it.",
        fix=(allowed(line, NAME, "every query on the table was looked at"),) if line else (),
    )
