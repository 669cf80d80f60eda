"""Tables and words of the tests for constraints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from alembic_guard import rules
from alembic_guard.ddl.directives import read_directive
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Column, Constraint, Index, Table, Target
from alembic_guard.sql_types import SqlType
from tests.rules.judging import VERSIONS

ASSUMED = "No database was asked how large orders is: it is judged as a large table."
SIZE = "orders has about 5 rows."
INTEGER = SqlType("integer")
USERS = Table(
    "users",
    columns={"id": Column("id", INTEGER, nullable=False)},
    constraints={"users_pkey": Constraint("primary key", "users_pkey", ("id",))},
    complete=True,
    rows=5,
    referenced_by=("orders",),
)
ORDERS = Table(
    "orders",
    columns={
        "id": Column("id", INTEGER, nullable=False),
        "user_id": Column("user_id", INTEGER, nullable=False),
        "shop_id": Column("shop_id", INTEGER),
        "number": Column("number", SqlType("varchar", ("20",))),
        "total": Column("total", SqlType("amount")),
    },
    constraints={
        "orders_pkey": Constraint("primary key", "orders_pkey", ("id",)),
        "orders_number_key": Constraint("unique", "orders_number_key", ("number",)),
        "orders_user_id_fkey": Constraint(
            "foreign key", "orders_user_id_fkey", ("user_id",), refers_to="users"
        ),
        "orders_total_check": Constraint(
            "check", "orders_total_check", ("total",), expression="total >= 0"
        ),
    },
    indexes={"uq_orders_shop_id": Index("uq_orders_shop_id", ("shop_id",), unique=True)},
    complete=True,
    rows=5,
)
EMPTY = replace(ORDERS, rows=0)
PARTITIONED = replace(ORDERS, partitioned=True)
NEW = "CREATE TABLE orders (id integer)"


def validate(name: str, table: str = "orders") -> str:
    """What a fix says to validate a constraint."""
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")'
    )


def index(column: str, name: str = "", table: str = "orders", **options: bool) -> str:
    """What a fix says to build an index."""
    words = "".join(f", {key}={value}" for key, value in options.items())
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.create_index("{name or f"ix_{table}_{column}"}", "{table}", ["{column}"]{words}, '
        "postgresql_concurrently=True)"
    )


def said(
    call: Callable[[Operations], Any],
    *,
    tables: Sequence[Table] = (),
    kind: str = "postgresql",
    only: str = "",
    sql: tuple[str, ...] = (),
    enable: Sequence[str] = (),
) -> list[Finding]:
    """What the rules find in one directive, given as `lambda op: op.create_foreign_key(…)`."""
    dialect = sa.make_url(f"{kind}://").get_dialect()()
    caught: list[ops.MigrateOperation] = []

    class Catching(Operations):
        def invoke(self, operation: ops.MigrateOperation) -> None:  # type: ignore[override]
            caught.append(operation)

    call(Catching(MigrationContext(dialect, None, {"as_sql": True})))
    (operation,) = caught
    actions = read_directive(operation, dialect, kind)
    assert actions is not None
    step = Step(operation, sql, Place("a1.py", 1), 0, "a1")
    known: Mapping[str, Table] = {each.key: each for each in tables}
    run = Run(Target(kind, VERSIONS[kind], live=bool(known)), known, small=0)
    judged = rules.judge([(step, actions)], run, enable=enable)
    return [each.finding for each in judged if only in ("", each.finding.name)]
