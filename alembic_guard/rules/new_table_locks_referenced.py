"""A new table locks several tables that are in use.

A foreign key makes triggers on the table that it refers to, under a SHARE ROW EXCLUSIVE lock, so
that writes to it wait (PostgreSQL manual 13.3.1; measured on 15). For one table that is brief. With
several, writes to the first wait for as long as the migration waits for the second, and two that
lock them in another order wait for each other.

Fix: create the table with one of its foreign keys, and add the others one by one.

Bad::

    op.create_table(
        "owners",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("shop_id", sa.BigInteger(), sa.ForeignKey("shops.id"), index=True),
    )

Good::

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")),
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.ddl.locks import Lock
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import constrained
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._keys import constraints_of, is_a_table_of_its_own, table_code
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint

DATABASES = ("postgresql",)
JUDGES = CreateTable
SEVERITY = Severity.NOTE
LOCK = Lock.SHARE_ROW_EXCLUSIVE


def judge(action: CreateTable, run: Run) -> Iterator[Harm]:
    """Found from two tables on; those that are new or empty do not count."""
    if not is_a_table_of_its_own(action, run):
        return
    keys = list(constraints_of(action, "foreign key"))
    used = [key for key in _referred(keys) if key != action.table and _is_used(key, run)]
    if len(used) < 2:
        return
    yield Harm(
        f"Creating {action.table} makes writes to {' and '.join(used)} wait for one another.",
        why="Each foreign key takes SHARE ROW EXCLUSIVE on the table that it refers to. It is "
        "brief, but held to the commit: while one lock waits, writes to the other tables do too.",
        fix=_fix(action, keys, used[1:], run),
    )


def _referred(keys: list[Constraint]) -> list[str]:
    return list(dict.fromkeys(each.refers_to for each in keys if each.refers_to))


def _is_used(key: str, run: Run) -> bool:
    return not (run.is_new(key) or run.is_empty(key))


def _fix(
    action: CreateTable, keys: list[Constraint], others: list[str], run: Run
) -> tuple[str, ...]:
    """The table without its keys to other tables, then these."""
    later = [each for each in keys if each.refers_to in others]
    columns = (
        replace(each, constraints=tuple(one for one in each.constraints if one not in later))
        for each in action.columns
    )
    rest = tuple(each for each in action.constraints if each not in later)
    table = replace(action, columns=tuple(columns), constraints=rest)
    code = table_code(table, run, references=keys)
    added = (body for each in later for body in constrained(action.table, each))
    return (*([code] if code else []), *added)
