"""A constraint is dropped, and rows that break it can be written from then on.

Code relies on what a database promises: without a unique constraint, ``INSERT … ON CONFLICT`` on its
columns fails at once (PostgreSQL manual, INSERT), and its index no longer finds rows; without a
foreign key nothing cascades, and rows refer to others that are gone. It can't come back before such
rows are mended.

Fix: replace it in the same revision, or say why nothing relies on it any more.

Bad::

    op.drop_constraint("orders_number_key", "orders", type_="unique")

Good::

    # guard: allow(dropped-constraint) a number is unique within a shop only
    op.drop_constraint("orders_number_key", "orders", type_="unique")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropConstraint
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, lines
from alembic_guard.rules._constraint_code import LOCK_TIMEOUT, dropped_code
from alembic_guard.rules._constraints import dropped_constraint, is_lost
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = DropConstraint
SEVERITY = Severity.WARNING


def judge(action: DropConstraint, run: Run) -> Iterator[Harm]:
    """Found unless something takes its place, or what it was about goes too."""
    if not is_lost(action, run):
        return
    constraint = dropped_constraint(action, run)
    line = dropped_code(action.table, constraint)
    body = allowed(line, "dropped-constraint", "no code relies on it any more")
    if constraint.kind == "foreign key" and run.target.kind == "postgresql":
        body = lines(execute(LOCK_TIMEOUT), body)
    yield Harm(
        f"Without {action.name or constraint.kind}, {_lost(action.table, constraint)}.",
        why=_why(constraint, run),
        fix=(body,),
    )


def _lost(key: str, constraint: Constraint) -> str:
    """What can be written from then on."""
    columns = ", ".join(constraint.columns)
    if constraint.kind in ("unique", "primary key"):
        return f"nothing keeps duplicates{' of ' * bool(columns)}{columns} out of {key}"
    if constraint.kind == "foreign key":
        parent = constraint.refers_to or "other tables"
        return f"rows of {key} may refer to rows of {parent} that are not there"
    return f"rows that break it can be written to {key}"


def _why(constraint: Constraint, run: Run) -> str:
    if constraint.kind in ("unique", "primary key") and run.target.kind == "postgresql":
        return "INSERT … ON CONFLICT on its columns fails in code that runs, and its index is gone."
    if constraint.kind == "foreign key":
        return "Nothing cascades any more, and it can't come back before such rows are mended."
    return "It can't come back before such rows are mended."
