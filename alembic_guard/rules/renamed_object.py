"""Whoever names a constraint, an index, a view, a function, a sequence or a type fails.

Instances of the last release run while the next one goes out: they call a function and read a view
by its name, cast to a type, and say ``ON CONFLICT ON CONSTRAINT``. An index that is not unique is
named by no query, and found only where that is not known.

Fix: make another one of the new name, and drop the old one when nobody uses it. What is named by
nobody may be renamed; say so.

Bad::

    op.execute("ALTER TABLE orders RENAME CONSTRAINT orders_number_key TO uq_orders_number")

Good::

    op.execute("CREATE VIEW unpaid_orders AS SELECT * FROM open_orders")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import AlterObject, Rename
from alembic_guard.finding import Severity
from alembic_guard.rules._altering import keeps_name
from alembic_guard.rules._code import allowed, execute
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import is_made_again, was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (Rename, AlterObject)
SEVERITY = Severity.WARNING

KINDS = (
    "constraint",
    "index",
    "view",
    "materialized view",
    "function",
    "procedure",
    "aggregate",
    "sequence",
    "type",
    "domain",
)


def judge(action: Rename | AlterObject, run: Run) -> Iterator[Harm]:
    """Found unless it is new, or no query can name it."""
    kind, name = action.kind, action.name
    if kind not in KINDS or was_made(run, kind, name):
        return
    if isinstance(action, AlterObject):
        if action.change == "set schema":
            yield _harm(run, f"Code that still uses the {kind} {name} fails once it is moved.")
    elif not _is_nobodys(action, run):
        yield _harm(run, f"Code that still uses the {kind} {name} fails once it is {action.new}.")


def _harm(run: Run, message: str) -> Harm:
    reason = "no running instance names it"
    code = [allowed(execute(each), "renamed-object", reason) for each in run.step.sql]
    return Harm(
        message,
        why="Instances of the last release run while the next one goes out, and name it as it was.",
        fix=("\n".join(code),) if code else (),
    )


def _is_nobodys(action: Rename, run: Run) -> bool:
    """Whether its table is new, or it is an index that no query can name.

    Or a view or a type has its name again.
    """
    if action.table and run.is_new(action.table):
        return True
    if action.kind in ("view", "materialized view"):
        return run.is_new(action.name) or keeps_name(run, action.name)
    if action.kind == "type":
        return is_made_again(run, "type", action.name)
    if action.kind != "index":
        return False
    found = run.known.index(action.name)
    if found is None:
        return False
    table, index = found
    return run.is_new(table) or not index.unique
