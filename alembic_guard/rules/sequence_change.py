"""A sequence that begins anew gives numbers out twice, and its inserts wait while it is changed.

``ALTER SEQUENCE`` holds SHARE ROW EXCLUSIVE on the sequence until the transaction ends, and
``nextval()`` waits for it, with every INSERT that needs a number (manual, ALTER SEQUENCE, Notes;
measured on 15). After RESTART it gives numbers that rows may have already: they are refused where
the column is a key, and stored twice where it is not. Another type (``AS``) may be too small for
the numbers to come.

Fix: say why it is safe; ``SELECT setval(…)`` with the highest number in use locks nobody out.

Bad::

    op.execute("ALTER SEQUENCE invoice_numbers RESTART WITH 1")

Good::

    op.execute("SELECT setval('invoice_numbers', 1000)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterColumn
from alembic_guard.ddl.objects import AlterObject
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._altering import was_added
from alembic_guard.rules._code import allowed, execute
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (AlterObject, AlterColumn)
SEVERITY = Severity.WARNING
CHANGES = {
    "restart": "begins anew: it may give out numbers that are in use",
    "as type": "gets another type: it is rewritten, and may run out of numbers earlier",
}


def judge(action: AlterObject | AlterColumn, run: Run) -> Iterator[Harm]:
    """Found unless this run made it."""
    if isinstance(action, AlterColumn):
        key, column = action.table, action.column
        if action.kind != "set identity" or unused(run, key) or was_added(run, key, column):
            return
        yield _harm(run, f"The sequence of {key}.{column} is changed: it may begin anew.")
        return
    name, change = action.name, action.change
    if action.kind == "sequence" and change in CHANGES and not was_made(run, "sequence", name):
        yield _harm(run, f"The sequence {name} {CHANGES[change]}.")


def _harm(run: Run, message: str) -> Harm:
    reason = "no row has one of the numbers to come"
    code = [allowed(execute(each), "sequence-change", reason) for each in run.step.sql]
    return Harm(
        message,
        why="INSERTs that need a number of it wait until the transaction ends, for nextval() waits "
        "for its SHARE ROW EXCLUSIVE lock.",
        fix=("\n".join(code),) if code else (),
    )
