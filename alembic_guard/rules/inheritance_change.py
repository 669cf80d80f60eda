"""Rows come to a table, or vanish from it, because a child begins or ceases to inherit.

A query on the parent reads its children too: ``INHERIT`` adds all rows of the child to what it
finds, ``NO INHERIT`` takes them away (PostgreSQL manual 5.10). No query fails. Both take ACCESS
EXCLUSIVE on the child, and wait for its queries.

Fix: there is no other way; look at every query on the parent first, and say so. New tables are
better made as partitions.

Bad::

    op.execute("ALTER TABLE old_shops INHERIT shops")

Good::

    op.execute("CREATE TABLE closed_shops (LIKE shops)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AlterTable
SEVERITY = Severity.WARNING
NAME = "inheritance-change"
WHAT = {
    "inherit": "Queries on {parent} find the rows of {child} too.",
    "no inherit": "The rows of {child} vanish from {parent}.",
}


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found unless the parent is new, or the child has no rows."""
    child, parent = action.table, action.detail
    if action.kind not in WHAT or run.is_new(parent) or run.is_empty(child):
        return
    line = execute(f"ALTER TABLE {quoted(child)} {action.kind.upper()} {quoted(parent)}")
    yield Harm(
        WHAT[action.kind].format(child=child, parent=parent),
        why="A query on a table reads those that inherit from it, and none of them fails.",
        fix=(allowed(line, NAME, "every query on the parent was looked at"),),
    )
