"""What harms nobody raises nothing: no finding of any severity, with the rules as they come.

Noise is what makes people switch a linter off. Every migration here is judged on a shop whose
tables count as large, on one whose tables are as small as they are, and without a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from alembic.config import Config

from alembic_guard import Finding, Severity, lint
from alembic_guard.rules._run import SMALL
from tests.rules.linting import Shop, bodies, inside, shop

EVERYWHERE = {
    "a column that may be NULL": 'op.add_column("orders", sa.Column("paid_at", sa.DateTime()))',
    "a column that may be NULL, in SQL": """
op.execute("ALTER TABLE orders ADD COLUMN channel varchar(20)")
""",
    "a column with a constant default": """
op.add_column("orders", sa.Column("tries", sa.Integer(), server_default="0"))
""",
    "a column that is NOT NULL with a constant default": """
op.add_column("orders", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
""",
    "a boolean column with a default": """
op.add_column(
    "orders", sa.Column("paid", sa.Boolean(), nullable=False, server_default=sa.false())
)
""",
    "a new table with all that belongs to it": """
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id"), nullable=False, index=True),
    sa.Column("code", sa.String(20), nullable=False),
    sa.Column("weight", sa.Numeric(10, 2)),
    sa.UniqueConstraint("code", name="parcels_code_key"),
    sa.CheckConstraint("weight > 0", name="parcels_weight_check"),
)
op.create_index("ix_parcels_weight", "parcels", ["weight"])
""",
    "a new table in SQL": """
op.execute("CREATE TABLE parcels (id integer PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)")
op.execute("CREATE INDEX ix_parcels_code ON parcels (code, id)")
""",
    "rows for a new table": """
parcels = op.create_table(
    "parcels",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("code", sa.String(20), nullable=False),
)
op.bulk_insert(parcels, [{"id": 1, "code": "a"}, {"id": 2, "code": "b"}])
""",
    "a few rows": """
op.execute("INSERT INTO shops (id, name) VALUES (10, 'Oslo'), (11, 'Bergen')")
""",
    "a few rows by the expression language": """
shops = sa.table("shops", sa.column("id", sa.Integer), sa.column("name", sa.String))
op.bulk_insert(shops, [{"id": 10, "name": "Oslo"}, {"id": 11, "name": "Bergen"}])
""",
    "one row changed": "op.execute(\"UPDATE orders SET note = 'late' WHERE id = 4\")",
    "one row changed by the expression language": """
orders = sa.table("orders", sa.column("id", sa.Integer), sa.column("note", sa.Text))
op.execute(orders.update().where(orders.c.id == 4).values(note="late"))
""",
    "one row deleted": 'op.execute("DELETE FROM orders WHERE id = 4")',
    "some rows changed": "op.execute(\"UPDATE orders SET note = 'x' WHERE id IN (1, 2, 3)\")",
    "one row changed through the connection": """
change = sa.text("UPDATE orders SET note = :note WHERE id = :id")
op.get_bind().execute(change, {"note": "late", "id": 4})
op.execute(change.bindparams(note="late", id=5))
""",
    "one row changed by the ORM": """
from sqlalchemy.orm import Session, declarative_base

class Shop(declarative_base()):
    __tablename__ = "shops"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.Text)

session = Session(bind=op.get_bind())
for shop in session.query(Shop).limit(3):
    shop.name += "!"
session.add(Shop(id=12, name="Tromsø"))
session.flush()
""",
    "a query": 'op.get_bind().execute(sa.text("SELECT count(*) FROM orders")).scalar()',
    "a view": 'op.execute("CREATE VIEW late AS SELECT id FROM orders WHERE total > 9")',
    "nothing": "pass",
    "nothing, twice": "pass\n# next revision\npass",
}

SERVERS = {
    "a column whose default is now": """
op.add_column("orders", sa.Column("seen_at", sa.DateTime(), server_default=sa.func.now()))
""",
    "a column that is NOT NULL, whose default is now": """
op.add_column(
    "orders",
    sa.Column(
        "seen_at", sa.DateTime(), nullable=False, server_default=sa.text("CURRENT_TIMESTAMP")
    ),
)
""",
    "another default": 'op.alter_column("orders", "status", server_default="open")',
    "another default, in SQL": """
op.execute("ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open'")
""",
    "no default of a column that may be NULL": """
op.execute("ALTER TABLE orders ALTER COLUMN status DROP DEFAULT")
""",
    "rights for a view": """
op.execute("CREATE VIEW late AS SELECT id FROM orders WHERE total > 9")
op.execute("GRANT SELECT ON late TO PUBLIC")
""",
    "a table and what is added to it at once": """
op.create_table(
    "parcels",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("code", sa.String(20)),
    sa.Column("weight", sa.Integer()),
)
op.create_unique_constraint("parcels_code_key", "parcels", ["code"])
op.create_check_constraint("parcels_weight_check", "parcels", "weight > 0")
op.alter_column("parcels", "weight", existing_type=sa.Integer(), type_=sa.BigInteger())
op.alter_column("parcels", "weight", existing_type=sa.BigInteger(), nullable=False)
op.drop_column("parcels", "code")
""",
}

POSTGRESQL = {
    "a wider varchar": """
op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.String(100))
""",
    "a varchar as text": """
op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.Text())
""",
    "text as varchar": """
op.alter_column("orders", "note", existing_type=sa.Text(), type_=sa.String())
""",
    "a varchar without a limit": """
op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.String())
""",
    "a wider numeric": """
op.add_column("orders", sa.Column("paid", sa.Numeric(10, 2)))
# next revision
op.alter_column("orders", "paid", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 2))
""",
    "a numeric without limits": """
op.add_column("orders", sa.Column("paid", sa.Numeric(10, 2)))
# next revision
op.execute("ALTER TABLE orders ALTER COLUMN paid TYPE numeric")
""",
    "a finer timestamp": """
op.execute("ALTER TABLE orders ADD COLUMN seen_at timestamp(3)")
# next revision
op.execute("ALTER TABLE orders ALTER COLUMN seen_at TYPE timestamp(6)")
""",
    "a timestamp with time zone whose default is now": """
op.execute("ALTER TABLE orders ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now()")
""",
    "a column with a constant of a type": """
op.execute("ALTER TABLE orders ADD COLUMN tags text[] NOT NULL DEFAULT '{}'::text[]")
op.execute("ALTER TABLE orders ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb")
""",
    "IF NOT EXISTS": 'op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS paid boolean")',
    "a UUID default for new rows only": """
op.execute("ALTER TABLE orders ADD COLUMN token uuid")
op.execute("ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid()")
""",
    "what is added to a table of the same revision": """
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("order_id", sa.Integer()),
)
op.create_index("ix_parcels_order_id", "parcels", ["order_id"])
op.create_foreign_key("parcels_order_id_fkey", "parcels", "orders", ["order_id"], ["id"])
op.create_unique_constraint("parcels_order_id_key", "parcels", ["order_id", "id"])
op.create_check_constraint("parcels_id_check", "parcels", "id > 0")
op.add_column("parcels", sa.Column("token", sa.Uuid(), server_default=sa.func.gen_random_uuid()))
op.alter_column("parcels", "order_id", nullable=False)
""",
    "comments": """
op.create_table_comment("orders", "what was ordered")
op.alter_column("orders", "note", comment="what the customer said")
op.execute("COMMENT ON COLUMN orders.total IS 'with tax'")
""",
    "a value of an enum, alone": """
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm' BEFORE 'ok'")
""",
    "an enum with its table": """
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("state", sa.Enum("new", "sent", name="parcel_state"), nullable=False),
)
""",
    "an enum in SQL": """
op.execute("CREATE TYPE parcel_state AS ENUM ('new', 'sent')")
op.execute("CREATE TABLE parcels (id bigint PRIMARY KEY, state parcel_state NOT NULL)")
""",
    "a limit of waiting": """
op.execute("SET LOCAL lock_timeout = '2s'")
op.execute("SET LOCAL statement_timeout = '1min'")
op.add_column("orders", sa.Column("paid_at", sa.DateTime(timezone=True)))
""",
    "DROP NOT NULL": """
op.alter_column("users", "email", existing_type=sa.String(50), nullable=True)
""",
    "a function and a view again": """
op.execute("CREATE OR REPLACE FUNCTION two() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 2 $$")
op.execute("CREATE OR REPLACE VIEW late AS SELECT id FROM orders WHERE total > 9")
""",
    "rights": 'op.execute("GRANT SELECT ON orders TO PUBLIC")',
    "an index that is built concurrently": """
with op.get_context().autocommit_block():
    op.create_index("ix_orders_note", "orders", ["note"], postgresql_concurrently=True)
""",
    "an index that is built concurrently, in SQL": """
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_note ON orders (note)")
""",
    "an index that is dropped concurrently": """
with op.get_context().autocommit_block():
    op.drop_index("ix_orders_status", "orders", postgresql_concurrently=True)
""",
    "an index that is rebuilt concurrently": """
with op.get_context().autocommit_block():
    op.execute("REINDEX INDEX CONCURRENTLY ix_orders_status")
""",
    "a view that is refreshed concurrently": """
op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")
""",
    "a new materialized view": """
op.execute("CREATE MATERIALIZED VIEW sums AS SELECT user_id, sum(total) FROM orders GROUP BY 1")
op.execute("CREATE UNIQUE INDEX uq_sums ON sums (user_id)")
""",
    "a check that is validated later": """
op.create_check_constraint(
    "orders_note_check", "orders", "note <> ''", postgresql_not_valid=True
)
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_note_check")
""",
    "NOT NULL behind a check": """
op.execute("ALTER TABLE users ADD CONSTRAINT name_given CHECK (name IS NOT NULL) NOT VALID")
# next revision
op.execute("ALTER TABLE users VALIDATE CONSTRAINT name_given")
# next revision
op.alter_column("users", "name", existing_type=sa.Text(), nullable=False)
op.drop_constraint("name_given", "users")
""",
    "a foreign key that has an index and is validated later": """
with op.get_context().autocommit_block():
    op.create_index("ix_orders_by", "orders", ["approved_by"], postgresql_concurrently=True)
# next revision
op.create_foreign_key(
    "orders_by_fkey", "orders", "users", ["approved_by"], ["id"], postgresql_not_valid=True
)
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_by_fkey")
""",
    "a new table with a trigger": """
op.execute("CREATE TABLE parcels (id bigint PRIMARY KEY)")
op.execute(
    "CREATE TRIGGER parcels_touch BEFORE UPDATE ON parcels FOR EACH ROW EXECUTE FUNCTION touch()"
)
""",
    "what is made again at once": """
op.execute("DROP VIEW open_orders")
op.execute("CREATE VIEW open_orders AS SELECT id, status, total, note FROM orders")
op.execute("DROP FUNCTION IF EXISTS invoice_code()")
op.execute("CREATE FUNCTION invoice_code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$")
""",
    "a temporary table": """
op.execute("CREATE TEMP TABLE chosen AS SELECT id FROM orders")
op.execute("UPDATE chosen SET id = 1")
op.execute("DROP TABLE chosen")
""",
    "stable and constant defaults": """
op.execute("ALTER TABLE orders ADD COLUMN due date NOT NULL DEFAULT CURRENT_DATE")
op.execute("ALTER TABLE orders ADD COLUMN by_whom text NOT NULL DEFAULT CURRENT_USER")
op.execute("ALTER TABLE orders ADD COLUMN ends timestamptz DEFAULT now() + interval '1 day'")
op.execute("ALTER TABLE orders ADD COLUMN code text NOT NULL DEFAULT lower('X')")
""",
    "a number of a sequence": """
op.execute("SELECT setval('invoice_numbers', (SELECT max(id) FROM orders))")
op.execute("ALTER SEQUENCE invoice_numbers OWNED BY orders.id")
""",
    "a new sequence": 'op.execute("CREATE SEQUENCE parcel_numbers")',
    "settings of a table": """
op.execute("ALTER TABLE orders SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01)")
op.execute("ALTER TABLE orders ALTER COLUMN status SET STATISTICS 500")
op.execute("CREATE STATISTICS order_stats ON status, shop_id FROM orders")
op.execute("ANALYZE orders")
""",
    "a partition that is attached concurrently with nobody": """
op.execute("CREATE TABLE audits (id bigint, at date NOT NULL) PARTITION BY RANGE (at)")
op.execute(
    "CREATE TABLE audits_2026 PARTITION OF audits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
)
op.execute("CREATE INDEX ix_audits_at ON audits (at)")
""",
    "rows in batches": """
with op.get_context().autocommit_block():
    for first in range(0, 100, 10):
        op.execute(f"UPDATE orders SET note = 'x' WHERE id >= {first} AND id < {first + 10}")
""",
    "a DO that does nothing bad": """
op.execute("DO $$ BEGIN ALTER TABLE orders ADD COLUMN paid_at timestamptz; END $$")
""",
}

MARIADB = {
    "a wider varchar": """
op.alter_column(
    "users", "email", existing_type=sa.String(50), type_=sa.String(60), existing_nullable=False
)
""",
    "a column elsewhere": """
op.execute("ALTER TABLE orders ADD COLUMN paid_at datetime AFTER status")
""",
    "an index": 'op.create_index("ix_orders_total", "orders", ["total"])',
    "an index, online": """
op.execute("CREATE INDEX ix_orders_total ON orders (total) ALGORITHM=INPLACE LOCK=NONE")
""",
    "a comment": "op.execute(\"ALTER TABLE orders COMMENT = 'what was ordered'\")",
}

SQLITE = {
    "a column in batch mode": """
with op.batch_alter_table("orders") as batch:
    batch.add_column(sa.Column("paid_at", sa.DateTime()))
""",
    "an index": 'op.create_index("ix_orders_total", "orders", ["total"])',
    "an index in batch mode": """
with op.batch_alter_table("orders") as batch:
    batch.create_index("ix_orders_total", ["total"])
""",
}

NEEDS_DATABASE = {
    # Without one nobody knows what the type was, or each revision is judged as deployed by itself.
    "a wider varchar, whose type is not told": (
        "postgresql",
        'op.alter_column("users", "email", type_=sa.String(100))',
    ),
    "a wider varchar, in SQL": (
        "postgresql",
        'op.execute("ALTER TABLE users ALTER COLUMN email TYPE varchar(100)")',
    ),
    "a varchar as text, in SQL": (
        "postgresql",
        'op.execute("ALTER TABLE users ALTER COLUMN email TYPE text")',
    ),
    "what is added to a table of an earlier revision": (
        "postgresql",
        """
op.create_table(
    "parcels", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("code", sa.String(20))
)
# next revision
op.create_index("ix_parcels_code", "parcels", ["code"])
op.create_check_constraint("parcels_id_check", "parcels", "id > 0")
op.alter_column("parcels", "code", existing_type=sa.String(20), nullable=False)
op.execute("UPDATE parcels SET code = 'x'")
op.drop_column("parcels", "code")
""",
    ),
    "a value of an enum at the end": (
        "mariadb",
        """
op.execute("ALTER TABLE users MODIFY mood enum('sad', 'ok', 'happy', 'calm')")
""",
    ),
    "what is not there, and what comes and goes": (
        "postgresql",
        """
op.execute("ALTER TABLE orders DROP COLUMN IF EXISTS nowhere")
op.execute("DROP TABLE IF EXISTS nowhere")
op.execute("DROP INDEX IF EXISTS nowhere")
op.add_column("orders", sa.Column("courier_id", sa.BigInteger()))
op.drop_column("orders", "courier_id")
""",
    ),
    "a rename of a table of an earlier revision": (
        "mariadb",
        """
op.create_table("parcels", sa.Column("id", sa.Integer(), primary_key=True))
# next revision
op.rename_table("parcels", "boxes")
""",
    ),
    "a table of an earlier revision that goes again": (
        "sqlite",
        """
op.create_table("parcels", sa.Column("id", sa.Integer(), primary_key=True))
# next revision
op.drop_table("parcels")
""",
    ),
}

HARMLESS = {
    "postgresql": EVERYWHERE | SERVERS | POSTGRESQL,
    "mariadb": EVERYWHERE | SERVERS | MARIADB,
    "sqlite": EVERYWHERE | SQLITE,
}
LONG = {
    "postgresql": {
        "index-blocks-writes": 'op.create_index("ix_orders_note", "orders", ["note"])',
        "reindex-blocks-writes": 'op.execute("REINDEX TABLE orders")',
        "check-blocks-reads": 'op.create_check_constraint("orders_id_check", "orders", "id > 0")',
        "type-change-rewrites": 'op.alter_column("orders", "shop_id", type_=sa.BigInteger())',
        "unbounded-change": "op.execute(\"UPDATE orders SET note = 'x'\")",
    },
    "mariadb": {
        "column-change-copies": """
op.alter_column("orders", "shop_id", existing_type=sa.Integer(), type_=sa.BigInteger())
""",
    },
    "sqlite": {
        "sqlite-rebuild-copies": """
with op.batch_alter_table("orders") as batch:
    batch.alter_column("shop_id", type_=sa.BigInteger())
""",
    },
}
"""Harms that are time, by the only rule that speaks of each."""
CASES = [(kind, name) for kind, cases in HARMLESS.items() for name in cases]


@pytest.fixture(scope="module")
def shops(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A shop of each kind, made when it is first asked for; nothing that is judged changes it."""
    with ExitStack() as stack:
        made: dict[str, Shop] = {}

        def get(kind: str) -> Shop:
            if kind not in made:
                server = None if kind == "sqlite" else request.getfixturevalue(f"{kind}_server")
                path = tmp_path_factory.mktemp(kind)
                made[kind] = stack.enter_context(shop(kind, path, server))
            return made[kind]

        yield get


def told(found: list[Finding]) -> list[tuple[str, str]]:
    return [(each.name, each.message) for each in found]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_harmless_migration_raises_nothing_with_a_database_or_without(
    kind: str, name: str, shops: Any
) -> None:
    upgrades = bodies(HARMLESS[kind][name])
    there = shops(kind)
    large = there.lint(*upgrades)
    small = there.lint(*upgrades, small_table_rows=SMALL)
    unasked = there.lint(*upgrades, database=False)
    assert [told(large), told(small), told(unasked)] == [[], [], []]


@pytest.mark.parametrize("name", NEEDS_DATABASE)
def test_what_the_database_shows_to_be_harmless_raises_nothing(name: str, shops: Any) -> None:
    kind, body = NEEDS_DATABASE[name]
    assert told(shops(kind).lint(*bodies(body))) == []


def test_a_merge_raises_nothing(shops: Any) -> None:
    there = shops("postgresql")
    there.write(["pass"])
    there.project.add_revision("0003", "0001", "pass")
    there.project.add_revision("0004", ("0002", "0003"), "pass")
    with inside(there.project.path):
        assert told(lint(Config("alembic.ini"), small_table_rows=0).findings) == []


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in LONG for name in LONG[kind]])
def test_what_takes_long_on_a_large_table_is_a_note_on_a_small_one(
    kind: str, name: str, shops: Any
) -> None:
    found = shops(kind).lint(LONG[kind][name], small_table_rows=SMALL)
    assert [(name, Severity.NOTE)] == [(each.name, each.severity) for each in found]
