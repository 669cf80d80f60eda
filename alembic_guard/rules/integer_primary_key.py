"""A new table has a key of 32 bits.

An ``integer`` or ``serial`` key ends at 2,147,483,647, and what rolls back or fails uses numbers up
as well. Every INSERT fails from then on, and by then the column can only be widened by writing the
whole table anew, with all that refer to it locked (PostgreSQL manual 8.1.1 and 8.1.4; the rewrite
is measured on 15; "Integer Types" of MariaDB's and MySQL's). What it costs now are four bytes a
row.

It is a policy, and judged only where it is enabled: it is found in most new tables there are.

Fix: a BigInteger, or a UUID. For models that run on SQLite as well, whose integer key has 64 bits
and must be an Integer: ``sa.BigInteger().with_variant(sa.Integer, "sqlite")``.

Bad::

    op.create_table(
        "invoices", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("note", sa.Text())
    )

Good::

    op.create_table(
        "invoices", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("note", sa.Text())
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._keys import (
    constraints_of,
    is_a_table_of_its_own,
    primary_key,
    table_code,
    with_columns,
)
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column
from alembic_guard.sql_types import SqlType

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = CreateTable
SEVERITY = Severity.WARNING
OPT_IN = True
NARROW = {"integer": "bigint", "serial": "bigserial"}


def judge(action: CreateTable, run: Run) -> Iterator[Harm]:
    """Found for a key of one column.

    Unless it refers to another table, and is as wide as the key of that one.
    """
    key = primary_key(action)
    if key is None or len(key.columns) != 1 or not is_a_table_of_its_own(action, run):
        return
    refers = any(each.columns == key.columns for each in constraints_of(action, "foreign key"))
    column = next((each for each in action.columns if each.name == key.columns[0]), None)
    if refers or column is None or column.type is None or column.type.name not in NARROW:
        return
    name = column.name
    last = 2**32 - 1 if column.type.unsigned else 2**31 - 1
    wide = _wide(column, column.type)
    columns = (wide if each is column else each for each in action.columns)
    code = table_code(with_columns(action, columns), run)
    yield Harm(
        f"The key of {action.table} ends at {last:,}.",
        why=f"{name} has 32 bits. When it has counted that far, every INSERT fails, and to widen it "
        "then takes a rewrite of the table while nobody can read it.",
        fix=(code or f'sa.Column("{name}", sa.BigInteger(), primary_key=True)',),
    )


def _wide(column: Column, type: SqlType) -> Column:
    return replace(column, type=replace(type, name=NARROW[type.name]))
