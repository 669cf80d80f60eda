"""An enum gets a value at its end, wherever it belongs.

The order of the values is the order in which rows are sorted and compared: without ``BEFORE`` or
``AFTER`` the new one is greater than all others, and it can't be moved later (PostgreSQL manual,
ALTER TYPE).

Fix: say its place.

Bad::

    op.execute("ALTER TYPE mood ADD VALUE 'fine'")

Good::

    op.execute("ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok'")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import AddEnumValue, CreateEnum
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddEnumValue
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: AddEnumValue, run: Run) -> Iterator[Harm]:
    """Found for each; the last value before it is known only of an enum that the run made."""
    if action.placed:
        return
    values = [each.values for _, each in run.earlier(CreateEnum) if each.name == action.type]
    values += [(each.value,) for _, each in run.earlier(AddEnumValue) if each.type == action.type]
    last = next((each[-1] for each in reversed(values) if each), None)
    exists = "IF NOT EXISTS " if action.if_not_exists else ""
    sql = f"ALTER TYPE {quoted(action.type)} ADD VALUE {exists}{_literal(action.value)}"
    yield Harm(
        f"{action.value} is sorted behind all other values of {action.type}.",
        why="Neither BEFORE nor AFTER says its place, and it can't be moved later.",
        fix=(
            execute(f"{sql} AFTER {_literal(last)}")
            if last is not None
            else allowed(execute(sql), "unplaced-enum-value", "it belongs at the end"),
        ),
    )


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
