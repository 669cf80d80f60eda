"""One harm is one finding: each common hazard raises exactly these names, and no others.

Judged with the rules as they come, on a shop whose tables count as large. Two names stand only
where two different things are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from alembic_guard.finding import Finding
from tests.rules.linting import Shop, bodies, shop


def alone(*lines: str) -> str:
    """Statements in an autocommit block."""
    return "\n".join(
        ["with op.get_context().autocommit_block():", *(f"    {one}" for one in lines)]
    )


POSTGRESQL: list[tuple[str, str]] = [
    # --- Indexes
    ('op.create_index("i", "orders", ["note"])', "index-blocks-writes"),
    (
        'op.create_index("i", "orders", ["note"], unique=True)',
        "index-blocks-writes unique-on-existing-rows",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer(), index=True))',
        "index-under-exclusive-lock",
    ),
    ('op.create_index("i", "events", ["kind"])', "partitioned-index-blocks-writes"),
    (
        'op.create_index("i", "orders", ["note"], postgresql_concurrently=True)',
        "concurrently-in-transaction",
    ),
    (
        alone('op.execute("CREATE INDEX CONCURRENTLY ON orders (note)")'),
        "unnamed-concurrent-index",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer()))\n'
        + alone('op.create_index("i", "orders", ["a"], postgresql_concurrently=True)'),
        "ddl-before-autocommit",
    ),
    ('op.drop_index("ix_orders_status", "orders")', "index-drop-blocks-reads"),
    (
        'op.drop_index("uq_shops_name", "shops")',
        "dropped-unique-index index-drop-blocks-reads",
    ),
    ('op.execute("REINDEX TABLE orders")', "reindex-blocks-writes"),
    # --- Constraints
    ('op.create_unique_constraint("u", "orders", ["note"])', "unique-constraint-blocks-reads"),
    ('op.create_check_constraint("c", "orders", "id > 0")', "check-blocks-reads"),
    ('op.create_primary_key("p", "old_shops", ["id"])', "primary-key-blocks-reads"),
    (
        'op.create_foreign_key("f", "orders", "users", ["approved_by"], ["id"])',
        "foreign-key-blocks-writes foreign-key-without-index",
    ),
    (
        'op.drop_constraint("orders_user_id_fkey", "orders")\n'
        'op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])',
        "drop-locks-referenced-table foreign-key-blocks-writes",
    ),
    (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID")\n'
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")',
        "validated-in-same-transaction",
    ),
    (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID")',
        "never-validated",
    ),
    ('op.drop_constraint("orders_total_check", "orders")', "dropped-constraint"),
    (
        'op.drop_constraint("orders_number_key", "orders")\n'
        'op.create_unique_constraint("orders_number_key", "orders", ["number", "shop_id"])',
        "unique-constraint-blocks-reads",
    ),
    # --- Columns
    ('op.drop_column("shops", "city")', "drop-column"),
    ('op.alter_column("orders", "note", new_column_name="memo")', "renamed-column"),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer(), nullable=False))',
        "required-column-without-default",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer(), nullable=False, default=3))',
        "python-default-only",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Uuid(), '
        "server_default=sa.func.gen_random_uuid()))",
        "volatile-default-rewrites",
    ),
    (
        'op.alter_column("orders", "shop_id", nullable=False)',
        "not-null-breaks-writers not-null-scans",
    ),
    ('op.alter_column("orders", "shop_id", type_=sa.BigInteger())', "type-change-rewrites"),
    ('op.alter_column("users", "email", type_=sa.String(20))', "type-change-rewrites"),
    (
        'op.alter_column("users", "id", type_=sa.BigInteger())',
        "type-change-of-referenced-key type-change-rewrites",
    ),
    ('op.alter_column("orders", "status", type_=sa.Text())', "type-change-under-view"),
    (
        'op.alter_column("orders", "shop_id", type_=sa.BigInteger(), nullable=False)',
        "not-null-breaks-writers type-change-rewrites",
    ),
    ('op.add_column("orders", sa.Column("a", sa.JSON()))', "json-column"),
    # --- Tables
    ('op.drop_table("prices")', "drop-table"),
    ('op.drop_table("orders")', "drop-locks-referenced-table drop-table"),
    ('op.rename_table("shops", "stores")', "renamed-table"),
    (
        'op.drop_table("prices")\n'
        'op.create_table("prices", sa.Column("id", sa.BigInteger(), primary_key=True))',
        "recreated-table",
    ),
    ('op.execute("ALTER TABLE orders SET SCHEMA archive")', "moved-table"),
    ('op.execute("ALTER TABLE orders SET UNLOGGED")', "logging-change-rewrites"),
    ('op.execute("ALTER TABLE events DETACH PARTITION events_2025")', "detach-blocks-reads"),
    ('op.add_column("order", sa.Column("a", sa.Integer()))', "unknown-object"),
    # --- Rows
    ("op.execute(\"UPDATE orders SET note = 'x'\")", "unbounded-change"),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer()))\n'
        'op.execute("UPDATE orders SET a = 1")',
        "schema-and-data-together",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer()))\n'
        'op.execute("UPDATE orders SET a = 1")\n'
        'op.alter_column("orders", "a", nullable=False)',
        "backfill-with-not-null not-null-breaks-writers",
    ),
    # --- Types and other objects
    (
        "op.execute(\"ALTER TYPE mood ADD VALUE 'calm'\")\n"
        "op.execute(\"UPDATE users SET mood = 'calm' WHERE id = 1\")",
        "uncommitted-enum-value",
    ),
    ("op.execute(\"ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'\")", "renamed-enum-value"),
    (
        "op.execute(\"CREATE TYPE mood2 AS ENUM ('ok', 'happy')\")\n"
        'op.execute("ALTER TABLE users ALTER COLUMN mood TYPE mood2 USING mood::text::mood2")\n'
        'op.execute("DROP TYPE mood")\n'
        'op.execute("ALTER TYPE mood2 RENAME TO mood")',
        "type-change-rewrites",
    ),
    ('op.execute("DROP VIEW open_orders")', "dropped-object"),
    (
        'op.execute("ALTER TABLE orders DROP COLUMN status CASCADE")',
        "cascade-drops drop-column",
    ),
    ('op.execute("COMMIT")', "transaction-control"),
    ('op.execute("this is no SQL")', "unreadable-sql"),
]

# What linters of PostgreSQL's SQL overlook, or say wrongly (facts/rules.md, the foot of the page).
TRAPS: list[tuple[str, str]] = [
    (
        'op.execute("ALTER TABLE orders ADD COLUMN a timestamptz NOT NULL DEFAULT now()")',
        "",
    ),
    ('op.alter_column("users", "email", type_=sa.String(100))', ""),
    ('op.alter_column("users", "email", type_=sa.Text())', ""),
    (
        alone('op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (note)")'),
        "invalid-index-masked",
    ),
    ('op.execute("ALTER TABLE orders ADD COLUMN a serial")', "serial-column-rewrites"),
    (
        'op.execute("ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS IDENTITY")',
        "identity-column-rewrites",
    ),
    (
        'op.execute("ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS (id * 2) STORED")',
        "stored-column-rewrites",
    ),
    ('op.execute("ALTER TABLE orders ADD COLUMN a int CHECK (a > 0)")', "column-check-scans"),
    ('op.execute("ALTER TABLE orders ADD COLUMN a int UNIQUE")', "unique-column-blocks-reads"),
    (
        'op.execute("ALTER TABLE orders ADD COLUMN a int REFERENCES users (id)")',
        "column-reference-blocks-writes foreign-key-without-index",
    ),
    ('op.execute("TRUNCATE orders")', "truncated-table"),
    ('op.execute("TRUNCATE users CASCADE")', "truncated-table"),
    ('op.execute("LOCK TABLE orders")', "explicit-lock"),
    ('op.execute("REFRESH MATERIALIZED VIEW totals")', "refresh-blocks-reads"),
    (
        'op.execute("ALTER TABLE events ATTACH PARTITION events_2026 '
        "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')\")",
        "attach-scans",
    ),
    (
        'op.execute("CREATE TABLE logs_2026 PARTITION OF logs '
        "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')\")",
        "partition-creation-blocks-reads",
    ),
    (alone('op.execute("VACUUM FULL orders")'), "vacuum-full-blocks-reads"),
    ('op.execute("CLUSTER orders USING ix_orders_status")', "vacuum-full-blocks-reads"),
]

MARIADB: list[tuple[str, str]] = [
    (
        'op.alter_column("orders", "shop_id", existing_type=sa.Integer(), type_=sa.BigInteger())',
        "column-change-copies",
    ),
    (
        'op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.String(60))',
        "modify-forgets",
    ),
    (
        'op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.String(500), '
        "existing_nullable=False)",
        "varchar-threshold-copies",
    ),
    (
        'op.create_foreign_key("f", "orders", "users", ["approved_by"], ["id"])',
        "foreign-key-copies",
    ),
    ('op.execute("CREATE FULLTEXT INDEX f ON orders (note)")', "index-build-blocks-writes"),
    (
        'op.execute("ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4")',
        "character-set-copies",
    ),
    ('op.execute("ALTER TABLE orders ENGINE=MyISAM")', "engine-change-copies"),
    (
        "op.execute(\"ALTER TABLE users MODIFY mood enum('sad', 'meh', 'ok', 'happy')\")",
        "enum-change-copies",
    ),
    (
        'op.execute("ALTER TABLE shops DROP PRIMARY KEY")',
        "dropped-constraint key-change-copies",
    ),
    ('op.execute("ALTER TABLE orders ADD COLUMN a int, ALGORITHM=COPY")', "copy-algorithm"),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer()))\n'
        'op.add_column("orders", sa.Column("b", sa.Integer()))',
        "several-ddl-without-transaction",
    ),
    ("op.execute(\"UPDATE orders SET note = 'x'\")", "unbounded-change"),
    ('op.execute("TRUNCATE logs")', "truncated-table"),
]

SQLITE: list[tuple[str, str]] = [
    ('op.alter_column("orders", "note", nullable=False)', "sqlite-cannot-alter"),
    (
        'with op.batch_alter_table("orders") as batch:\n'
        '    batch.alter_column("note", type_=sa.String(10))',
        "sqlite-rebuild-copies",
    ),
    (
        'with op.batch_alter_table("orders") as batch:\n'
        '    batch.alter_column("note", nullable=False)',
        "rebuild-fails-on-nulls sqlite-rebuild-copies",
    ),
    (
        'op.add_column("orders", sa.Column("a", sa.Integer(), nullable=False))',
        "required-column-without-default",
    ),
    ('op.drop_column("shops", "city")', "drop-column"),
    ('op.rename_table("shops", "stores")', "renamed-table"),
]

HAZARDS = {"postgresql": POSTGRESQL + TRAPS, "mariadb": MARIADB, "sqlite": SQLITE}
CASES = [(kind, body, names) for kind, cases in HAZARDS.items() for body, names in cases]


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


def names_of(found: list[Finding]) -> str:
    return " ".join(sorted(each.name for each in found))


@pytest.mark.parametrize(("kind", "body", "names"), CASES)
def test_a_hazard_raises_exactly_these_names(kind: str, body: str, names: str, shops: Any) -> None:
    assert names_of(shops(kind).lint(*bodies(body))) == names


def test_attach_locks_the_partitions_and_not_their_parent(shops: Any) -> None:
    (body,) = [body for body, names in TRAPS if names == "attach-scans"]
    assert [(each.message, each.why) for each in shops("postgresql").lint(body)] == [
        (
            "Attaching events_2026 to events reads all of events_2026 and of events_default, "
            "while nobody else can.",
            "ATTACH PARTITION looks under ACCESS EXCLUSIVE for rows that are in the wrong place.\n"
            "events_2026 has about 5 rows (32 kB).",
        )
    ]


def test_a_virtual_column_of_postgresql_18_is_free(shops: Any) -> None:
    body = 'op.execute("ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS (id * 2) VIRTUAL")'
    there = shops("postgresql")
    assert there.lint(body, dialect="postgresql", server_version="18") == []
    unsaid = body.replace(" VIRTUAL", "")  # VIRTUAL is the default of 18
    assert there.lint(unsaid, dialect="postgresql", server_version="18") == []
