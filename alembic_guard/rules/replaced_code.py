"""A view or a function does something else from now on.

``CREATE OR REPLACE`` changes what every running instance gets, at the moment of the commit: the old
code and the new one both meet the new definition (PostgreSQL manual, CREATE FUNCTION, CREATE VIEW).
A view is locked in ACCESS EXCLUSIVE mode for a moment (measured on 15).

Fix: make the new one under another name, let the application use it, and drop the old one when
nobody does.

Bad::

    op.execute("CREATE OR REPLACE VIEW open_orders AS SELECT id, status, total FROM orders")

Good::

    op.execute("CREATE VIEW all_orders AS SELECT id, status, total FROM orders")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import CreateObject
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written, is_absent
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = CreateObject
SEVERITY = Severity.WARNING
OPT_IN = True
NAME = "replaced-code"
KINDS = ("view", "function", "procedure", "aggregate", "trigger")


def judge(action: CreateObject, run: Run) -> Iterator[Harm]:
    """Found unless this run made it, or the database has no such view."""
    kind, name = action.kind, action.name
    if not action.replace or kind not in KINDS or was_made(run, kind, name):
        return
    if kind == "view" and is_absent(run, name):
        return
    line = as_written(run, "")
    yield Harm(
        f"The {kind} {name} does something else from now on, for running code too.",
        why="Old instances and new ones meet the new definition from the commit on.",
        fix=(allowed(line, NAME, "old code works with the new definition"),) if line else (),
    )
