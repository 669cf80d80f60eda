"""One table is altered by several statements, each of which does its work anew.

PostgreSQL does all clauses of one ALTER TABLE in a single pass over the table (manual, ALTER TABLE,
Notes); MariaDB and MySQL copy the table once for each statement that needs a copy. Several
statements scan, rewrite or copy it several times.

Fix: one ALTER TABLE with all the clauses.

Bad::

    op.add_column("orders", sa.Column("memo", sa.Text()))
    op.add_column("orders", sa.Column("code", sa.Text()))

Good::

    op.execute("ALTER TABLE orders ADD COLUMN memo text, ADD COLUMN code text")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl import actions
from alembic_guard.ddl.actions import OnTable
from alembic_guard.finding import Severity
from alembic_guard.rules._code import execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

JUDGES = (
    actions.AddColumn,
    actions.AddConstraint,
    actions.AlterTable,
    actions.DropConstraint,
    actions.OnColumn,
)
DATABASES = ("postgresql", "mariadb", "mysql")
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: OnTable, run: Run) -> Iterator[Harm]:
    """Found once, at the second statement."""
    if run.is_new(action.table):
        return
    steps: dict[int, Step] = {}
    for step, each in run.in_revision(OnTable):
        if isinstance(each, JUDGES) and each.table == action.table:
            steps[id(step)] = step
    if id(run.step) in steps or len(steps) != 1:
        return
    joined = _joined([*steps.values(), run.step], action.table, run.target.kind)
    yield Harm(
        f"{action.table} is altered by several statements of this revision.",
        why="Each ALTER TABLE does its work anew; all clauses of one are done in one pass.",
        fix=(execute(joined),) if joined else (),
    )


def _joined(steps: list[Step], key: str, kind: str) -> str:
    """One statement of several; "" where they do not begin alike."""
    start = f"ALTER TABLE {quoted(key, kind)} "
    texts = [" ".join(sql.split()) for step in steps for sql in step.sql]
    if not all(text.startswith(start) for text in texts):
        return ""
    return start + ", ".join(text.removeprefix(start).rstrip("; ") for text in texts)
