"""What fixes for new columns say, part by part."""

from __future__ import annotations

from alembic_guard.schema import Constraint, Table

ASSUMED = "No database was asked how large orders is: it is judged as a large table."
ORDERS = Table(
    "orders",
    constraints={"orders_pkey": Constraint("primary key", "orders_pkey", ("id",))},
    complete=True,
    rows=5,
)
EMPTY = Table("orders", rows=0, complete=True)
NEW = "CREATE TABLE orders (id integer)"


def backfill(column: str, value: str = "DEFAULT") -> str:
    return (
        f'batch = sa.text("UPDATE orders SET {column} = {value} WHERE id IN '
        f'(SELECT id FROM orders WHERE {column} IS NULL LIMIT 10000)")\n'
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().execute(batch).rowcount:\n"
        "        pass"
    )


def not_null(column: str) -> tuple[str, ...]:
    check = f"orders_{column}_is_not_null"
    return (
        f'op.create_check_constraint("{check}", "orders", "{column} IS NOT NULL", '
        "postgresql_not_valid=True)",
        f'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT {check}")',
        f'op.alter_column("orders", "{column}", nullable=False)\n'
        f'op.drop_constraint("{check}", "orders", type_="check")',
    )


def counted(column: str, type_: str) -> str:
    return (
        f'op.add_column("orders", sa.Column("{column}", {type_}))\n'
        f'op.execute("CREATE SEQUENCE orders_{column}_seq OWNED BY orders.{column}")\n'
        f'op.alter_column("orders", "{column}", '
        f"server_default=sa.text(\"nextval('orders_{column}_seq')\"))"
    )


def unique(column: str, name: str, kind: str = "UNIQUE") -> tuple[str, ...]:
    return (
        "with op.get_context().autocommit_block():\n"
        f'    op.create_index("{name}", "orders", ["{column}"], unique=True, '
        "postgresql_concurrently=True)",
        f'op.execute("ALTER TABLE orders ADD CONSTRAINT {name} {kind} USING INDEX {name}")',
    )
