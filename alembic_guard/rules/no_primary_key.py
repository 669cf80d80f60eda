"""A new table has no primary key.

Nothing tells its rows apart then: logical replication refuses UPDATE and DELETE (PostgreSQL manual
31.1, replica identity), pg_repack can't work on it, SQLAlchemy can't map it, and MySQL's group
replication refuses it ("Group Replication Requirements").

It is a policy, and judged only where it is enabled.

Fix: a key. Of a table that joins two others, it is the columns that refer to them.

Bad::

    op.create_table("visits", sa.Column("seen", sa.DateTime(), nullable=False))

Good::

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("seen", sa.DateTime(), nullable=False),
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, AddConstraint, CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._keys import (
    constraints_of,
    is_a_table_of_its_own,
    primary_key,
    table_code,
)
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint
from alembic_guard.sql_types import SqlType

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = CreateTable
SEVERITY = Severity.WARNING
OPT_IN = True


def judge(action: CreateTable, run: Run) -> Iterator[Harm]:
    """Found unless the same revision adds one later."""
    if primary_key(action) or not is_a_table_of_its_own(action, run) or _added(action.table, run):
        return
    code = table_code(_with_key(action, run), run)
    yield Harm(
        f"{action.table} has no primary key.",
        why="Nothing tells its rows apart: replication can't update or delete them, and nothing "
        "that works in batches can go through them.",
        fix=(code or 'sa.Column("id", sa.BigInteger(), primary_key=True)',),
    )


def _added(key: str, run: Run) -> bool:
    """Whether a key is added behind it."""
    constraints = [
        each.constraint for _, each in run.later_in_revision(AddConstraint) if each.table == key
    ]
    for _, each in run.later_in_revision(AddColumn):
        constraints += each.column.constraints if each.table == key else ()
    return any(each.kind == "primary key" for each in constraints)


def _with_key(action: CreateTable, run: Run) -> CreateTable:
    """The table with a key: what joins two others, a column "id", or a new one."""
    names = [each.name for each in action.columns]
    joins = [name for each in constraints_of(action, "foreign key") for name in each.columns]
    new: tuple[Column, ...] = ()
    if len(set(joins)) > 1 and set(joins) == set(names):
        columns = tuple(dict.fromkeys(joins))
    else:
        columns = ("id",)
        new = () if "id" in names else (_counting(run),)
    required = tuple(
        replace(each, nullable=False) if each.name in columns else each for each in action.columns
    )
    key = Constraint("primary key", columns=columns)
    return replace(action, columns=new + required, constraints=(key, *action.constraints))


def _counting(run: Run) -> Column:
    """A key that counts by itself."""
    mysql = run.target.is_mysql
    return Column("id", SqlType("bigint" if mysql else "bigserial"), nullable=False, identity=mysql)
