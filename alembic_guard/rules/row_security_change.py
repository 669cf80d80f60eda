"""Who sees which rows of a table changes.

``ENABLE ROW LEVEL SECURITY`` hides every row that no policy shows from all but the owner and
superusers; ``DISABLE`` shows all of them to whoever may read the table; a policy changes what is
shown and what may be written (PostgreSQL manual 5.8). Queries do not fail: they find fewer rows or
more. Each takes ACCESS EXCLUSIVE for a moment.

Fix: make the policies and enable them in one transaction, try it as the role of the application,
and say in the migration that it was meant.

Bad::

    op.execute("ALTER TABLE shops ENABLE ROW LEVEL SECURITY")

Good::

    op.create_table("invoices", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.execute("ALTER TABLE invoices ENABLE ROW LEVEL SECURITY")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import AlterObject, CreateObject, DropObject
from alembic_guard.finding import Severity
from alembic_guard.rules._altering import earlier_together, later_together
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (AlterTable, CreateObject, AlterObject, DropObject)
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE
NAME = "row-security-change"
MESSAGES = {
    "enable row level security": "Row level security hides every row of {} that no policy shows.",
    "disable row level security": "Without row level security, who may read {} sees all its rows.",
    "force row level security": "The policies of {} hold for its owner too.",
    "no force row level security": "The policies of {} hold for its owner no more.",
}


def judge(action: AlterTable | CreateObject | AlterObject | DropObject, run: Run) -> Iterator[Harm]:
    """Found for each clause, and for a policy where the transaction switches none on or off."""
    key = action.table
    if run.is_new(key):
        return
    if isinstance(action, AlterTable):
        message = MESSAGES.get(action.kind, "").format(key)
    else:
        changed = action.kind == "policy" and not _is_switched(run, key)
        message = f"The policy {action.name} changes which rows of {key} are seen and written."
        message = message if changed else ""
    if not message:
        return
    line = as_written(run, "")
    yield Harm(
        message,
        why="No query fails: it finds fewer rows, or more. Try it as the role of the application.",
        fix=(allowed(line, NAME, "tried as the role of the application"),) if line else (),
    )


def _is_switched(run: Run, key: str) -> bool:
    """Whether the same transaction switches row level security, which is told of."""
    both = (*earlier_together(run, AlterTable), *later_together(run, AlterTable))
    return any(each.table == key and each.kind in MESSAGES for each in both)
