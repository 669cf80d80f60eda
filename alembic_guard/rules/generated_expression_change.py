"""A generated column that gets another expression rewrites its table; one that loses it goes stale.

``SET EXPRESSION`` (PostgreSQL 17) computes a stored column anew for each row, under ACCESS
EXCLUSIVE. ``DROP EXPRESSION`` (13) keeps the values and computes none from then on: rows that are
written by code which leaves the column to the database hold NULL there (manual, ALTER TABLE).

Fix: add another column, have the application write it, fill the old rows in batches, and read it.

Bad::

    op.execute("ALTER TABLE prices ALTER COLUMN gross DROP EXPRESSION")

Good::

    op.add_column("prices", sa.Column("gross_written", sa.Numeric()))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterColumn
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AlterColumn
SEVERITY = Severity.WARNING
GROWS = True
REASON = "every running instance writes the column"


def judge(action: AlterColumn, run: Run) -> Iterator[Harm]:
    """Found unless the table is new or empty; a virtual column has no values to compute."""
    key, column = action.table, action.column
    if unused(run, key):
        return
    where = f"ALTER TABLE {quoted(key)} ALTER COLUMN {quoted(column)}"
    if action.kind == "drop expression":
        line = execute(f"{where} DROP EXPRESSION")
        yield Harm(
            f"{key}.{column} is not computed from then on: code that leaves it out stores NULL.",
            why="DROP EXPRESSION keeps the values that are there; "
            "instances of the last release do not write it.",
            fix=(allowed(line, "generated-expression-change", REASON),),
        )
    elif action.kind == "set expression" and run.effect(action).rewrites:
        yield Harm(
            f"Giving {key}.{column} another expression rewrites all of {key}.",
            why="SET EXPRESSION computes the value of each row under ACCESS EXCLUSIVE.",
            fix=_said(run),
            table=key,
        )


def _said(run: Run) -> tuple[str, ...]:
    """The statement as it is: what the expression is, only its text says."""
    reason = "nobody uses the table while it is deployed"
    lines = [allowed(execute(each), "generated-expression-change", reason) for each in run.step.sql]
    return ("\n".join(lines),) if lines else ()
