"""A statement may run without a limit, and hold its locks for as long.

What takes a second on a copy of the data may take an hour on the real one: a plan that changed, a
table that grew. Its locks are held all the while (PostgreSQL manual 19.11, statement_timeout). The
limit of the role or the database, if it has one, is not known here.

Fix: ``SET LOCAL statement_timeout``, in the transaction of the statement.

Bad::

    op.execute("UPDATE orders SET note = '' WHERE note IS NULL")

Good::

    op.execute("SET LOCAL statement_timeout = '1min'")
    op.execute("UPDATE orders SET note = '' WHERE note IS NULL")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.finding import Severity
from alembic_guard.rules._apart import code_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules._timeouts import is_first, is_set, limited

DATABASES = ("postgresql",)
JUDGES = Action
SEVERITY = Severity.WARNING
OPT_IN = True
NAME = "statement_timeout"


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found at the first statement of a transaction that locks a table in use."""
    keys = list(run.locks(action))
    if not keys or is_set(NAME, run) or not is_first(run, lambda each: bool(run.locks(each))):
        return
    yield Harm(
        f"Nothing limits how long this runs, and holds its lock on {keys[0]}.",
        fix=(limited(NAME, "1min", code_of(run.step, "postgresql"), run),),
    )
