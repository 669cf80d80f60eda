"""Tables whose columns are changed, and `op.alter_column()` without a project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard import rules
from alembic_guard.ddl.directives import read_directive
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Column, Constraint, Index, Table, Target
from alembic_guard.sql_types import parse_type

ASSUMED = "No database was asked how large {} is: it is judged as a large table."
LARGE = "{} has about 5,000,000 rows."
LAST_RELEASE = "Instances of the last release run while the next one goes out, and "


def column(name: str, type: str, **parts: Any) -> Column:
    return Column(name, parse_type(type), **parts)


USERS = Table(
    "users",
    columns={each.name: each for each in (column("id", "integer", nullable=False),)},
    constraints={"users_pkey": Constraint("primary key", "users_pkey", ("id",))},
    complete=True,
    rows=5_000_000,
    referenced_by=("orders",),
)
ORDERS = Table(
    "orders",
    columns={
        each.name: each
        for each in (
            column("id", "integer", nullable=False),
            column("user_id", "integer", nullable=False),
            column("shop_id", "integer"),
            column("number", "varchar(20)", nullable=False, default="'0'::character varying"),
            column("note", "text"),
            column("status", "varchar(20)", default="'new'::character varying"),
            column("total", "numeric(10, 2)"),
        )
    },
    constraints={
        "orders_pkey": Constraint("primary key", "orders_pkey", ("id",)),
        "orders_user_id_fkey": Constraint(
            "foreign key", "orders_user_id_fkey", ("user_id",), refers_to="users"
        ),
        "orders_number_key": Constraint("unique", "orders_number_key", ("number",)),
        "orders_total_check": Constraint(
            "check", "orders_total_check", ("total",), expression="total >= 0::numeric"
        ),
    },
    indexes={
        "ix_orders_status": Index("ix_orders_status", ("status",)),
        "orders_number_key": Index("orders_number_key", ("number",), unique=True),
    },
    complete=True,
    rows=5_000_000,
)
EMPTY = replace(ORDERS, rows=0)
NEW = "CREATE TABLE orders (id integer, note text, status varchar(20))"


def checked(table: Table, expression: str, *, valid: bool = True) -> Table:
    """A table with a CHECK more."""
    check = Constraint("check", "said", valid=valid, expression=expression)
    return replace(table, constraints={**table.constraints, "said": check})


def finding(
    name: str, message: str, why: str, *fix: str, severity: Severity = Severity.ERROR, line: int = 1
) -> Finding:
    """A finding on a line of revision `a1`."""
    place = Place("a1.py", line)
    return Finding(name, message, why, fix, severity, revision="a1", place=place)


def altered(
    table: str, column: str, tables: Iterable[Table] = (), only: str = "", **changes: Any
) -> list[Finding]:
    """What the rules find in `op.alter_column()`, changes in the words of its operation."""
    operation = ops.AlterColumnOp(table, column, **changes)
    dialect: Any = sa.make_url("postgresql://").get_dialect()()
    actions = read_directive(operation, dialect, "postgresql")
    assert actions is not None
    step = Step(operation, (), Place("a1.py", 1), 0, "a1")
    known = {each.key: each for each in tables}
    run = Run(Target("postgresql", (15, 0), live=bool(known)), known, small=0)
    judged = rules.judge([(step, actions)], run)
    return [each.finding for each in judged if only in ("", each.finding.name)]


def beside(column: str, new: str, code: str, value: str, where: str = "") -> tuple[str, str]:
    """What a fix says of a column of `orders` beside an old one."""
    chosen = where or f"{column} IS NOT NULL"
    return (
        f"# After this, let every instance write {column} and {new}.\n"
        f'op.add_column("orders", sa.Column("{new}", {code}))',
        f"# Once they do; after this, let every instance read {new}, and drop orders.{column} "
        "when none uses it.\n"
        f'batch = sa.text("UPDATE orders SET {new} = {value} WHERE id IN '
        f'(SELECT id FROM orders WHERE {new} IS NULL AND {chosen} LIMIT 10000)")\n'
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().execute(batch).rowcount:\n"
        "        pass",
    )


def not_null(column: str) -> tuple[str, str, str]:
    """What a fix says of a NOT NULL of `orders`."""
    check = f"orders_{column}_is_not_null"
    return (
        f'op.create_check_constraint("{check}", "orders", "{column} IS NOT NULL", '
        "postgresql_not_valid=True)",
        f'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT {check}")',
        f'op.alter_column("orders", "{column}", nullable=False)\n'
        f'op.drop_constraint("{check}", "orders", type_="check")',
    )
