"""What PostgreSQL does with a statement: which tables it locks, writes anew and reads whole.

The facts are those of locks_postgresql_15.md, and tests/ddl/test_postgresql.py measures them again
on the server that it is given, so that a version in which one has changed is named by a test. What
older and newer versions do is from the manual's release notes.

Not promised: how long anything takes, and what happens within functions and DO blocks.
"""

from __future__ import annotations

from collections.abc import Callable

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.effects import Effect, Known, total
from alembic_guard.ddl.effects_on_columns import column_effect
from alembic_guard.ddl.effects_on_constraints import constraint_effect
from alembic_guard.ddl.effects_on_objects import data_effect, object_effect
from alembic_guard.ddl.effects_on_tables import table_effect
from alembic_guard.schema import Table, Target

__all__ = ["Effect", "effect"]


def effect(action: Action, target: Target, table: Callable[[str], Table | None]) -> Effect:
    """What an action does to the tables that were there before it.

    :param target: a PostgreSQL; where its version is not known, the oldest that is supported.
    :param table: what is known of a table, by its key; None where it is not known.
    :return: keys with their locks, rewrites and scans; all empty for what needs no table.
    """
    if isinstance(action, Opaque):
        return total(effect(each, target, table) for each in action.actions)
    known = Known(target, table)
    for of in (column_effect, constraint_effect, table_effect, data_effect, object_effect):
        found = of(action, known)
        if found is not None:
            return found
    return Effect()
