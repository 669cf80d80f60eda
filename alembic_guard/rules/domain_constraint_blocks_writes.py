"""A new constraint of a domain reads every table that uses it while all writes to them wait.

``ALTER DOMAIN … ADD CONSTRAINT`` and ``SET NOT NULL`` take a SHARE lock on each table with a column
of the domain and test its rows; so does ``VALIDATE CONSTRAINT`` up to PostgreSQL 17 (measured on 15).
With NOT VALID nothing is locked and nothing is read.

Fix: add it as NOT VALID: it holds for what is written from then on. For the rows of before, use a
check of each table, which is validated while writes go on.

Bad::

    op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_check CHECK (VALUE >= 0)")

Good::

    op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_check CHECK (VALUE >= 0) NOT VALID")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import AlterDomain, CreateDomain
from alembic_guard.rules._code import allowed, execute, quoted
from alembic_guard.rules._constraint_code import statement
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Table

DATABASES = ("postgresql",)
JUDGES = AlterDomain
GROWS = True
LOCK = Lock.SHARE
_READING = ("add constraint", "set not null", "validate constraint")


def judge(action: AlterDomain, run: Run) -> Iterator[Harm]:
    """Found unless it is NOT VALID, or the run made the domain."""
    if action.kind not in _READING or (action.kind == "add constraint" and not action.valid):
        return
    if action.kind == "validate constraint" and run.target.major >= 18:
        return
    if any(each.name == action.name for _, each in run.earlier(CreateDomain)) and run.together:
        return
    tables = [each for each in _tables(action.name, run) if not run.is_new(each.key)]
    largest = max(tables, key=lambda each: each.rows or 0, default=None)
    names = " and ".join(each.key for each in tables) or f"each table that uses {action.name}"
    yield Harm(
        f"{action.kind.upper()} on the domain {action.name} makes every write to {names} wait.",
        why="ALTER DOMAIN takes a SHARE lock on every table that uses it, and tests all rows "
        "under it.",
        fix=_fix(action, run),
        table=largest.key if largest else "",
    )


def _tables(domain: str, run: Run) -> list[Table]:
    """The tables that are known to use a domain."""
    name = domain.rpartition(".")[2]
    return [
        table
        for table in run.known.tables.values()
        if table.kind == "table"
        and any(each.type is not None and each.type.name == name for each in table.columns.values())
    ]


def _fix(action: AlterDomain, run: Run) -> tuple[str, ...]:
    name = quoted(action.name)
    sql = statement(action, run, run.step)
    if action.kind == "set not null":
        check = quoted(f"{action.name.rpartition('.')[2]}_is_not_null")
        added = f"ALTER DOMAIN {name} ADD CONSTRAINT {check} CHECK (VALUE IS NOT NULL) NOT VALID"
        return (execute(added),)
    if not sql:
        return ()
    if action.kind == "add constraint":
        return (execute(f"{sql} NOT VALID"),)
    reason = "these tables are small, or nobody writes to them now"
    return (allowed(execute(sql), "domain-constraint-blocks-writes", reason),)
