"""Limits that a migration sets for itself: where they hold, and the code that sets them."""

from __future__ import annotations

from collections.abc import Callable

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import SetParameter
from alembic_guard.rules._code import autocommit, execute, lines
from alembic_guard.rules._run import Run

_NONE = ("DEFAULT", "0", "")


def is_set(name: str, run: Run) -> bool:
    """Whether a parameter has a value now: set for the session, or LOCAL in this transaction.

    PostgreSQL manual, SET: "The effects of SET LOCAL last only till the end of the current
    transaction"; outside of one it does nothing.
    """
    found = False
    for step, action in run.earlier(SetParameter):
        if action.name not in (name, "all"):
            continue
        here = step.transaction is not None and step.transaction == run.step.transaction
        if not action.local or here:
            number = action.value.strip("'").rstrip("abcdefghijklmnopqrstuvwxyz ")
            found = action.value not in _NONE and number != "0"
    return found


def is_first(run: Run, counts: Callable[[Action], bool]) -> bool:
    """Whether nothing before it in its revision and transaction counts as well."""
    return not any(
        step.transaction == run.step.transaction and counts(each)
        for step, each in run.in_revision(Action)
    )


def limited(name: str, value: str, code: str, run: Run) -> str:
    """The code behind the statement that sets a limit."""
    if run.step.transaction is None:
        return autocommit(execute(f"SET {name} = '{value}'"), code)
    return lines(execute(f"SET LOCAL {name} = '{value}'"), code)
