"""A type that could be changed at no cost makes PostgreSQL check all rows anew.

A longer varchar leaves every value as it is. But each valid CHECK that names the column is made
anew for the new type, and checked with a scan of the whole table under ACCESS EXCLUSIVE
(ATPostAlterTypeCleanup in tablecmds.c; measured on 15). One that is NOT VALID is not.

Fix: drop the CHECK, change the type and add the CHECK again as NOT VALID, in one transaction;
validate it in the next revision, while reads and writes go on.

Bad::

    op.alter_column("prices", "code", existing_type=sa.String(10), type_=sa.String(20))

Good::

    op.drop_constraint("prices_code_check", "prices", type_="check")
    op.alter_column("prices", "code", existing_type=sa.String(10), type_=sa.String(20))
    op.create_check_constraint(
        "prices_code_check", "prices", "code <> ''", postgresql_not_valid=True
    )
    # next revision
    op.execute("ALTER TABLE prices VALIDATE CONSTRAINT prices_code_check")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import constrained, unused
from alembic_guard.rules._altering import checks_of, cost, set_type_code, views_of
from alembic_guard.rules._code import call, lines, named
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint

DATABASES = ("postgresql",)
JUDGES = SetType
SEVERITY = Severity.WARNING
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: SetType, run: Run) -> Iterator[Harm]:
    """Found where the change itself rewrites nothing, which would be said already."""
    key = action.table
    checks = checks_of(action, run)
    if not checks or unused(run, key) or views_of(action, run):
        return
    if cost(action, run).rewrites is not False:
        return
    names = ", ".join(each.name or "a CHECK" for each in checks)
    yield Harm(
        f"Changing {key}.{action.column} to {action.type} checks every row of {key} anew.",
        why=f"The values stay as they are, but {names} is made anew for the new type, which reads "
        "the whole table under ACCESS EXCLUSIVE.",
        fix=_around(action, checks),
        table=key,
    )


def _around(action: SetType, checks: list[Constraint]) -> tuple[str, ...]:
    """The change with the CHECKs out of its way; nothing where one of them is not known."""
    if not all(each.name and each.expression for each in checks):
        return ()
    name, schema = named(action.table)
    drops = [call("drop_constraint", each.name, name, type_="check", **schema) for each in checks]
    again = [constrained(action.table, each) for each in checks]
    return (
        lines(*drops, set_type_code(action), *(first for first, _ in again)),
        *(validate for _, validate in again),
    )
