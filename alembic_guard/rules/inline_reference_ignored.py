"""MySQL reads a REFERENCES that stands behind a column, and ignores it.

No foreign key is made and no error raised, up to MySQL 9.0 (MySQL manual, "FOREIGN KEY
Constraints"). MariaDB makes one, from 10.5 (measured on 10.11). Alembic writes foreign keys as
constraints of the table, so that this is only in SQL of your own.

Fix: a foreign key of the table.

Bad::

    op.execute(
        "CREATE TABLE visits (id bigint PRIMARY KEY, shop_id bigint REFERENCES shops (id))"
    )

Good::

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("shop_id", sa.BigInteger(), sa.ForeignKey("shops.id")),
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import add_column, constraint_name
from alembic_guard.rules._code import call, named
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint

DATABASES = ("mysql",)
JUDGES = (AddColumn, CreateTable)
SEVERITY = Severity.WARNING
HONOURED_FROM = 9


def judge(action: AddColumn | CreateTable, run: Run) -> Iterator[Harm]:
    """Found up to MySQL 8.4, on new tables too."""
    if run.target.major >= HONOURED_FROM:
        return
    columns = [action.column] if isinstance(action, AddColumn) else action.columns
    for column in columns:
        for each in column.constraints:
            if each.kind == "foreign key":
                yield Harm(
                    f"MySQL ignores the REFERENCES behind {action.table}.{column.name}: no foreign "
                    "key is made.",
                    why=f"Rows that refer to nothing in {each.refers_to} are let in.",
                    fix=_fix(action, column, each, run.target.kind),
                )


def _fix(
    action: AddColumn | CreateTable, column: Column, reference: Constraint, kind: str
) -> tuple[str, ...]:
    """The same, with a foreign key of the table."""
    if isinstance(action, CreateTable):
        table = create_table(action, kind)
        return () if table is None else (table,)
    name, schema = named(action.table)
    parent, above = named(reference.refers_to or "")
    schemas = {"source_schema": schema.get("schema"), "referent_schema": above.get("schema")}
    referred = list(reference.referred_columns or ("id",))
    key = call(
        "create_foreign_key",
        reference.name or constraint_name(action.table, reference),
        name,
        parent,
        [column.name],
        referred,
        **{word: value for word, value in schemas.items() if value},
    )
    return add_column(action.table, replace(column, constraints=()), kind), key
