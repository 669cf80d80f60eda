"""What drops a foreign key locks the table that it refers to, against reads too.

A foreign key has triggers on both tables: ``DROP CONSTRAINT``, ``DROP COLUMN`` and ``DROP TABLE``
take ACCESS EXCLUSIVE on the other one as well (measured on 15). It is held for a moment, but behind
one long query there, every query after it waits.

Fix: wait no longer than a few seconds, and try again: ``SET LOCAL lock_timeout``. Drop the foreign
keys of a table one by one before the table.

Bad::

    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")

Good::

    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import DropColumn, DropConstraint, DropTable
from alembic_guard.ddl.data import SetParameter
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, lines
from alembic_guard.rules._constraint_code import LOCK_TIMEOUT, dropped_code, dropped_said
from alembic_guard.rules._constraints import dropped_constraint, is_lost
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint

DATABASES = ("postgresql",)
JUDGES = (DropConstraint, DropColumn, DropTable)
SEVERITY = Severity.WARNING
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: DropConstraint | DropColumn | DropTable, run: Run) -> Iterator[Harm]:
    """Found unless the session does not wait for long, or the other table is new."""
    key = action.table
    if run.is_new(key):
        return
    gone = [
        each
        for each in _foreign_keys(action, run)
        if each.refers_to != key and not run.is_new(each.refers_to or "")
    ]
    if not gone or _is_short(run):
        return
    tables = list(dict.fromkeys(each.refers_to or "the table it refers to" for each in gone))
    others = " and ".join(tables)
    yield Harm(
        f"{_what(action)} makes every read and write of {others} wait until it has its lock.",
        why=f"It takes ACCESS EXCLUSIVE on {others} too, and while it waits behind a long query, "
        "every other one waits behind it.",
        fix=_fix(action, gone, run),
    )


def _is_short(run: Run) -> bool:
    """Whether a lock is waited for just so long."""
    if run.target.lock_timeout:
        return True
    values = [
        each.value
        for step, each in run.earlier(SetParameter)
        if each.name == "lock_timeout"
        and (not each.local or step.transaction == run.step.transaction)
    ]
    return bool(values) and values[-1].strip("'\"") not in ("0", "", "default")


def _foreign_keys(action: DropConstraint | DropColumn | DropTable, run: Run) -> list[Constraint]:
    """The foreign keys that go."""
    if isinstance(action, DropConstraint):
        found = dropped_constraint(action, run)
        return [found] if found.kind == "foreign key" else []
    table = run.table(action.table)
    all_of_them = list(table.constraints_of("foreign key")) if table else []
    if isinstance(action, DropTable):
        return all_of_them
    return [each for each in all_of_them if action.column in each.columns]


def _what(action: DropConstraint | DropColumn | DropTable) -> str:
    if isinstance(action, DropConstraint):
        return f"Dropping {action.name}"
    column = f".{action.column}" if isinstance(action, DropColumn) else ""
    return f"Dropping {action.table}{column}"


def _fix(
    action: DropConstraint | DropColumn | DropTable, gone: list[Constraint], run: Run
) -> tuple[str, ...]:
    if isinstance(action, DropConstraint):
        line = dropped_code(action.table, gone[0])
        if is_lost(action, run):
            line = allowed(line, "dropped-constraint", "no code relies on it any more")
        return (lines(execute(LOCK_TIMEOUT), line),)
    keys = [
        lines(execute(LOCK_TIMEOUT), dropped_code(action.table, each)) for each in gone if each.name
    ]
    return *keys, dropped_said(action, run)
